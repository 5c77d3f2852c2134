import { KernelError, reasonOf } from "../errors.ts";
import type { KernelName, Kernels } from "./kernels.ts";
import { operandsOf } from "./operands.ts";
import { isInTurnArea, phasesOf, type Run } from "./phases.ts";
import type { TurnArea } from "./plan.ts";
import { callOf, type Operation, sliceOf, type Tape } from "./tape.ts";

/** Floats that a call may read and write in a turn of several samples: 2 MiB. */
const CACHE_FLOATS = 2 ** 19;

/** A kernel call of one thread, ready to be made. */
interface Call {
  readonly name: KernelName;
  readonly layer: string;
  readonly kernel: (...args: number[]) => void;
  /** All arguments, the range first. */
  readonly args: number[];
  /** The places that move on from turn to turn, of a call that counts its samples from the first one of a turn. */
  readonly moving: readonly MovingPlace[] | undefined;
}

/** An argument that is a place outside of the thread's turn area. */
interface MovingPlace {
  /** Its index in a call's arguments. */
  readonly argument: number;
  readonly offset: number;
  /** Elements from one sample to the next. */
  readonly step: number;
}

/** Calls between two barriers: made once, or in turns, all for the first samples, then all for the next ones. */
interface Part {
  readonly calls: readonly Call[];
  /** The range of all calls, if it is walked in turns. */
  readonly begin: number;
  readonly end: number;
  /** Samples of a turn; 0 where each call has its own range, and is made once. */
  readonly chunk: number;
}

/** The parts of a tape that a program needs. */
type Program = Pick<Tape, "chunk" | "turnArea"> & { readonly operations: readonly Operation[] };

/** The work of a thread between two barriers. */
export type Phase = readonly Part[];

/** An observer of calls, which is told of each before it is made. */
export interface Watcher {
  calling(kernel: KernelName): void;
}

/**
 * A tape made ready for one thread, so that a run allocates nothing: kernels looked up, ranges cut, scratch placed.
 * Between two phases the threads have to meet.
 *
 * @param threads number of slices that ranges are cut into
 */
export function programOf(kernels: Kernels, tape: Program, thread: number, threads: number): readonly Phase[] {
  return phasesOf(tape.operations, threads, threads, tape.turnArea).map((runs) =>
    runs.map((run) => partOf(kernels, run, tape, thread, threads, thread)).filter(({ calls }) => calls.length > 0),
  );
}

/**
 * The calls of a run for one thread.
 *
 * @param area number of the thread's area among the areas of threads
 */
function partOf(
  kernels: Kernels,
  { operations, inTurns }: Run,
  { chunk, turnArea }: Program,
  thread: number,
  threads: number,
  area: number,
): Part {
  const calls: Call[] = [];
  // Where a sample of a call is large, a turn has so few that they lie in a cache.
  let turn = chunk;
  for (const operation of operations) {
    const floats = operandsOf(operation).reduce((sum, { step }) => sum + step, 0);
    turn = Math.min(turn, Math.ceil(CACHE_FLOATS / floats));
    const [begin, end] = sliceOf(operation, thread, threads);
    if (end === begin) continue;
    const args = callOf(operation, begin, end, area);
    const moving = turnArea && movingPlaces(operation, turnArea, args, area);
    calls.push({
      name: operation.kernel,
      layer: operation.layer,
      kernel: kernels[operation.kernel],
      args: boxed(args),
      moving,
    });
  }
  const [begin, end] = sliceOf(operations[0], thread, threads);
  // Calls that count from a turn's first sample are made in turns even where there is but one.
  const samples = calls.some(({ moving }) => moving) ? turnArea?.samples : undefined;
  return { calls, begin, end, chunk: samples ? Math.min(chunk, samples) : inTurns && end - begin > turn ? turn : 0 };
}

/**
 * Changes the arguments that lie in the turn area to the thread's own area, and returns the others, which move on from turn to
 * turn; undefined where none lies there.
 */
function movingPlaces(
  operation: Operation,
  turnArea: TurnArea,
  args: number[],
  area: number,
): readonly MovingPlace[] | undefined {
  const operands = operandsOf(operation);
  const own = operands.filter(({ offset }) => isInTurnArea(offset, turnArea));
  if (own.length === 0) return undefined;
  for (const { argument, offset } of own) args[argument + 2] = offset + area * turnArea.elements;
  return operands
    .filter(({ offset, step }) => !isInTurnArea(offset, turnArea) && step > 0)
    .map(({ argument, offset, step }) => ({ argument: argument + 2, offset, step }));
}

/**
 * A copy of an array whose numbers V8 keeps as objects where they are no small integers: an array of doubles would be
 * boxed anew, and be garbage, at every call.
 */
function boxed(numbers: readonly number[]): number[] {
  const copy: (number | null)[] = [null, ...numbers];
  copy.shift();
  if (!copy.every((value) => value !== null)) throw new Error("expected numbers");
  return copy;
}

/** The error of a kernel, with its name and layer; WebAssembly throws errors without names. */
function failureOf({ name, layer }: Call, cause: unknown): KernelError {
  return new KernelError(name, layer, reasonOf(cause), undefined, { cause });
}

/**
 * Makes the calls of a phase.
 *
 * @throws KernelError if a kernel traps
 */
export function runPhase(phase: Phase, watcher?: Watcher): void {
  for (let i = 0; i < phase.length; i++) runPart(phase[i], watcher);
}

function runPart({ calls, begin, end, chunk }: Part, watcher: Watcher | undefined): void {
  let i = 0;
  try {
    let at = begin;
    do {
      const to = Math.min(at + chunk, end);
      for (i = 0; i < calls.length; i++) {
        const { name, kernel, args, moving } = calls[i];
        if (chunk > 0) {
          const first = moving ? at : 0;
          args[0] = at - first;
          args[1] = to - first;
          if (moving) move(args, moving, at);
        }
        watcher?.calling(name);
        kernel(...args);
      }
      at = to;
    } while (chunk > 0 && at < end);
  } catch (error) {
    throw failureOf(calls[i], error);
  }
}

/** Moves places to those of a turn's first sample. */
function move(args: number[], moving: readonly MovingPlace[], first: number): void {
  for (let i = 0; i < moving.length; i++) {
    const { argument, offset, step } = moving[i];
    args[argument] = offset + first * step;
  }
}

/**
 * Runs a tape on the calling thread, one operation after the other: the plain form of the executor.
 *
 * @param slices number of threads to imitate: each in turn does its slice of all operations up to the next barrier. The
 *   results are the same bits for any number.
 * @param areas number of threads that scratch was reserved for; slices beyond that use the areas again
 */
export function runTape(kernels: Kernels, tape: Tape, slices = 1, areas = slices): void {
  for (const phase of phasesOf(tape.operations, slices, areas, tape.turnArea)) {
    for (let slice = 0; slice < slices; slice++) {
      runPhase(phase.map((run) => partOf(kernels, run, tape, slice, slices, slice % areas)));
    }
  }
}
