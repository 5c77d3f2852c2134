import { count } from "../ui/format.ts";
import { colours, rgb } from "../ui/theme.ts";

/** Steps on each side of zero. */
const STEPS = 127;

let table: Uint32Array | undefined;
let ground = 0;

colours.onChange(() => {
  table = undefined;
});

/** Red, green, blue and full opacity as a canvas' memory has them on every machine of today: little-endian. */
function packed([r, g, b]: readonly number[]): number {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

function mix(from: readonly number[], to: readonly number[], share: number): number[] {
  return from.map((value, i) => value + share * (to[i] - value));
}

function makeTable(): Uint32Array {
  const [below, zero, above] = [rgb("--below"), rgb("--zero"), rgb("--above")];
  const made = new Uint32Array(2 * STEPS + 1);
  for (let i = 0; i <= STEPS; i++) {
    // The eye sees the middle of the way as less than half: small numbers would not show.
    const share = (i / STEPS) ** 0.75;
    made[STEPS + i] = packed(mix(zero, above, share));
    made[STEPS - i] = packed(mix(zero, below, share));
  }
  ground = packed(rgb("--surface"));
  return made;
}

/** Colours of signed numbers: of `value / scale` from -1 to 1. */
export function signedColours(): { colourOf(value: number, scale: number): number; readonly ground: number } {
  table ??= makeTable();
  const known = table;
  return {
    ground,
    colourOf(value, scale) {
      const place = Math.round((value / scale) * STEPS);
      return known[STEPS + Math.max(-STEPS, Math.min(STEPS, place || 0))];
    },
  };
}

/** The largest size among finite numbers; 1 where all are zero, so that one can divide by it. */
export function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > most && Number.isFinite(size)) most = size;
  }
  return most > 0 ? most : 1;
}

/** The numbers that no colour stands for, in words: "3 of 72 are NaN or infinite"; empty where all are finite. */
export function notFiniteIn(values: ArrayLike<number>): string {
  let wrong = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) wrong++;
  return wrong === 0 ? "" : `${count(wrong)} of ${count(values.length)} are NaN or infinite`;
}
