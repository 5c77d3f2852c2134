import { copyFile, readFile, rename } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { HostError, type InputRangeError, type InputTypeError, isInputError, reasonOf } from "../../errors.ts";
import { ensureFolder, pathExists, readFileBounded, writeFileAtomic } from "../../node/files.ts";
import { isPath } from "../../search/addressed-data.ts";
import type { RunProgress } from "../../search/executor.ts";
import type { SearchJob } from "../../search/job.ts";
import { RESULT_FILE, readEndedRun } from "../../search/read-run.ts";
import type { EndedRun, RunResult, RunSpec } from "../../search/trial.ts";
import { restoredEpoch } from "../../training/callbacks/plan-callbacks.ts";
import type { EpochEvent, FitEvent } from "../../training/events.ts";
import { columnOf } from "../../training/history-csv.ts";
import { Interrupted } from "../command-error.ts";
import type { Context } from "../context.ts";
import { newRun, type TrainOptions } from "../experiment.ts";
import { resumedRun } from "../resumed-run.ts";
import type { TrainingRun } from "../run-facts.ts";
import { RunFolder } from "../run-folder.ts";
import { askedExperiment } from "../train-words.ts";
import { runTraining } from "../training-run.ts";
import { trainOptions } from "./train-settings.ts";

/** Calls of a run that is trained here. */
export interface TrainRunCalls {
  readonly onProgress: (progress: RunProgress) => void;
  readonly onCheckpoint: (path: string, epoch: number) => void;
}

/** The folder of a run, and that of the run which it goes on with. */
export interface RunPlaces {
  readonly folder: string;
  readonly from?: string | undefined;
}

/** Largest file with a result, in bytes. */
const MAX_RESULT = 2 ** 24;

/** The options of `train` for a run. */
export function runOptions(
  { train }: SearchJob,
  { settings, seed, fold }: Omit<RunSpec, "index" | "trial">,
): TrainOptions {
  return {
    threads: 1,
    ...trainOptions({ ...train, ...settings }),
    seed,
    ...(fold !== undefined && { fold: `${fold.index + 1}/${fold.of}` }),
  };
}

/**
 * Trains one run of a search as `train` does, from its checkpoint where there is one, and leaves its result in its folder. Images to test on are left
 * alone, unless the metric is a figure of them: what chooses among trainings tells nothing of them any more.
 *
 * @throws the signal's reason once a checkpoint is written; whatever is no fault of the run's own settings
 */
export async function trainRun(
  job: SearchJob,
  spec: RunSpec,
  { folder, from }: RunPlaces,
  calls: TrainRunCalls,
  context: Context,
): Promise<EndedRun> {
  const before = await endedRun(folder);
  if (before !== undefined && before.result.index === spec.index) return before;
  const began = performance.now();
  const { index, trial } = spec;
  const over = from === undefined ? undefined : await takeOver(from, folder);
  const result = over === undefined ? await trained(job, spec, folder, calls, context) : { ...over, index, trial };
  const times = { seconds: (performance.now() - began) / 1000, endedAt: new Date().toISOString(), host: hostname() };
  await writeFileAtomic(join(folder, RESULT_FILE), `${JSON.stringify({ result, times })}\n`, { makeFolder: true });
  return { result, times };
}

/** The result in a run's folder; undefined where there is none. */
export async function endedRun(folder: string): Promise<EndedRun | undefined> {
  const path = join(folder, RESULT_FILE);
  if (!(await pathExists(path))) return undefined;
  const text = new TextDecoder().decode(await readFileBounded(path, MAX_RESULT));
  return readEndedRun(JSON.stringify(path), JSON.parse(text));
}

async function trained(
  job: SearchJob,
  spec: RunSpec,
  path: string,
  calls: TrainRunCalls,
  context: Context,
): Promise<RunResult> {
  const { index, trial, budget = Number.POSITIVE_INFINITY } = spec;
  const pause = new AbortController();
  const within = { ...context, signal: AbortSignal.any([context.signal, pause.signal]) };
  let run: TrainingRun | undefined;
  try {
    const options = runOptions(job, spec);
    const { checkpoint } = new RunFolder(path);
    const start = performance.now();
    run = (await pathExists(checkpoint))
      ? await resumedRun(undefined, { ...resumeOptions(job, options), resume: checkpoint }, within)
      : await newRun(
          await askedExperiment(job.data, options, within),
          { seed: spec.seed, out: path, overwrite: true, began: start },
          within,
        );
    const { trainer, data, settings } = run;
    const epochs = Math.min(budget, settings.epochs);
    if (trainer.progress.epoch >= budget) pause.abort(new Interrupted("paused"));
    const watch = watcher(run, job, epochs, calls, () => {
      if (budget < settings.epochs) pause.abort(new Interrupted("paused"));
    });
    const tests = job.metric.startsWith("test");
    await runTraining({ ...run, data: tests ? data : { ...data, test: undefined }, watch }, within);
  } catch (error) {
    context.signal.throwIfAborted();
    const isPaused = pause.signal.aborted && error instanceof Interrupted;
    if (!isPaused) {
      if (!isOwnFault(error)) throw error;
      const curve = run === undefined ? [] : curveOf(run, job);
      return { index, trial, status: "failed", metrics: {}, epochs: curve.length, curve, error: faultText(error) };
    }
  } finally {
    run?.model.dispose();
  }
  if (run === undefined) throw new Error("a run ended without having begun");
  return resultOf(run, job, spec);
}

