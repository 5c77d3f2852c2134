/**
 * Glyphs of the ten digits: the strokes of each writing style, as control points of smooth curves.
 *
 * A stroke is text: points "x,y" in percent of the height, x to the right (about 0 to 60) and y down (0 to 100). The pen
 * follows a Catmull-Rom curve through them; "!" after a point makes it a sharp corner. The styles were drawn by hand and
 * their weights set by eye, looking at training images of MNIST and at which of them a network, trained on generated
 * digits, mistook.
 *
 * @module
 */

/** A writing style of a digit. */
export interface GlyphStyle {
  /** Frequency of the style among those of its digit, on no fixed scale. */
  readonly weight: number;
  readonly strokes: readonly string[];
}

function style(weight: number, ...strokes: string[]): GlyphStyle {
  return { weight, strokes };
}

const ZERO: GlyphStyle[] = [
  // oval from the top
  style(4, "34,2 12,18 2,50 12,84 32,98 54,84 64,50 54,16 34,2"),
  // oval whose end crosses in
  style(3, "46,8 24,3 6,26 2,58 14,88 36,97 56,80 64,48 54,18 32,6 20,14"),
  // oval with a hook at the top
  style(2, "42,16 30,4 12,20 2,52 12,86 32,98 54,84 64,52 56,22 42,6 26,8"),
  // round
  style(3, "44,2 14,14 2,50 14,86 44,98 76,86 88,50 76,14 44,2"),
  // open at the top
  style(1, "22,6 6,30 2,62 16,92 38,96 56,78 62,46 50,16 36,2"),
  // drop with a pointed top
  style(1.5, "30,0 10,30 0,64 14,94 40,98 62,78 60,46 46,18 30,2"),
  // clockwise from the left
  style(1, "8,20 30,2 56,18 64,50 50,86 30,98 8,80 2,46 12,16 28,6"),
  // wide
  style(1, "30,10 4,36 8,74 48,92 90,76 98,40 70,12 26,12"),
  // end runs on inside
  style(0.7, "50,10 24,2 4,30 4,66 28,98 56,84 62,46 44,12 26,12 22,32"),
];

const ONE: GlyphStyle[] = [
  // bar
  style(8, "30,0 30,50 30,100"),
  // bar with a soft start
  style(1, "25,6 33,2 32,50 30,98"),
  // bar with a foot to the right
  style(0.4, "30,0 30,80 31,97 39,92"),
  // flag
  style(0.7, "14,24 34,2! 33,50 32,100"),
  // short flag
  style(0.8, "22,14 34,2! 33,50 32,100"),
  // flag and base
  style(0.6, "12,22 32,2! 32,98", "8,98 56,98"),
  // short flag and wide base
  style(0.2, "18,14 32,2! 32,96", "0,96 32,97 64,95"),
];

const TWO: GlyphStyle[] = [
  // swan, flat base
  style(3, "6,22 20,5 44,3 60,16 60,34 46,56 22,78 2,96! 34,97 72,95"),
  // swan, small loop at the base
  style(2.5, "6,20 22,4 48,4 62,20 56,44 38,68 14,90 4,92 3,82 13,79 32,88 50,97 72,92"),
  // swan, wide loop at the base
  style(3, "8,16 28,2 54,10 56,32 44,60 22,90 5,92 6,74 28,74 48,92 74,97"),
  // round loop at the base
  style(3, "10,12 34,2 56,12 58,36 50,66 34,92 12,97 2,84 14,70 36,76 54,92 70,92"),
  // round loop, short tail
  style(2, "14,10 36,2 54,14 58,42 54,74 38,96 12,98 2,84 12,70 34,72 54,86 66,98"),
  // z with sharp corners
  style(1.5, "6,8 32,4 58,6! 32,48 2,96! 34,97 70,95"),
  // curled start
  style(1.5, "20,28 8,22 14,6 38,2 58,14 58,34 40,62 6,94! 20,91 46,96 72,94"),
  // wavy base
  style(2, "4,22 18,4 46,4 60,22 52,46 28,72 2,94! 20,86 46,96 72,86"),
  // round turn into the base
  style(1.5, "6,18 24,3 50,6 58,26 42,54 14,80 4,92 14,97 40,96 74,92"),
  // flat, long base
  style(1, "16,20 34,4 54,14 52,34 34,58 2,90! 30,90 84,92"),
  // small hook over a long base
  style(1, "16,10 34,4 46,18 38,44 20,70 0,88 24,84 54,86 90,84"),
  // narrow
  style(1.5, "8,18 22,3 40,6 44,26 32,56 6,94! 22,92 44,96"),
  // tiny hook over a very long base
  style(0.7, "14,12 28,2 40,12 32,36 4,66! 34,56 104,50"),
  // base falls to the right
  style(0.8, "12,8 34,2 50,14 46,40 28,68 10,82 4,75 16,65 36,76 66,98"),
  // loop, tail falls to the right
  style(1.5, "14,10 34,0 52,12 52,36 44,64 28,90 10,96 2,84 12,70 34,74 52,88 62,100"),
  // upright back, small loop
  style(1.2, "12,10 28,2 44,10 44,40 38,66 24,88 8,96 0,88 10,78 30,84 52,92"),
  // large loop, curled start
  style(0.8, "22,26 12,14 26,1 48,6 54,28 48,58 32,88 10,96 0,80 14,66 38,72 60,90"),
  // start with a small ring
  style(0.6, "26,24 12,24 12,8 34,1 50,14 46,40 28,66 4,92! 20,88 40,94 66,92"),
  // pointed turn to a short base
  style(0.8, "10,16 24,2 46,8 46,32 30,62 10,98! 30,86 52,84"),
];

