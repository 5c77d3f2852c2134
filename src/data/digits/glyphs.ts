/**
 * How people write the ten digits: the strokes of each writing style, as control points of smooth curves.
 *
 * A stroke is text: points "x,y" in percent of the height, x to the right (about 0 to 60) and y down (0 to 100). The pen
 * follows a Catmull-Rom curve through them; "!" after a point makes it a sharp corner. The styles were drawn by hand and
 * their weights set by eye, looking at training images of MNIST and at which of them a network, trained on generated
 * digits, mistook.
 *
 * @module
 */

/** One way to write a digit. */
export interface GlyphStyle {
  /** How common the style is among those of its digit, on no fixed scale. */
  readonly weight: number;
  readonly name: string;
  readonly strokes: readonly string[];
}

function style(weight: number, name: string, ...strokes: string[]): GlyphStyle {
  return { weight, name, strokes };
}

const ZERO: GlyphStyle[] = [
  style(4, "oval from the top", "34,2 12,18 2,50 12,84 32,98 54,84 64,50 54,16 34,2"),
  style(3, "oval whose end crosses in", "46,8 24,3 6,26 2,58 14,88 36,97 56,80 64,48 54,18 32,6 20,14"),
  style(2, "oval with a hook at the top", "42,16 30,4 12,20 2,52 12,86 32,98 54,84 64,52 56,22 42,6 26,8"),
  style(3, "round", "44,2 14,14 2,50 14,86 44,98 76,86 88,50 76,14 44,2"),
  style(1, "open at the top", "22,6 6,30 2,62 16,92 38,96 56,78 62,46 50,16 36,2"),
  style(1.5, "drop with a pointed top", "30,0 10,30 0,64 14,94 40,98 62,78 60,46 46,18 30,2"),
  style(1, "clockwise from the left", "8,20 30,2 56,18 64,50 50,86 30,98 8,80 2,46 12,16 28,6"),
  style(1, "wide", "30,10 4,36 8,74 48,92 90,76 98,40 70,12 26,12"),
  style(0.7, "end runs on inside", "50,10 24,2 4,30 4,66 28,98 56,84 62,46 44,12 26,12 22,32"),
];

const ONE: GlyphStyle[] = [
  style(8, "bar", "30,0 30,50 30,100"),
  style(1, "bar with a soft start", "25,6 33,2 32,50 30,98"),
  style(0.4, "bar with a foot to the right", "30,0 30,80 31,97 39,92"),
  style(0.7, "flag", "14,24 34,2! 33,50 32,100"),
  style(0.8, "short flag", "22,14 34,2! 33,50 32,100"),
  style(0.6, "flag and base", "12,22 32,2! 32,98", "8,98 56,98"),
  style(0.2, "short flag and wide base", "18,14 32,2! 32,96", "0,96 32,97 64,95"),
];

const TWO: GlyphStyle[] = [
  style(3, "swan, flat base", "6,22 20,5 44,3 60,16 60,34 46,56 22,78 2,96! 34,97 72,95"),
  style(
    2.5,
    "swan, small loop at the base",
    "6,20 22,4 48,4 62,20 56,44 38,68 14,90 4,92 3,82 13,79 32,88 50,97 72,92",
  ),
  style(3, "swan, wide loop at the base", "8,16 28,2 54,10 56,32 44,60 22,90 5,92 6,74 28,74 48,92 74,97"),
  style(3, "round loop at the base", "10,12 34,2 56,12 58,36 50,66 34,92 12,97 2,84 14,70 36,76 54,92 70,92"),
  style(2, "round loop, short tail", "14,10 36,2 54,14 58,42 54,74 38,96 12,98 2,84 12,70 34,72 54,86 66,98"),
  style(1.5, "z with sharp corners", "6,8 32,4 58,6! 32,48 2,96! 34,97 70,95"),
  style(1.5, "curled start", "20,28 8,22 14,6 38,2 58,14 58,34 40,62 6,94! 20,91 46,96 72,94"),
  style(2, "wavy base", "4,22 18,4 46,4 60,22 52,46 28,72 2,94! 20,86 46,96 72,86"),
  style(1.5, "round turn into the base", "6,18 24,3 50,6 58,26 42,54 14,80 4,92 14,97 40,96 74,92"),
  style(1, "flat, long base", "16,20 34,4 54,14 52,34 34,58 2,90! 30,90 84,92"),
  style(1, "small hook over a long base", "16,10 34,4 46,18 38,44 20,70 0,88 24,84 54,86 90,84"),
  style(1.5, "narrow", "8,18 22,3 40,6 44,26 32,56 6,94! 22,92 44,96"),
  style(0.7, "tiny hook over a very long base", "14,12 28,2 40,12 32,36 4,66! 34,56 104,50"),
  style(0.8, "base falls to the right", "12,8 34,2 50,14 46,40 28,68 10,82 4,75 16,65 36,76 66,98"),
  style(1.5, "loop, tail falls to the right", "14,10 34,0 52,12 52,36 44,64 28,90 10,96 2,84 12,70 34,74 52,88 62,100"),
  style(1.2, "upright back, small loop", "12,10 28,2 44,10 44,40 38,66 24,88 8,96 0,88 10,78 30,84 52,92"),
  style(0.8, "large loop, curled start", "22,26 12,14 26,1 48,6 54,28 48,58 32,88 10,96 0,80 14,66 38,72 60,90"),
  style(0.6, "start with a small ring", "26,24 12,24 12,8 34,1 50,14 46,40 28,66 4,92! 20,88 40,94 66,92"),
  style(0.8, "pointed turn to a short base", "10,16 24,2 46,8 46,32 30,62 10,98! 30,86 52,84"),
];

