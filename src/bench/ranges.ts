/**
 * Comparison of a kernel's results for different cuts of its range.
 *
 * @module
 */

import type { Results } from "./arena.ts";

/** A number whose bits differ. */
export interface Difference {
  readonly array: string;
  readonly index: number;
  readonly expected: number;
  readonly got: number;
}

/** The first bit in which two runs differ, NaN patterns and signs of zero included; undefined if there is none. */
export function differenceOf(wanted: Results, other: Results): Difference | undefined {
  for (const [array, values] of wanted) {
    const got = other.get(array);
    if (got === undefined || got.length !== values.length)
      throw new Error(`expected a result "${array}" of equal length`);
    const words = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
    const others = new Uint32Array(got.buffer, got.byteOffset, got.byteLength / 4);
    for (let i = 0; i < words.length; i++) {
      if (words[i] === others[i]) continue;
      const index = Math.floor((i * 4) / values.BYTES_PER_ELEMENT);
      return { array, index, expected: values[index], got: got[index] };
    }
  }
  return undefined;
}

/** A difference in words. */
export function differenceText({ array, index, expected, got }: Difference): string {
  return `"${array}" at ${index}: expected ${expected}, got ${got}`;
}

/** Ways to cut [0, extent): in unit slices, in two at each of some places, and with an empty slice. */
export function cutsOf(extent: number): number[][] {
  const inner = Array.from({ length: Math.max(extent - 1, 0) }, (_, i) => i + 1);
  const some = inner.filter((cut) => cut < 4 || extent - cut < 4 || cut === Math.floor(extent / 2));
  return [inner.slice(0, 64), ...some.map((cut) => [cut]), [0], [extent, extent]];
}