const THREE: GlyphStyle[] = [
  // two bows
  style(4, "6,14 24,2 48,8 52,26 38,42 20,48! 44,50 60,68 50,90 26,99 2,88"),
  // two bows with a loop between
  style(2, "6,14 26,2 50,12 48,32 30,46 20,52 24,45 48,54 58,74 44,94 20,99 2,88"),
  // flat top
  style(1, "6,4 28,4 52,4! 24,42! 48,48 60,70 46,94 20,99 2,88"),
  // shallow notch
  style(2, "8,10 30,2 50,14 44,34 30,47 48,60 54,80 34,97 12,97 2,90"),
  // flat end
  style(2, "10,10 34,2 52,16 38,38 22,46! 44,54 54,74 34,92 2,97"),
  // curled end
  style(1.2, "8,12 28,2 48,12 42,34 22,46! 44,52 56,74 42,96 16,98 4,88 12,78"),
  // small upper bow
  style(1, "14,10 32,2 44,12 38,28 24,36! 46,42 62,64 52,90 26,99 2,90"),
  // small lower bow
  style(0.8, "2,14 24,2 54,8 56,30 40,52 26,60! 42,64 48,80 36,96 14,98"),
  // m on its side
  style(0.8, "2,10 34,4 60,14! 30,44! 58,54! 46,80 22,98"),
  // straight tail
  style(1, "2,14 20,3 46,8 42,34 24,46! 46,52 50,72 44,98"),
];

const FOUR: GlyphStyle[] = [
  // open, sharp corner
  style(3, "8,4 6,30 4,52! 30,54 62,50", "48,6 46,50 42,98"),
  // open, round
  style(3, "8,4 2,30 10,50 32,53 52,46", "54,4 50,46 44,98"),
  // open, one stroke
  style(1.5, "6,4 2,34 14,50 36,48 48,30 52,6! 48,50 44,98"),
  // open, slanting
  style(2.5, "18,4 8,28 0,50! 28,52 60,48", "52,2 44,48 34,98"),
  // closed, two strokes
  style(1.5, "38,2 20,34 0,66! 30,66 64,63", "40,2 38,50 37,98"),
  // closed, one stroke
  style(1, "38,98 40,50 42,2! 2,60! 64,58"),
  // narrow top
  style(0.9, "40,10 22,30 4,48! 30,53 62,48", "46,4 43,50 38,98"),
  // long bar, low stem
  style(1, "10,4 2,46! 30,48 70,44", "42,22 38,60 36,98"),
  // fork
  style(1, "6,2 10,30 22,44 44,40", "52,2 44,46 30,98"),
  // wide, straight sides
  style(1, "6,2 4,52! 34,54 62,52", "60,2 60,50 60,98"),
  // loop at the corner
  style(0.6, "30,2 16,26 4,48 8,58 26,52 62,48", "50,8 44,50 36,98"),
];

