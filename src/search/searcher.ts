/**
 * The loop of a search: it asks the way for trials, gives their runs to an executor, and tells the way of results; everything that happens is in
 * the journal before anything follows from it.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import type { Executor, RunProgress } from "./executor.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import {
  type EndedRun,
  type RunPlan,
  type RunSpec,
  runsOf,
  runsPerTrial,
  type TrialResult,
  type TrialSpec,
  trialResult,
} from "./trial.ts";
import type { Way } from "./way.ts";

/** A trial with the runs of it that have ended. */
export interface TrialRecord {
  readonly spec: TrialSpec;
  /** Runs by their place within the trial; missing until they have ended. */
  readonly runs: readonly (EndedRun | undefined)[];
  /** Undefined until all runs have ended. */
  readonly result: TrialResult | undefined;
}

/** An event of the loop. */
export type SearcherEvent =
  | { readonly event: "trial"; readonly trial: TrialSpec }
  | { readonly event: "run"; readonly run: RunSpec }
  | { readonly event: "progress"; readonly run: RunSpec; readonly progress: RunProgress }
  | { readonly event: "ended"; readonly run: RunSpec; readonly ended: EndedRun }
  | { readonly event: "result"; readonly trial: TrialSpec; readonly result: TrialResult };

/** A trial in the making. */
interface OpenTrial {
  readonly spec: TrialSpec;
  readonly runs: (EndedRun | undefined)[];
  result: TrialResult | undefined;
}

/** Milliseconds after which the room of an executor is looked at again. */
const LOOK_EVERY = 1000;

/** A trial as a text that is the same for the same trial. */
function essence({ index, settings, budget, rung, from }: TrialSpec): string {
  return JSON.stringify([index, settings, budget, rung, from]);
}

/** A search between its way and its executor. */
export class Searcher {
  readonly #way: Way;
  readonly #plan: RunPlan;
  readonly #journal: Journal;
  readonly #trials: OpenTrial[] = [];
  /** Runs that are decided on, and have not begun. */
  #waiting: RunSpec[] = [];

  /**
   * @param entries the journal so far, which brings the search back to where it was
   * @throws RangeError if these are not what the way decided
   */
  constructor(way: Way, plan: RunPlan, journal: Journal, entries: readonly JournalEntry[]) {
    this.#way = way;
    this.#plan = plan;
    this.#journal = journal;
    for (const entry of entries) this.#replay(entry);
    const isOpen = ({ index, trial }: RunSpec) => this.#trials[trial].runs[index % runsPerTrial(plan)] === undefined;
    this.#waiting = this.#trials.flatMap(({ spec }) => runsOf(spec, plan)).filter(isOpen);
  }

  /** All trials so far, in the order in which they were decided on. */
  get trials(): readonly TrialRecord[] {
    return this.#trials;
  }

  #replay(entry: JournalEntry): void {
    if ("run" in entry) {
      this.#note(entry.run);
      return;
    }
    const decided = this.#way.next();
    if (typeof decided !== "object" || essence(decided) !== essence(entry.trial)) {
      const got = `trial ${entry.trial.index} that this version decides otherwise`;
      throw new InputRangeError(
        JSON.stringify(this.#journal.path),
        "the decisions of this search",
        got,
        "damaged-file",
      );
    }
    this.#open(entry.trial);
  }

  #open(spec: TrialSpec): void {
    this.#trials.push({ spec, runs: new Array(runsPerTrial(this.#plan)).fill(undefined), result: undefined });
  }

  /** Notes a run that ended, once; returns the trial if that has ended with it. */
  #note(ended: EndedRun): OpenTrial | undefined {
    const { trial, index } = ended.result;
    const record = this.#trials.at(trial);
    const place = index % runsPerTrial(this.#plan);
    if (record === undefined || trial < 0 || record.runs[place] !== undefined) return undefined;
    record.runs[place] = ended;
    const results = record.runs.flatMap((run) => (run === undefined ? [] : [run.result]));
    if (results.length < record.runs.length) return undefined;
    record.result = trialResult(trial, results);
    this.#way.report(record.result);
    return record;
  }

  /**
   * Searches to the end.
   *
   * @param signal ends all runs, each with a checkpoint; the iteration throws its reason then
   * @param mayBegin false from the moment on in which no more runs are to begin
   * @throws whatever the executor or the journal throw
   */
  async *run(executor: Executor, signal: AbortSignal, mayBegin: () => boolean): AsyncGenerator<SearcherEvent, void> {
    const events: SearcherEvent[] = [];
    const running = new Set<number>();
    const stop = new AbortController();
    const ended: { readonly run: RunSpec; readonly ended: EndedRun }[] = [];
    let failure: { readonly error: unknown } | undefined;
    let wake = () => {};
    const within = AbortSignal.any([signal, stop.signal]);
    const begin = (run: RunSpec) => {
      running.add(run.index);
      events.push({ event: "run", run });
      const onProgress = (progress: RunProgress) => {
        events.push({ event: "progress", run, progress });
        wake();
      };
      executor
        .run(run, { signal: within, onProgress })
        .then(
          (done) => ended.push({ run, ended: done }),
          (error: unknown) => {
            failure ??= { error };
            stop.abort(error);
          },
        )
        .finally(() => {
          running.delete(run.index);
          wake();
        });
    };
    try {
      for (;;) {
        const entries: JournalEntry[] = [];
        for (const done of ended.splice(0)) {
          events.push({ event: "ended", ...done });
          entries.push({ run: done.ended });
          const trial = this.#note(done.ended);
          if (trial?.result !== undefined) events.push({ event: "result", trial: trial.spec, result: trial.result });
        }
        const isOver = within.aborted || !mayBegin();
        const next = isOver ? [] : this.#decide(executor.capacity - running.size, events, entries);
        // On the disk before anything follows from it.
        if (entries.length > 0) await this.#journal.append(entries);
        for (const run of next) begin(run);
        yield* events.splice(0);
        if (ended.length > 0) continue;
        if (running.size === 0 && (isOver || this.#waiting.length === 0)) break;
        await new Promise<void>((resolve) => {
          // An executor elsewhere may have more room by then.
          const timer = setTimeout(resolve, LOOK_EVERY);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (ended.length > 0 || events.length > 0) wake();
        });
      }
    } finally {
      // Whoever stops reading leaves nothing running.
      if (running.size > 0) stop.abort(new Error("the search was left"));
    }
    signal.throwIfAborted();
    if (failure !== undefined) throw failure.error;
  }

  /** The next runs, at most so many. Trials that are decided on for them become entries and events. */
  #decide(room: number, events: SearcherEvent[], entries: JournalEntry[]): RunSpec[] {
    while (this.#waiting.length < room) {
      const trial = this.#way.next();
      if (typeof trial !== "object") break;
      this.#open(trial);
      entries.push({ trial });
      events.push({ event: "trial", trial });
      this.#waiting.push(...runsOf(trial, this.#plan));
    }
    return this.#waiting.splice(0, Math.max(0, room));
  }
}
