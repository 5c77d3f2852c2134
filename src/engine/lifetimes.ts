import { touchesOf } from "./conflicts.ts";
import type { Region } from "./plan.ts";
import type { Operation } from "./tape.ts";

/** The first and the last call of a tape that touches a region. */
export type Interval = readonly [first: number, last: number];

/**
 * The time in which a region's numbers are needed: on each tape the interval in which it is touched, none where it is
 * not; or `always`, where a tape reads numbers that an earlier one wrote.
 */
export type Lifetime = readonly (Interval | undefined)[] | "always";

/** The parts of a tape from which lifetimes follow: its calls, and heap offsets whose numbers are read after it. */
export interface TapeRecord {
  readonly operations: readonly Operation[];
  readonly results: readonly number[];
}

/**
 * The lifetimes of regions, from the reads and writes of the calls on tapes.
 *
 * @param regions in order of their offsets, without overlaps
 */
export function lifetimesOf(records: readonly TapeRecord[], regions: readonly Region[]): ReadonlyMap<Region, Lifetime> {
  const lifetimes = new Map<Region, Lifetime>(regions.map((region) => [region, []]));
  const starts = regions.map(({ offset }) => offset);
  for (const [tape, { operations, results }] of records.entries()) {
    const touched = new Map<Region, Interval>();
    const touch = (region: Region, at: number, reads: boolean) => {
      const known = touched.get(region);
      if (known === undefined && reads) lifetimes.set(region, "always");
      touched.set(region, [known?.[0] ?? at, at]);
    };
    operations.forEach((operation, at) => {
      for (const { operand, from, to } of touchesOf(operation, 1)) {
        const reads = operand.role === "input" || operand.role === "state";
        for (let i = regionAt(starts, from); starts[i] < to; i++) touch(regions[i], at, reads);
      }
    });
    for (const result of results) touch(regions[regionAt(starts, result)], operations.length, true);
    for (const [region, interval] of touched) {
      const lifetime = lifetimes.get(region);
      if (lifetime === "always" || lifetime === undefined) continue;
      const intervals = [...lifetime];
      intervals[tape] = interval;
      lifetimes.set(region, intervals);
    }
  }
  return lifetimes;
}

/** Index of the region that an offset lies in, given the regions' ascending starts; -1 for an offset before all. */
export function regionAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** True if two regions never hold numbers that are needed at the same time. */
export function areApart(a: Lifetime, b: Lifetime): boolean {
  if (a === "always" || b === "always") return false;
  const tapes = Math.max(a.length, b.length);
  for (let tape = 0; tape < tapes; tape++) {
    const [one, other] = [a[tape], b[tape]];
    if (one !== undefined && other !== undefined && one[0] <= other[1] && other[0] <= one[1]) return false;
  }
  return true;
}
