import { copyFile, rename } from "node:fs/promises";
import { freemem } from "node:os";
import { join, resolve } from "node:path";
import { pathExists, writeFileAtomic } from "../node/files.ts";
import { readOptions } from "../options/schema.ts";
import { cornersOf } from "./corners.ts";
import type { Executor, RunProgress } from "./executor.ts";
import { SearchFolder } from "./folder.ts";
import type { JobFacts, SearchJob } from "./job.ts";
import { Journal } from "./journal.ts";
import { LocalExecutor, usualSlots } from "./local.ts";
import { SEARCH_MACHINE, type SearchPlan, type SearchSettings } from "./options.ts";
import { type PreparedSearch, prepareSearch, reopenSearch, retrainJob, wayOf } from "./prepare.ts";
import type { ReportedSearch } from "./report/attempts.ts";
import { reportedTrials, reportOf } from "./report/found.ts";
import { Searcher, type SearcherEvent, type TrialRecord } from "./searcher.ts";
import type { Space } from "./space.ts";
import type { SpaceFile } from "./space-file.ts";
import { bestTrial, runsCsv, trialsCsv } from "./table.ts";
import { type EndedRun, type RunSpec, runsOf, type Settings, type TrialResult, type TrialSpec } from "./trial.ts";

/** The place of a search, for executors elsewhere. */
export interface SearchPlace {
  /** Tells the search from all others, also when it goes on. */
  readonly id: string;
  readonly folder: string;
  /** Settings of a possible trial. */
  readonly example: Settings;
  /** The folder of a run. */
  folderOf(spec: RunSpec): string;
}

/** Options of a search besides its settings. */
export interface SearchRunOptions {
  /** Folder of the search. */
  readonly folder: string;
  /** Trainings beside each other on this machine. Default `"auto"`: one for each core. */
  readonly slots?: number | "auto" | undefined;
  /** Trains the best settings once more on all of the data, at the end. Default false. */
  readonly retrain?: boolean | undefined;
  /** Ends the search; {@link resumeSearch} goes on with it. */
  readonly signal?: AbortSignal | undefined;
  /** Makes what runs the trainings, in place of processes of this machine. */
  readonly executor?: ((job: SearchJob, place: SearchPlace) => Promise<Executor>) | undefined;
}

/** Options of {@link search}. */
export interface SearchOptions extends SearchRunOptions, SearchSettings {
  /** The data as `train` takes it, in place of the space file's: `mnist`, `digits`, a path. */
  readonly data?: string | undefined;
}

/** The best trial of a search. */
export interface BestTrial {
  readonly trial: TrialSpec;
  readonly result: TrialResult;
  /** Folder of the best of its runs. */
  readonly folder: string;
}

/** The last event of a search. */
export interface SearchEnd {
  readonly event: "end";
  readonly folder: string;
  /** Trials with a value, and those without. */
  readonly done: number;
  readonly failed: number;
  /** Undefined where no trial has a value. */
  readonly best: BestTrial | undefined;
  /** The run of the best settings on all of the data, where it was asked for. */
  readonly retrained: EndedRun | undefined;
  /** Path of the best model: that of the retraining, if there is one. */
  readonly model: string | undefined;
}

/** The first event of a search, once everything was checked. */
export interface SearchStart {
  readonly event: "start";
  readonly folder: string;
  readonly id: string;
  readonly plan: SearchPlan;
  readonly job: SearchJob;
  readonly space: Space;
  readonly facts: JobFacts;
  /** Trainings beside each other. */
  readonly slots: number;
  /** Trials that had ended before, where the search goes on. */
  readonly ended: number;
  /** Decisions of the search itself, in words. */
  readonly notes: readonly string[];
}

/** Progress of the training on all of the data. */
export interface RetrainEvent {
  readonly event: "retrain";
  readonly progress: RunProgress;
}

/** An event of a search: the start, then trials and their runs, at last the end. */
export type SearchEvent = SearchStart | SearcherEvent | RetrainEvent | SearchEnd;

