import { type Touch, Touched, touchesOf } from "./conflicts.ts";
import type { TurnArea } from "./plan.ts";
import type { Operation } from "./tape.ts";

/** Operations in a row that a thread makes one after the other, or in turns for some samples at a time. */
export interface Run {
  readonly operations: readonly Operation[];
  /** True if they may be made in turns: no sample's numbers meet another sample's. */
  readonly inTurns: boolean;
}

/**
 * True for an offset in the turn areas, where each thread has its own memory for a few samples, so that threads do not
 * meet there.
 */
export function isInTurnArea(offset: number, area: TurnArea | undefined): boolean {
  return area !== undefined && offset >= area.offset && offset < area.offset + area.elements;
}

/**
 * Cuts a tape into runs, and the runs into phases, between which are barriers where all threads meet. There is a
 * barrier before a run of which a part touches a float that another thread's part of an earlier run in the phase
 * touches, if one of them writes. All threads compute the same phases.
 *
 * @param threads number of parts that ranges are cut into
 * @param areas number of threads that scratch was reserved for
 * @param turnArea memory that holds a few samples at a time, in an area of each thread's own
 * @example
 * const tape = new Tape();
 * tape.add("relu_forward", "sample", 10, 1000, 2000, 25, Infinity, 0);
 * tape.add("bias_backward", "weight", 25, 2000, 3000, 10, 25);
 * phasesOf(tape.operations, 1); // one phase of two runs
 * phasesOf(tape.operations, 2); // two phases of a run each: a column is of all samples
 */
export function phasesOf(
  operations: readonly Operation[],
  threads: number,
  areas = threads,
  turnArea?: TurnArea,
): readonly (readonly Run[])[] {
  const touches = operations.map((operation) =>
    touchesOf(operation, areas).filter(({ operand }) => !isInTurnArea(operand.offset, turnArea)),
  );
  const inRun = new Touched();
  const sinceBarrier = new Touched();
  const phases: Run[][] = [];
  let first = 0;
  while (first < operations.length) {
    const end = endOfRun(operations, touches, first, inRun);
    const own = touches.slice(first, end).flat();
    if (phases.length === 0 || sinceBarrier.conflictsWith(own, threads)) {
      phases.push([]);
      sinceBarrier.clear();
    }
    sinceBarrier.add(own);
    append(phases[phases.length - 1], {
      operations: operations.slice(first, end),
      inTurns: inTurns(operations[first]),
    });
    first = end;
  }
  return phases;
}

/** Appends a run to a phase; calls that are made once are joined to those before. */
function append(phase: Run[], run: Run): void {
  const last = phase.at(-1);
  if (last === undefined || last.inTurns || run.inTurns) phase.push(run);
  else phase[phase.length - 1] = { operations: [...last.operations, ...run.operations], inTurns: false };
}

function inTurns({ axis }: Operation): boolean {
  return axis === "sample";
}

/**
 * The index after the last call of the run that begins at `first`.
 *
 * @param touched filled with the run's touches
 */
function endOfRun(
  operations: readonly Operation[],
  touches: readonly (readonly Touch[])[],
  first: number,
  touched: Touched,
): number {
  const { extent } = operations[first];
  let end = first + 1;
  if (!inTurns(operations[first])) return end;
  touched.clear();
  touched.add(touches[first]);
  while (end < operations.length && inTurns(operations[end]) && operations[end].extent === extent) {
    // Each sample is a part of its own, wherever a turn ends.
    if (touched.conflictsWith(touches[end], extent)) break;
    touched.add(touches[end]);
    end++;
  }
  return end;
}