const FIVE: GlyphStyle[] = [
  // one stroke from the hat
  style(3, "56,4 36,4 16,6! 10,42! 32,36 52,52 52,78 34,97 4,90"),
  // hat drawn last
  style(3, "14,8 12,24 10,42! 32,38 50,54 50,78 32,97 4,90", "14,7 34,5 60,3"),
  // s
  style(2.5, "54,4 28,6 12,22 22,42 44,58 48,80 28,98 4,90"),
  // flat belly
  style(1.5, "58,2 22,6! 14,40! 36,42 46,60 36,84 2,98"),
  // loose hat
  style(1, "12,14 10,44 30,40 50,54 50,80 30,98 4,92", "20,8 62,0"),
  // curled end
  style(1, "56,4 34,4 14,8! 12,40! 36,38 54,56 50,84 28,98 8,92 8,78 22,78"),
  // nearly closed belly
  style(1, "58,6 38,6 14,10! 12,46! 40,42 56,62 46,92 18,98 4,82 12,64"),
  // long hat
  style(1, "80,2 50,4 22,8! 14,42! 36,40 50,58 44,82 20,98 2,90"),
  // long hat, small belly
  style(1, "90,8 50,10 30,14 18,40! 40,42 50,62 36,86 0,92"),
  // square
  style(1.2, "58,6 38,6 14,8! 10,46! 46,42 60,66 42,96 4,95"),
  // short hat
  style(1, "44,4 18,6! 10,44! 40,38 56,58 46,90 22,98 2,86"),
  // tail curls up
  style(1.2, "56,4 34,5 14,8! 10,44! 34,38 52,54 52,80 30,97 10,93 0,78"),
  // slanting stem, low belly
  style(1, "60,2 26,10 8,50! 26,46 44,56 42,84 20,98 2,88"),
  // s, tail curls up
  style(0.8, "52,2 22,14 8,40 30,46 50,62 44,92 18,98 2,82 8,70"),
];

const SIX: GlyphStyle[] = [
  // curved stem
  style(3, "46,2 22,20 6,54 8,84 28,98 50,86 52,66 36,54 16,62 6,78"),
  // straight stem
  style(3, "38,2 18,34 6,70 18,96 42,94 52,74 38,58 16,66 8,80"),
  // upright stem
  style(1.5, "14,2 8,40 6,80 26,98 50,84 44,62 24,62 8,78"),
  // wide bowl
  style(1.5, "34,2 12,40 6,80 28,98 58,90 62,68 40,60 12,78"),
  // open bowl
  style(1.5, "34,2 12,40 6,78 26,97 50,88 48,66 28,62"),
  // open bowl, end turned down
  style(1, "26,2 8,40 6,80 26,98 50,88 60,66 50,50 36,56 32,72"),
  // hooked top
  style(0.3, "52,14 40,4 18,22 4,60 12,92 36,97 52,78 42,56 22,60 8,80"),
  // small bowl
  style(1, "44,2 22,32 6,72 14,97 36,96 42,80 28,70 12,80"),
  // bowl crossing the stem
  style(1, "34,2 14,36 6,74 22,97 46,90 52,70 36,56 14,62 0,70"),
  // low wide bowl
  style(0.7, "14,6 4,46 10,84 40,98 70,88 74,66 50,58 18,74"),
  // u with a tail
  style(0.6, "20,2 4,44 8,86 32,98 62,84 66,60 50,50 40,66 46,84"),
];

const SEVEN: GlyphStyle[] = [
  // plain
  style(4, "2,6 30,6 60,4! 40,48 22,98"),
  // serif on the left
  style(2, "3,24 6,6! 32,6 60,4! 38,50 24,98"),
  // long serif
  style(1, "2,40 6,10! 30,10 60,4! 46,48 38,98"),
  // barred
  style(2, "2,8 30,6 60,4! 40,48 22,98", "16,50 36,48 60,45"),
  // serif and bar
  style(0.5, "2,24 6,6! 30,6 60,4! 40,48 26,98", "20,47 60,45"),
  // round corner
  style(2.5, "2,12 28,4 54,8 52,32 34,66 24,98"),
  // wavy top
  style(1, "2,16 16,4 36,10 58,2! 40,46 28,98"),
  // hooked start
  style(1, "4,26 10,8 32,4 56,10 50,40 34,70 30,98"),
  // upright stem
  style(1, "2,8 30,5 56,4! 52,50 48,98"),
  // arched top
  style(1, "2,30 10,12 30,14 50,8 56,2! 44,50 32,98"),
  // long top
  style(0.8, "0,22 40,12 86,4! 58,50 40,96"),
];

