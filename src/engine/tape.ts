import type { KernelArguments, KernelName, Kernels } from "./kernels.ts";

/**
 * What a kernel's range runs over, and thus where threads must meet: operations in a row on one axis need no barrier.
 *
 * - `sample`: images of the batch
 * - `channel`: channels, each over the whole batch
 * - `weight`: rows or elements of parameters
 * - `single`: work that one thread does alone
 */
export type Axis = "sample" | "channel" | "weight" | "single";

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
 * @param slices parts each range is cut into, one after the other; the results are the same bits for any number
 */
export function runTape(kernels: Kernels, tape: Tape, slices = 1): void {
  for (const operation of tape.operations) {
    const kernel: (...args: number[]) => void = kernels[operation.kernel];
    const { extent } = operation;
    for (let slice = 0; slice < slices; slice++) {
      const begin = Math.floor((extent * slice) / slices);
      const end = Math.floor((extent * (slice + 1)) / slices);
      if (end > begin) kernel(begin, end, ...operation.arguments);
    }
  }
}