/**
 * Searches a space of settings: trains with many choices of them, several beside each other, and tells which is best. Each training is what
 * `convasm train` with these settings is, bit for bit. The table of results (`trials.csv`) follows from space and seed alone, however many
 * trainings run beside each other and however often the search is interrupted and resumed, but for the ways `asha` and `tpe`, which decide as
 * results arrive.
 *
 * @param space the space, with the settings that all trainings have in common and those of the search, as a space file has them
 * @param options settings that come before those of `space`, and the folder of the search
 * @returns events, of which the last is `"end"`; whoever stops reading ends the search
 * @throws InputTypeError, InputRangeError for a wrong space, settings that cannot be trained, or a metric that nothing reports, before anything
 * is trained; FileError where the folder holds a search, or cannot be written
 * @example
 * const space = { space: { lr: { log: [0.01, 1] } }, train: { model: "strided", limit: 500 }, data: "digits", trials: 3 };
 * for await (const event of search(space, { folder: "lr-search", slots: 2 })) {
 *   if (event.event === "result") console.log(event.trial.settings.lr, event.result.value);
 *   if (event.event === "end") console.log(event.best?.trial.settings);
 * }
 */
export function search(space: SpaceFile, options: SearchOptions): AsyncGenerator<SearchEvent, void> {
  return searchJson(space, options);
}

/** {@link search} of JSON that is not to be trusted. */
export async function* searchJson(json: unknown, options: SearchOptions): AsyncGenerator<SearchEvent, void> {
  const { folder, slots, retrain, signal, executor, ...given } = options;
  const path = resolve(folder);
  const prepared = await prepareSearch(json, given, path, signal);
  yield* searched(prepared, { folder: path, slots, retrain, signal, executor });
}

/** Settings that a search may have others of when it goes on: they change when it ends, not what it finds. */
export interface ResumeSettings extends Pick<SearchSettings, "hours"> {}

/**
 * Goes on with a search that was interrupted, killed, or ended by its hours: to the same results as without that.
 *
 * @throws InputRangeError if there is none in the folder, another version of convasm began it, or its data is no longer the same
 * @example
 * for await (const event of resumeSearch({ folder: "lr-search" })) console.log(event.event);
 */
export async function* resumeSearch(options: SearchRunOptions & ResumeSettings): AsyncGenerator<SearchEvent, void> {
  const { folder, hours, signal } = options;
  const path = resolve(folder);
  const prepared = await reopenSearch(path, hours === undefined ? {} : { hours }, signal);
  yield* searched(prepared, { ...options, folder: path });
}

async function* searched(prepared: PreparedSearch, options: SearchRunOptions): AsyncGenerator<SearchEvent, void> {
  const { kept, plan, space, facts, runner, notes } = prepared;
  const { signal = new AbortController().signal, retrain = false } = options;
  const folder = new SearchFolder(options.folder);
  const { job } = kept;
  let executor: Executor | undefined;
  let journal: Journal | undefined;
  try {
    const opened = await Journal.open(folder.journal);
    journal = opened.journal;
    const searcher = new Searcher(wayOf(plan, space, job, kept.epochs), job, journal, opened.entries);
    const [example = {}] = cornersOf(space);
    const folderOf = (spec: RunSpec) => folder.folderOf(spec, job);
    const place = { id: kept.id, folder: folder.path, example, folderOf };
    executor =
      options.executor === undefined
        ? new LocalExecutor(runner, folder.runFolders, job, slotsOf(options.slots, job, facts))
        : await options.executor(job, place);
    const ended = searcher.trials.filter(({ result }) => result !== undefined).length;
    const { capacity: slots } = executor;
    yield { event: "start", folder: folder.path, id: kept.id, plan, job, space, facts, slots, ended, notes };
    const tables = new Tables(folder, searcher, space, reportOf(prepared));
    const end = plan.hours === undefined ? Number.POSITIVE_INFINITY : performance.now() + plan.hours * 3_600_000;
    try {
      for await (const event of searcher.run(executor, signal, () => performance.now() < end)) {
        if (event.event === "result") await tables.write(false);
        yield event;
      }
    } finally {
      await tables.write(true);
    }
    const best = bestOf(searcher.trials, job, folder);
    let retrained: EndedRun | undefined;
    if (best !== undefined && retrain) {
      const events: RunProgress[] = [];
      runner.use(retrainJob(job, best.trial.settings, facts, best.result.epochs));
      const spec = { index: 0, trial: best.trial.index, settings: best.trial.settings, seed: job.seed };
      const run = runner.run(spec, {
        folder: folder.retrained,
        signal,
        onProgress: (progress) => events.push(progress),
      });
      yield* progressOf(run, events);
      retrained = await run;
    }
    const model = await bestModel(folder, best, retrained);
    const done = searcher.trials.filter(({ result }) => result?.status === "done").length;
    const failed = searcher.trials.filter(({ result }) => result?.status === "failed").length;
    yield { event: "end", folder: folder.path, done, failed, best, retrained, model };
  } finally {
    await executor?.close();
    await runner.close();
    await journal?.close();
  }
}

