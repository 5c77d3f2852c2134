import type { KernelArguments, KernelName, Kernels } from "./kernels.ts";

/**
 * What a kernel's range runs over, and thus where threads must meet. Of operations in a row on one axis, none reads what
 * another one writes outside its own slice, so they need no barrier between them.
 *
 * - `sample`: images of the batch
 * - `channel`: channels, each over the whole batch
 * - `weight`: rows of a weight gradient, or panels of packed weights
 * - `parameter`: elements of all parameters together
 * - `single`: work that one thread does alone
 */
export type Axis = "sample" | "channel" | "weight" | "parameter" | "single";

/** One kernel call over the range [0, extent). */
export interface Operation {
  readonly kernel: KernelName;
  readonly axis: Axis;
  readonly extent: number;
  /** The kernel's arguments after `begin` and `end`. */
  readonly arguments: readonly number[];
}

/** A flat list of kernel calls: all that an engine knows of a model. */
export class Tape {
  readonly operations: Operation[] = [];

  /** Appends a call; the arguments are checked against the kernel's signature. */
  add<K extends KernelName>(kernel: K, axis: Axis, extent: number, ...args: KernelArguments<K>): void {
    this.operations.push({ kernel, axis, extent, arguments: args });
  }

  /** Appends all calls of another tape. */
  append(other: Tape): void {
    this.operations.push(...other.operations);
  }
}

/**
 * Runs a tape on one thread.
 *
 * @param slices threads to stand in for: each in turn does its slice of all operations up to the next change of axis. The
 *   results are the same bits for any number.
 */
export function runTape(kernels: Kernels, tape: Tape, slices = 1): void {
  const { operations } = tape;
  let begin = 0;
  while (begin < operations.length) {
    let end = begin + 1;
    while (end < operations.length && operations[end].axis === operations[begin].axis) end++;
    for (let slice = 0; slice < slices; slice++) {
      for (let i = begin; i < end; i++) runSlice(kernels, operations[i], slice, slices);
    }
    begin = end;
  }
}

/** Runs one of `slices` equal parts of an operation. */
function runSlice(kernels: Kernels, operation: Operation, slice: number, slices: number): void {
  const { extent } = operation;
  const begin = Math.floor((extent * slice) / slices);
  const end = Math.floor((extent * (slice + 1)) / slices);
  const kernel: (...args: number[]) => void = kernels[operation.kernel];
  if (end > begin) kernel(begin, end, ...operation.arguments);
}
