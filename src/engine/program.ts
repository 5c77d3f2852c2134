import type { KernelName, Kernels } from "./kernels.ts";
import { argumentsOf, type Operation, sliceOf } from "./tape.ts";

/** A kernel call of one thread, ready to be made. */
interface Call {
  readonly name: KernelName;
  readonly kernel: (...args: number[]) => void;
  /** All arguments, the range first. */
  readonly args: number[];
}

/** What a thread does of the operations between two barriers. */
export type Phase = readonly Call[];

/**
 * A tape made ready for one thread, so that a run allocates nothing: kernels looked up, ranges cut, scratch placed.
 * Between two phases the threads have to meet.
 *
 * @param threads into how many slices ranges are cut
 */
export function programOf(
  kernels: Kernels,
  operations: readonly Operation[],
  thread: number,
  threads: number,
): readonly Phase[] {
  const phases: Call[][] = [];
  operations.forEach((operation, i) => {
    if (i === 0 || operation.axis !== operations[i - 1].axis) phases.push([]);
    const [begin, end] = sliceOf(operation, thread, threads);
    if (end === begin) return;
    const args = boxed([begin, end, ...argumentsOf(operation, thread)]);
    phases[phases.length - 1].push({ name: operation.kernel, kernel: kernels[operation.kernel], args });
  });
  return phases;
}

/**
 * A copy whose numbers V8 keeps as objects where they are no small integers: an array of doubles would be boxed anew, and
 * be garbage, at every call.
 */
function boxed(numbers: readonly number[]): number[] {
  const copy: (number | null)[] = [null, ...numbers];
  copy.shift();
  if (!copy.every((value) => value !== null)) throw new TypeError("expected numbers");
  return copy;
}

/** Makes the calls of a phase. */
export function runPhase(phase: Phase): void {
  for (let i = 0; i < phase.length; i++) {
    const { kernel, args } = phase[i];
    kernel(...args);
  }
}