/** Trainings beside each other: as many as are asked for, else one for each core, as far as they have room in memory. */
function slotsOf(slots: number | "auto" | undefined, { train }: SearchJob, { memoryBytes }: JobFacts): number {
  const wanted = readOptions("search", SEARCH_MACHINE, { slots }).slots;
  if (wanted !== "auto") return wanted;
  const { threads = 1 } = train;
  const most = Math.floor((0.8 * freemem()) / memoryBytes);
  return Math.max(1, Math.min(most, usualSlots(typeof threads === "number" ? threads : 1)));
}

/** Milliseconds between two writings of the tables in the course of a search. */
const WRITE_EVERY = 1000;

/** Milliseconds between two writings of the report, which takes longer. */
const REPORT_EVERY = 60_000;

/** The tables of a search and its report, which are written anew when trials have ended, but not at each one of many. */
class Tables {
  readonly #folder: SearchFolder;
  readonly #searcher: Searcher;
  readonly #space: Space;
  readonly #report: Omit<ReportedSearch, "trials" | "best">;
  #written = Number.NEGATIVE_INFINITY;
  #reported = performance.now();

  constructor(folder: SearchFolder, searcher: Searcher, space: Space, report: Omit<ReportedSearch, "trials" | "best">) {
    this.#folder = folder;
    this.#searcher = searcher;
    this.#space = space;
    this.#report = report;
  }

  async write(now: boolean): Promise<void> {
    if (!now && performance.now() - this.#written < WRITE_EVERY) return;
    const { trials } = this.#searcher;
    await writeFileAtomic(this.#folder.trials, trialsCsv(trials, this.#space));
    if (trials.some(({ runs }) => runs.length > 1)) await writeFileAtomic(this.#folder.runs, runsCsv(trials));
    if (now || performance.now() - this.#reported > REPORT_EVERY) {
      // The library that draws loads here.
      const { searchReport } = await import("./report/report.ts");
      const best = bestTrial(trials, this.#report.maximize)?.spec.index;
      const report = searchReport({ ...this.#report, trials: reportedTrials(trials), best });
      await writeFileAtomic(this.#folder.report, report);
      this.#reported = performance.now();
    }
    this.#written = performance.now();
  }
}

function bestOf(trials: readonly TrialRecord[], job: SearchJob, folder: SearchFolder): BestTrial | undefined {
  const best = bestTrial(trials, job.maximize);
  if (best?.result === undefined) return undefined;
  const { spec, result, runs } = best;
  const sign = job.maximize ? 1 : -1;
  const values = runs.map((run) => sign * (run?.result.value ?? Number.NEGATIVE_INFINITY));
  const place = values.indexOf(Math.max(...values));
  return { trial: spec, result, folder: folder.folderOf(runsOf(spec, job)[place], job) };
}

/** Copies the best model to where it is found: that of the retraining, or of the best run. */
async function bestModel(
  folder: SearchFolder,
  best: BestTrial | undefined,
  retrained: EndedRun | undefined,
): Promise<string | undefined> {
  const from = retrained === undefined ? best?.folder : folder.retrained;
  if (from === undefined) return undefined;
  const model = join(from, "model.safetensors");
  // Runs elsewhere may leave their models there.
  if (!(await pathExists(model))) return undefined;
  await copyFile(model, `${folder.bestModel}.copy`);
  await rename(`${folder.bestModel}.copy`, folder.bestModel);
  return folder.bestModel;
}

/** Progress of a run until it ends. */
async function* progressOf(run: Promise<EndedRun>, events: RunProgress[]): AsyncGenerator<RetrainEvent, void> {
  let isOver = false;
  const over = run.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const progress of events.splice(0)) yield { event: "retrain", progress };
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
}