/** The options with which a run goes on. */
function resumeOptions({ data }: SearchJob, { engine, threads, cache }: TrainOptions): TrainOptions {
  // The folder may be elsewhere on this machine.
  return { engine, threads, cache, ...(data !== undefined && isPath(data) && { data }) };
}

/** Tells of progress, and pauses the run at its budget. */
function watcher(
  { folder }: TrainingRun,
  { metric }: SearchJob,
  epochs: number,
  { onProgress, onCheckpoint }: TrainRunCalls,
  pause: () => void,
): (event: FitEvent, isKept: boolean) => void {
  let value: number | undefined;
  return (event, isKept) => {
    if (event.event === "step") {
      const { epoch, stepInEpoch, stepsPerEpoch } = event;
      onProgress({ epoch: epoch - 1, epochs, part: stepInEpoch / stepsPerEpoch, value });
    } else if (event.event === "epoch") {
      value = figuresOf(event)[metric];
      if (isKept) onCheckpoint(folder.checkpoint, event.epoch);
      onProgress({ epoch: event.epoch, epochs, part: 0, value });
      if (event.epoch === epochs) pause();
    }
  };
}

/** The figures of an epoch by the names that they have in `history.csv`. */
export function figuresOf({ trainLoss, trainAccuracy, valLoss, valAccuracy, ...more }: EpochEvent): {
  readonly [name: string]: number;
} {
  const named = (["train", "val"] as const).flatMap((part) =>
    Object.entries(more[part === "train" ? "trainMetrics" : "valMetrics"] ?? {}).map(
      ([name, value]): [string, number] => [columnOf(part, name), value],
    ),
  );
  const all = { trainLoss, trainAccuracy, valLoss, valAccuracy, ...Object.fromEntries(named) };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value !== undefined && Number.isFinite(value) ? [[name, value]] : [],
    ),
  );
}

function curveOf({ trainer }: TrainingRun, { metric }: SearchJob): number[] {
  const values: number[] = [];
  for (const epoch of trainer.progress.history) {
    const figures = figuresOf(epoch);
    if (!(metric in figures)) return values;
    values.push(figures[metric]);
  }
  return values;
}

async function resultOf(run: TrainingRun, job: SearchJob, { index, trial }: RunSpec): Promise<RunResult> {
  const { history } = run.trainer.progress;
  const chosen = history[(restoredEpoch(run.trainer.callbacks) ?? history.length) - 1];
  const metrics = { ...figuresOf(chosen), ...(job.metric.startsWith("test") && (await testFigures(run.folder))) };
  const value = metrics[job.metric];
  const base = { index, trial, metrics, epochs: history.length, curve: curveOf(run, job) };
  return value === undefined
    ? { ...base, status: "failed", error: `${job.metric} is not a finite number` }
    : { ...base, status: "done", value };
}

/** The figures of the images to test on, from `metrics.json`. */
async function testFigures({ metrics }: RunFolder): Promise<Record<string, number>> {
  const { testLoss, testAccuracy, metrics: chosen = {} } = JSON.parse(await readFile(metrics, "utf8"));
  const all: [string, unknown][] = [
    ["testLoss", testLoss],
    ["testAccuracy", testAccuracy],
  ];
  for (const [name, value] of Object.entries(chosen)) all.push([columnOf("test", name), value]);
  return Object.fromEntries(all.flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])));
}

/** True for errors that a run's own settings cause, on any machine or for lack of memory: other runs may do better. */
function isOwnFault(error: unknown): error is Error {
  return isInputError(error) || (error instanceof HostError && error.code === "no-memory");
}

/** The fault in words that are the same wherever the run's folder is. */
function faultText(error: Error): string {
  if (!isInputError(error)) return reasonOf(error);
  const { who, expected, got }: InputTypeError | InputRangeError = error;
  return `${who === "" ? "" : `${who}: `}expected ${expected}, got ${got}`;
}

/**
 * Brings what a run goes on from into its folder: the checkpoint and the history of a run that paused. Nothing where that ended by itself.
 *
 * @returns the result of the earlier run, if it has ended by itself
 */
async function takeOver(from: string, folder: string): Promise<RunResult | undefined> {
  const [before, own] = [new RunFolder(from), new RunFolder(folder)];
  if ((await pathExists(own.checkpoint)) || (await pathExists(own.finished))) return undefined;
  if (!(await pathExists(before.checkpoint))) return (await endedRun(from))?.result;
  await ensureFolder(folder);
  for (const path of [before.history, before.reports, before.best, before.checkpoint]) {
    if (!(await pathExists(path))) continue;
    const to = join(folder, basename(path));
    await copyFile(path, `${to}.copy`);
    await rename(`${to}.copy`, to);
  }
  return undefined;
}