const THREE: GlyphStyle[] = [
  style(4, "two bows", "6,14 24,2 48,8 52,26 38,42 20,48! 44,50 60,68 50,90 26,99 2,88"),
  style(2, "two bows with a loop between", "6,14 26,2 50,12 48,32 30,46 20,52 24,45 48,54 58,74 44,94 20,99 2,88"),
  style(1, "flat top", "6,4 28,4 52,4! 24,42! 48,48 60,70 46,94 20,99 2,88"),
  style(2, "shallow notch", "8,10 30,2 50,14 44,34 30,47 48,60 54,80 34,97 12,97 2,90"),
  style(2, "flat end", "10,10 34,2 52,16 38,38 22,46! 44,54 54,74 34,92 2,97"),
  style(1.2, "curled end", "8,12 28,2 48,12 42,34 22,46! 44,52 56,74 42,96 16,98 4,88 12,78"),
  style(1, "small upper bow", "14,10 32,2 44,12 38,28 24,36! 46,42 62,64 52,90 26,99 2,90"),
  style(0.8, "small lower bow", "2,14 24,2 54,8 56,30 40,52 26,60! 42,64 48,80 36,96 14,98"),
  style(0.8, "m on its side", "2,10 34,4 60,14! 30,44! 58,54! 46,80 22,98"),
  style(1, "straight tail", "2,14 20,3 46,8 42,34 24,46! 46,52 50,72 44,98"),
];

const FOUR: GlyphStyle[] = [
  style(3, "open, sharp corner", "8,4 6,30 4,52! 30,54 62,50", "48,6 46,50 42,98"),
  style(3, "open, round", "8,4 2,30 10,50 32,53 52,46", "54,4 50,46 44,98"),
  style(1.5, "open, one stroke", "6,4 2,34 14,50 36,48 48,30 52,6! 48,50 44,98"),
  style(2.5, "open, slanting", "18,4 8,28 0,50! 28,52 60,48", "52,2 44,48 34,98"),
  style(1.5, "closed, two strokes", "38,2 20,34 0,66! 30,66 64,63", "40,2 38,50 37,98"),
  style(1, "closed, one stroke", "38,98 40,50 42,2! 2,60! 64,58"),
  style(0.9, "narrow top", "40,10 22,30 4,48! 30,53 62,48", "46,4 43,50 38,98"),
  style(1, "long bar, low stem", "10,4 2,46! 30,48 70,44", "42,22 38,60 36,98"),
  style(1, "fork", "6,2 10,30 22,44 44,40", "52,2 44,46 30,98"),
  style(1, "wide, straight sides", "6,2 4,52! 34,54 62,52", "60,2 60,50 60,98"),
  style(0.6, "loop at the corner", "30,2 16,26 4,48 8,58 26,52 62,48", "50,8 44,50 36,98"),
];

