import { alignedSize } from "../engine/plan.ts";
import type { Heap } from "../engine/reference/heap.ts";
import { Tape } from "../engine/tape.ts";
import type { Program } from "./program.ts";
import { isMultiplying, workOf } from "./work.ts";

/** Bytes that `scale` moves for each element: it reads one float and writes one. */
const BYTES = 8;

/** Elements behind the last region, where kernels may read. */
const TAIL = 16;

/** A program that can also time `scale`, the plainest kernel, on as many bytes as each of its other calls touches. */
export interface MeasuredProgram extends Program {
  /** Bytes that the tape of {@link bandwidthTape} moves. */
  readonly scaledBytes: (place: number) => number;
  /** A tape of `scale` on the bytes of call number `place`: the speed that memory, or the cache that holds so much, allows. */
  readonly bandwidthTape: (place: number) => Tape;
}

/** Adds memory and tapes for `scale` to a program for batches of n. */
export function withBandwidth(program: Program, n: number): MeasuredProgram {
  const sizes = program.operations.map((operation) => {
    return isMultiplying(operation.kernel) ? 0 : Math.ceil(workOf(operation, 0).bytes / (BYTES * n));
  });
  const most = alignedSize(Math.max(0, ...sizes) * n);
  const from = alignedSize(program.elements);
  return {
    ...program,
    elements: from + 2 * most + TAIL,
    fill(heap: Heap) {
      program.fill(heap);
      heap.fill(1, from, from + most);
    },
    scaledBytes: (place) => BYTES * n * sizes[place],
    bandwidthTape(place) {
      const tape = new Tape();
      tape.add("scale", "sample", n, from, from + most, sizes[place], 0.5);
      return tape;
    },
  };
}
