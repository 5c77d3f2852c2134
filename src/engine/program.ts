import type { KernelName, Kernels } from "./kernels.ts";
import { argumentsOf, type Operation, sliceOf } from "./tape.ts";

/** A kernel call of one thread, ready to be made. */
interface Call {
  readonly name: KernelName;
  readonly kernel: (...args: number[]) => void;
  /** All arguments, the range first. */
  readonly args: number[];
}

/** What a thread does between two barriers. */
export interface Phase {
  readonly calls: readonly Call[];
  /** The range of all calls, where it is walked in chunks. */
  readonly begin: number;
  readonly end: number;
  /** Samples that all calls are made for before the next ones follow; 0 where each call has its own range, and is made once. */
  readonly chunk: number;
}

/** Is told of every call before it is made. */
export interface Watcher {
  calling(kernel: KernelName): void;
}

/**
 * A tape made ready for one thread, so that a run allocates nothing: kernels looked up, ranges cut, scratch placed.
 * Between two phases the threads have to meet.
 *
 * @param threads into how many slices ranges are cut
 */
export function programOf(
  kernels: Kernels,
  { operations, chunk }: { readonly operations: readonly Operation[]; readonly chunk: number },
  thread: number,
  threads: number,
): readonly Phase[] {
  const phases: Phase[] = [];
  let first = 0;
  while (first < operations.length) {
    let last = first;
    while (last + 1 < operations.length && operations[last + 1].axis === operations[first].axis) last++;
    phases.push(phaseOf(kernels, operations.slice(first, last + 1), chunk, thread, threads));
    first = last + 1;
  }
  return phases;
}

function phaseOf(
  kernels: Kernels,
  operations: readonly Operation[],
  chunk: number,
  thread: number,
  threads: number,
): Phase {
  const calls: Call[] = [];
  for (const operation of operations) {
    const [begin, end] = sliceOf(operation, thread, threads);
    if (end === begin) continue;
    const args = boxed([begin, end, ...argumentsOf(operation, thread)]);
    calls.push({ name: operation.kernel, kernel: kernels[operation.kernel], args });
  }
  const [begin, end] = sliceOf(operations[0], thread, threads);
  const isCut =
    operations[0].axis === "sample" &&
    end - begin > chunk &&
    operations.every(({ extent }) => extent === operations[0].extent);
  return { calls, begin, end, chunk: isCut ? chunk : 0 };
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
export function runPhase(phase: Phase, watcher?: Watcher): void {
  const { calls, begin, end, chunk } = phase;
  if (chunk === 0) {
    for (let i = 0; i < calls.length; i++) {
      const { name, kernel, args } = calls[i];
      watcher?.calling(name);
      kernel(...args);
    }
    return;
  }
  for (let at = begin; at < end; at += chunk) {
    const to = Math.min(at + chunk, end);
    for (let i = 0; i < calls.length; i++) {
      const { name, kernel, args } = calls[i];
      args[0] = at;
      args[1] = to;
      watcher?.calling(name);
      kernel(...args);
    }
  }
}