const FIVE: GlyphStyle[] = [
  style(3, "one stroke from the hat", "56,4 36,4 16,6! 10,42! 32,36 52,52 52,78 34,97 4,90"),
  style(3, "hat drawn last", "14,8 12,24 10,42! 32,38 50,54 50,78 32,97 4,90", "14,7 34,5 60,3"),
  style(2.5, "s", "54,4 28,6 12,22 22,42 44,58 48,80 28,98 4,90"),
  style(1.5, "flat belly", "58,2 22,6! 14,40! 36,42 46,60 36,84 2,98"),
  style(1, "loose hat", "12,14 10,44 30,40 50,54 50,80 30,98 4,92", "20,8 62,0"),
  style(1, "curled end", "56,4 34,4 14,8! 12,40! 36,38 54,56 50,84 28,98 8,92 8,78 22,78"),
  style(1, "nearly closed belly", "58,6 38,6 14,10! 12,46! 40,42 56,62 46,92 18,98 4,82 12,64"),
  style(1, "long hat", "80,2 50,4 22,8! 14,42! 36,40 50,58 44,82 20,98 2,90"),
  style(1, "long hat, small belly", "90,8 50,10 30,14 18,40! 40,42 50,62 36,86 0,92"),
  style(1.2, "square", "58,6 38,6 14,8! 10,46! 46,42 60,66 42,96 4,95"),
  style(1, "short hat", "44,4 18,6! 10,44! 40,38 56,58 46,90 22,98 2,86"),
  style(1.2, "tail curls up", "56,4 34,5 14,8! 10,44! 34,38 52,54 52,80 30,97 10,93 0,78"),
  style(1, "slanting stem, low belly", "60,2 26,10 8,50! 26,46 44,56 42,84 20,98 2,88"),
  style(0.8, "s, tail curls up", "52,2 22,14 8,40 30,46 50,62 44,92 18,98 2,82 8,70"),
];

const SIX: GlyphStyle[] = [
  style(3, "curved stem", "46,2 22,20 6,54 8,84 28,98 50,86 52,66 36,54 16,62 6,78"),
  style(3, "straight stem", "38,2 18,34 6,70 18,96 42,94 52,74 38,58 16,66 8,80"),
  style(1.5, "upright stem", "14,2 8,40 6,80 26,98 50,84 44,62 24,62 8,78"),
  style(1.5, "wide bowl", "34,2 12,40 6,80 28,98 58,90 62,68 40,60 12,78"),
  style(1.5, "open bowl", "34,2 12,40 6,78 26,97 50,88 48,66 28,62"),
  style(1, "open bowl, end turned down", "26,2 8,40 6,80 26,98 50,88 60,66 50,50 36,56 32,72"),
  style(0.3, "hooked top", "52,14 40,4 18,22 4,60 12,92 36,97 52,78 42,56 22,60 8,80"),
  style(1, "small bowl", "44,2 22,32 6,72 14,97 36,96 42,80 28,70 12,80"),
  style(1, "bowl crossing the stem", "34,2 14,36 6,74 22,97 46,90 52,70 36,56 14,62 0,70"),
  style(0.7, "low wide bowl", "14,6 4,46 10,84 40,98 70,88 74,66 50,58 18,74"),
  style(0.6, "u with a tail", "20,2 4,44 8,86 32,98 62,84 66,60 50,50 40,66 46,84"),
];

const SEVEN: GlyphStyle[] = [
  style(4, "plain", "2,6 30,6 60,4! 40,48 22,98"),
  style(2, "serif on the left", "3,24 6,6! 32,6 60,4! 38,50 24,98"),
  style(1, "long serif", "2,40 6,10! 30,10 60,4! 46,48 38,98"),
  style(2, "barred", "2,8 30,6 60,4! 40,48 22,98", "16,50 36,48 60,45"),
  style(0.5, "serif and bar", "2,24 6,6! 30,6 60,4! 40,48 26,98", "20,47 60,45"),
  style(2.5, "round corner", "2,12 28,4 54,8 52,32 34,66 24,98"),
  style(1, "wavy top", "2,16 16,4 36,10 58,2! 40,46 28,98"),
  style(1, "hooked start", "4,26 10,8 32,4 56,10 50,40 34,70 30,98"),
  style(1, "upright stem", "2,8 30,5 56,4! 52,50 48,98"),
  style(1, "arched top", "2,30 10,12 30,14 50,8 56,2! 44,50 32,98"),
  style(0.8, "long top", "0,22 40,12 86,4! 58,50 40,96"),
];

