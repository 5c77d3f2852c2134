import type { KernelName, Kernels } from "./kernels.ts";
import { phasesOf, type Run } from "./phases.ts";
import { argumentsOf, type Operation, sliceOf, type Tape } from "./tape.ts";

/** A kernel call of one thread, ready to be made. */
interface Call {
  readonly name: KernelName;
  readonly layer: string;
  readonly kernel: (...args: number[]) => void;
  /** All arguments, the range first. */
  readonly args: number[];
}

/** Calls that are made in turns: all for the first samples, then all for the next ones. */
interface Part {
  readonly calls: readonly Call[];
  /** The range of all calls, where it is walked in chunks. */
  readonly begin: number;
  readonly end: number;
  /** Samples of a turn; 0 where each call has its own range, and is made once. */
  readonly chunk: number;
}

/** What a thread does between two barriers. */
export type Phase = readonly Part[];

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
  return phasesOf(operations, threads).map((runs) =>
    runs.map((run) => partOf(kernels, run, chunk, thread, threads)).filter(({ calls }) => calls.length > 0),
  );
}

function partOf(kernels: Kernels, { operations, inTurns }: Run, chunk: number, thread: number, threads: number): Part {
  const calls: Call[] = [];
  for (const operation of operations) {
    const [begin, end] = sliceOf(operation, thread, threads);
    if (end === begin) continue;
    const args = boxed([begin, end, ...argumentsOf(operation, thread)]);
    calls.push({ name: operation.kernel, layer: operation.layer, kernel: kernels[operation.kernel], args });
  }
  const [begin, end] = sliceOf(operations[0], thread, threads);
  return { calls, begin, end, chunk: inTurns && end - begin > chunk ? chunk : 0 };
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

/** The error of a kernel, which WebAssembly throws without a name: says which kernel, and for which layer. */
export class KernelError extends Error {
  constructor({ name, layer }: Call, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${name}${layer === "" ? "" : ` of layer "${layer}"`}: ${reason}`, { cause });
  }
}

/**
 * Makes the calls of a phase.
 *
 * @throws KernelError if a kernel traps
 */
export function runPhase(phase: Phase, watcher?: Watcher): void {
  for (let i = 0; i < phase.length; i++) {
    if (phase[i].chunk === 0) runOnce(phase[i], watcher);
    else runInTurns(phase[i], watcher);
  }
}

function runOnce({ calls }: Part, watcher: Watcher | undefined): void {
  let i = 0;
  try {
    for (; i < calls.length; i++) {
      const { name, kernel, args } = calls[i];
      watcher?.calling(name);
      kernel(...args);
    }
  } catch (error) {
    throw new KernelError(calls[i], error);
  }
}

function runInTurns({ calls, begin, end, chunk }: Part, watcher: Watcher | undefined): void {
  let i = 0;
  try {
    for (let at = begin; at < end; at += chunk) {
      const to = Math.min(at + chunk, end);
      for (i = 0; i < calls.length; i++) {
        const { name, kernel, args } = calls[i];
        args[0] = at;
        args[1] = to;
        watcher?.calling(name);
        kernel(...args);
      }
    }
  } catch (error) {
    throw new KernelError(calls[i], error);
  }
}

/**
 * Runs a tape on the calling thread, one operation after the other: the plain form of what the executor does.
 *
 * @param slices threads to stand in for: each in turn does its slice of all operations up to the next barrier. The results
 *   are the same bits for any number.
 * @param areas how many threads scratch was reserved for; slices beyond that use the areas again
 */
export function runTape(kernels: Kernels, tape: Tape, slices = 1, areas = slices): void {
  for (const phase of phasesOf(tape.operations, slices, areas)) {
    for (let slice = 0; slice < slices; slice++) {
      for (const { operations } of phase) {
        for (const operation of operations) runSlice(kernels, operation, slice, slices, slice % areas);
      }
    }
  }
}

function runSlice(kernels: Kernels, operation: Operation, slice: number, slices: number, area: number): void {
  const [begin, end] = sliceOf(operation, slice, slices);
  const kernel: (...args: number[]) => void = kernels[operation.kernel];
  if (end > begin) kernel(begin, end, ...argumentsOf(operation, area));
}