const EIGHT: GlyphStyle[] = [
  // s and back
  style(4, "48,12 28,2 10,16 20,38 42,56 50,78 32,98 10,86 14,62 36,42 50,24 46,8"),
  // from the middle
  style(2, "28,48 8,30 16,6 38,2 52,18 44,38 28,48 8,66 6,88 28,99 52,88 50,64 28,48"),
  // open at the top right
  style(1.5, "42,6 20,4 8,22 24,42 44,60 50,82 28,98 8,84 16,60 40,38 56,8"),
  // two rings
  style(1, "30,46 10,34 14,8 34,2 50,16 46,38 28,47", "28,47 6,64 8,90 30,99 54,88 52,62 30,47"),
  // other way round
  style(1.5, "12,10 34,2 50,16 38,38 16,58 8,82 28,98 50,84 42,60 20,40 8,22 16,6"),
  // small lower ring
  style(1.5, "54,10 30,2 8,18 22,42 36,62 38,84 26,98 14,86 22,64 42,40 56,20 48,6"),
  // narrow lower ring
  style(1, "52,10 30,2 10,18 26,42 38,66 36,90 28,98 22,88 28,64 44,40 56,18"),
  // long upper stroke
  style(1, "66,8 36,4 10,18 20,40 42,58 46,82 26,98 8,84 18,62 44,38 62,12"),
  // wide rings
  style(0.7, "40,46 6,32 14,6 46,2 74,16 66,38 40,47", "40,46 4,62 8,92 44,99 78,88 74,60 40,46"),
  // crossed below
  style(0.5, "50,12 30,2 12,16 24,42 42,66 56,98", "50,12 46,34 24,62 8,98"),
  // end short of the start
  style(1.5, "50,14 32,2 14,14 22,36 44,56 46,82 26,98 10,84 18,62 38,46 46,34"),
  // lower ring a single line
  style(0.6, "54,8 30,2 8,22 24,44 38,64 32,98 25,96 34,62 50,38 58,12"),
  // large upper ring
  style(0.8, "44,2 10,8 4,34 26,54 42,70 38,92 24,98 12,88 20,70 50,50 64,26 46,2"),
  // start inside
  style(0.8, "34,22 44,8 26,2 10,16 20,38 42,56 50,78 32,98 10,86 14,62 36,42 54,22 50,8"),
  // open, long tail up right
  style(1.2, "40,10 22,6 12,24 26,46 40,66 38,90 20,98 6,86 16,64 40,36 70,2"),
  // hook over a ring, long tail
  style(0.7, "38,22 18,18 8,32 26,54 42,72 36,94 16,98 4,84 18,62 46,34 78,4"),
  // wide hook at the top
  style(0.7, "60,10 36,2 10,14 14,34 40,52 50,76 30,98 8,84 18,62 44,42 54,28"),
  // flat top, end meets it
  style(0.7, "58,14 34,2 8,12 12,34 36,48 46,72 30,98 10,82 20,60 40,44 60,14"),
];

const NINE: GlyphStyle[] = [
  // ring and straight stem
  style(4, "48,14 28,3 8,16 6,38 24,48 42,36 50,10! 46,50 42,98"),
  // ring and bent stem
  style(2, "48,12 28,2 8,18 10,40 30,46 46,28 50,10 50,40 44,76 30,98"),
  // hooked end
  style(1, "46,14 28,3 8,18 10,40 30,46 46,28 48,12 50,40 46,76 28,98 8,92"),
  // ring closed from the stem
  style(1.5, "44,32 28,46 8,38 10,14 30,2 48,14 48,46 42,98"),
  // slanting stem
  style(2, "50,12 30,3 10,20 10,38 28,42 48,18! 36,60 24,98"),
  // open ring
  style(1, "46,6 22,6 6,26 16,42 36,38 50,22! 42,60 34,98"),
  // large ring
  style(1.2, "54,16 34,2 10,14 2,42 18,62 42,52 56,18! 58,56 60,98"),
  // wide ring
  style(0.8, "60,20 40,4 8,10 2,34 22,44 52,28 62,12! 48,56 36,98"),
  // small ring
  style(1, "44,10 30,2 16,10 14,28 28,34 42,20 46,8! 42,50 36,98"),
  // round shoulder
  style(1, "40,30 22,44 6,32 12,10 34,2 52,14 54,44 50,98"),
  // angular ring
  style(1, "46,8 20,12! 4,38! 28,44 46,36 50,8! 46,50 44,98"),
  // wide ring, hooked end
  style(0.7, "56,16 36,2 8,14 6,38 28,46 52,28 58,14 58,46 48,84 22,98 6,88"),
];

/** The writing styles of each digit, 0 to 9. */
export const GLYPHS: readonly (readonly GlyphStyle[])[] = [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE];