const EIGHT: GlyphStyle[] = [
  style(4, "s and back", "48,12 28,2 10,16 20,38 42,56 50,78 32,98 10,86 14,62 36,42 50,24 46,8"),
  style(2, "from the middle", "28,48 8,30 16,6 38,2 52,18 44,38 28,48 8,66 6,88 28,99 52,88 50,64 28,48"),
  style(1.5, "open at the top right", "42,6 20,4 8,22 24,42 44,60 50,82 28,98 8,84 16,60 40,38 56,8"),
  style(1, "two rings", "30,46 10,34 14,8 34,2 50,16 46,38 28,47", "28,47 6,64 8,90 30,99 54,88 52,62 30,47"),
  style(1.5, "other way round", "12,10 34,2 50,16 38,38 16,58 8,82 28,98 50,84 42,60 20,40 8,22 16,6"),
  style(1.5, "small lower ring", "54,10 30,2 8,18 22,42 36,62 38,84 26,98 14,86 22,64 42,40 56,20 48,6"),
  style(1, "narrow lower ring", "52,10 30,2 10,18 26,42 38,66 36,90 28,98 22,88 28,64 44,40 56,18"),
  style(1, "long upper stroke", "66,8 36,4 10,18 20,40 42,58 46,82 26,98 8,84 18,62 44,38 62,12"),
  style(0.7, "wide rings", "40,46 6,32 14,6 46,2 74,16 66,38 40,47", "40,46 4,62 8,92 44,99 78,88 74,60 40,46"),
  style(0.5, "crossed below", "50,12 30,2 12,16 24,42 42,66 56,98", "50,12 46,34 24,62 8,98"),
  style(1.5, "end short of the start", "50,14 32,2 14,14 22,36 44,56 46,82 26,98 10,84 18,62 38,46 46,34"),
  style(0.6, "lower ring a single line", "54,8 30,2 8,22 24,44 38,64 32,98 25,96 34,62 50,38 58,12"),
  style(0.8, "large upper ring", "44,2 10,8 4,34 26,54 42,70 38,92 24,98 12,88 20,70 50,50 64,26 46,2"),
  style(0.8, "start inside", "34,22 44,8 26,2 10,16 20,38 42,56 50,78 32,98 10,86 14,62 36,42 54,22 50,8"),
  style(1.2, "open, long tail up right", "40,10 22,6 12,24 26,46 40,66 38,90 20,98 6,86 16,64 40,36 70,2"),
  style(0.7, "hook over a ring, long tail", "38,22 18,18 8,32 26,54 42,72 36,94 16,98 4,84 18,62 46,34 78,4"),
  style(0.7, "wide hook at the top", "60,10 36,2 10,14 14,34 40,52 50,76 30,98 8,84 18,62 44,42 54,28"),
  style(0.7, "flat top, end meets it", "58,14 34,2 8,12 12,34 36,48 46,72 30,98 10,82 20,60 40,44 60,14"),
];

const NINE: GlyphStyle[] = [
  style(4, "ring and straight stem", "48,14 28,3 8,16 6,38 24,48 42,36 50,10! 46,50 42,98"),
  style(2, "ring and bent stem", "48,12 28,2 8,18 10,40 30,46 46,28 50,10 50,40 44,76 30,98"),
  style(1, "hooked end", "46,14 28,3 8,18 10,40 30,46 46,28 48,12 50,40 46,76 28,98 8,92"),
  style(1.5, "ring closed from the stem", "44,32 28,46 8,38 10,14 30,2 48,14 48,46 42,98"),
  style(2, "slanting stem", "50,12 30,3 10,20 10,38 28,42 48,18! 36,60 24,98"),
  style(1, "open ring", "46,6 22,6 6,26 16,42 36,38 50,22! 42,60 34,98"),
  style(1.2, "large ring", "54,16 34,2 10,14 2,42 18,62 42,52 56,18! 58,56 60,98"),
  style(0.8, "wide ring", "60,20 40,4 8,10 2,34 22,44 52,28 62,12! 48,56 36,98"),
  style(1, "small ring", "44,10 30,2 16,10 14,28 28,34 42,20 46,8! 42,50 36,98"),
  style(1, "round shoulder", "40,30 22,44 6,32 12,10 34,2 52,14 54,44 50,98"),
  style(1, "angular ring", "46,8 20,12! 4,38! 28,44 46,36 50,8! 46,50 44,98"),
  style(0.7, "wide ring, hooked end", "56,16 36,2 8,14 6,38 28,46 52,28 58,14 58,46 48,84 22,98 6,88"),
];

/** The writing styles of each digit, 0 to 9. */
export const GLYPHS: readonly (readonly GlyphStyle[])[] = [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE];
