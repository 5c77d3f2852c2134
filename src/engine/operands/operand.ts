// Operands: how a kernel call touches memory, as data.

/**
 * The use of an operand: `input` is read, `output` written whole, `state` read and written; `scratch` may hold anything
 * before and after.
 */
export type Role = "input" | "output" | "state" | "scratch";

/**
 * The floats that a call touches by one of its arguments.
 *
 * Index i of the call's range touches `width` floats from `offset + i * step` on, and so in each of `rows` rows, which begin
 * `pitch` floats apart. Three kinds of it are enough for all kernels:
 *
 * - `step` is 0: every part of the range touches all `width` floats
 * - `step` is `width`: the range runs along the rows, of which there may be but one, and ends where they end
 * - `step` is `rows * pitch`: the range runs from rows to rows
 */
export interface Operand {
  readonly role: Role;
  /** Index of the argument, after the range. */
  readonly argument: number;
  /** The argument: an element of the heap. */
  readonly offset: number;
  readonly step: number;
  readonly width: number;
  readonly rows: number;
  readonly pitch: number;
}

/** Runs of neighbouring floats, `pitch` apart. */
export interface Runs {
  readonly first: number;
  readonly length: number;
  readonly count: number;
  readonly pitch: number;
}

/** A place in a kernel's row: an operand without the index of its argument. */
export type Place = Omit<Operand, "argument">;

/** The floats of a place that a range touches. */
export type Extent = Omit<Place, "role" | "offset">;

/** Length of a row that has no end. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

/** `size` floats for each index, one index after the other. */
export function each(size: number): Extent {
  return { step: size, width: size, rows: 1, pitch: ENDLESS };
}

/** `count` floats for any part of the range. */
export function all(count: number): Extent {
  return { step: 0, width: count, rows: 1, pitch: ENDLESS };
}

/** Extent of a bias: one for each of `k` filters, or for each filter at each of the positions. */
export function biases(stride: number, positions: number, k: number): Extent {
  return all(stride === 0 ? k : positions * k);
}

/** `step` columns of a matrix [rows, columns] for each index, fewer for the last one. */
export function columns(rows: number, count: number, step = 1): Extent {
  return { step, width: step, rows, pitch: count };
}

/** The first `width` floats in each of `rows` rows of `stride` for each index. */
export function bands(rows: number, stride: number, width: number): Extent {
  return stride === width ? each(rows * width) : { step: rows * stride, width, rows, pitch: stride };
}

function places(role: Role): (extent: Extent, ...offsets: readonly number[]) => Place[] {
  return (extent, ...offsets) => offsets.map((offset) => ({ role, offset, ...extent }));
}

export const input = places("input");
export const output = places("output");
export const state = places("state");

/** Scratch of the thread's own, of the size that the operation says (`ThreadScratch`). */
export function scratch(offset: number): Place[] {
  return places("scratch")(all(0), offset);
}

/** The floats that the part [begin, end) of a call's range touches; `begin` is below `end`. */
export function runsOf(operand: Place, begin: number, end: number): Runs {
  const { offset, step, width, rows, pitch } = operand;
  if (step > width) return { first: offset + begin * step, length: width, count: (end - begin) * rows, pitch };
  // Bytes need not fill whole floats.
  const from = Math.floor(begin * step);
  const to = step === 0 ? width : Math.min(Math.ceil(end * step), pitch);
  return { first: offset + from, length: to - from, count: rows, pitch };
}

/** The element past the last one of some runs. */
export function endOf({ first, length, count, pitch }: Runs): number {
  return first + (count - 1) * pitch + length;
}

/**
 * True if two sets of runs have a float in common. Where their rows are of different lengths, they count as if they had
 * when their whole ranges overlap.
 */
export function runsMeet(a: Runs, b: Runs): boolean {
  if (a.count > 1 && b.count > 1 && a.pitch !== b.pitch) return a.first < endOf(b) && b.first < endOf(a);
  const pitch = a.count > 1 ? a.pitch : b.pitch;
  // Run i of a meets run j of b where apart + (j - i) * pitch lies between the negative length of b and the length of a.
  const apart = b.first - a.first;
  const difference = Math.max(Math.floor((-b.length - apart) / pitch) + 1, 1 - a.count);
  return difference < b.count && apart + difference * pitch < a.length;
}
