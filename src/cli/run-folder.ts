import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode, fileError } from "../node/file-error.ts";
import { claimFile, ensureFolder, pathExists } from "../node/files.ts";
import { UsageError } from "./command-error.ts";

/** Default folder of runs. */
export const RUNS = "runs";

/** The files of a training run. */
export class RunFolder {
  readonly path: string;
  readonly settings: string;
  /** The history, a row per epoch. */
  readonly history: string;
  /** Averages and evaluations in the course of the epochs, a row each, where there are any. */
  readonly reports: string;
  /** Loss and accuracy as curves. */
  readonly curves: string;
  /** Confusion matrix of the test images. */
  readonly confusion: string;
  /** Figures of the test images, also per class. */
  readonly metrics: string;
  /** The model that the run ends with: with validation that of its best epoch, unless the last one is asked for. */
  readonly model: string;
  /** The model of the last epoch, where the run ends with that of another. */
  readonly last: string;
  /** The model with the best validation loss so far; once the run has ended only where `model` is another. */
  readonly best: string;
  /** Checkpoint of an unfinished run; removed when the run is done. */
  readonly checkpoint: string;
  /** The checkpoint of the last epoch of a finished run, which trains it further. */
  readonly finished: string;
  /** The uppermost folder that was made for the run, itself or one around it; undefined for a folder that was there. */
  readonly made: string | undefined;

  constructor(path: string, made?: string) {
    this.path = path;
    this.made = made;
    this.settings = join(path, "settings.json");
    this.history = join(path, "history.csv");
    this.reports = join(path, "reports.csv");
    this.curves = join(path, "curves.svg");
    this.confusion = join(path, "confusion.svg");
    this.metrics = join(path, "metrics.json");
    this.model = join(path, "model.safetensors");
    this.last = join(path, "model-last.safetensors");
    this.best = join(path, "model-best.safetensors");
    this.checkpoint = join(path, "checkpoint.safetensors");
    this.finished = join(path, "finished.safetensors");
  }

  /** The files that a run leaves behind. */
  get files(): readonly string[] {
    return [
      this.settings,
      this.history,
      this.reports,
      this.curves,
      this.confusion,
      this.metrics,
      this.model,
      this.last,
      this.best,
      this.checkpoint,
      this.finished,
    ];
  }

  /** Removes the files and folders of a run that has produced nothing to keep; folders that hold files of others stay. */
  async discard(): Promise<void> {
    const kept = await Promise.all([this.checkpoint, this.finished, this.model, this.best].map(pathExists));
    if (kept.some(Boolean)) return;
    for (const file of this.files) await rm(file, { force: true });
    if (this.made === undefined) return;
    const last = resolve(this.made);
    for (let folder = resolve(this.path); ; folder = dirname(folder)) {
      const isGone = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!isGone || folder === last) return;
    }
  }
}

/**
 * The folder of a run in `path`, which is made where there is none.
 *
 * @throws FileError if that is not possible
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const made = await firstMissing(path);
  await ensureFolder(path);
  return new RunFolder(path, made);
}

/** The uppermost folder of a path that does not exist; undefined where all of it does. */
async function firstMissing(path: string): Promise<string | undefined> {
  if (await pathExists(path)) return undefined;
  const parent = dirname(path);
  return parent === path ? path : ((await firstMissing(parent)) ?? path);
}

/**
 * Makes the folder of a new run: `out`, or a new one in `runs`.
 *
 * @param name part of the new folder's name, such as that of the network
 * @param overwrite whether files of an earlier run in `out` may go
 * @throws UsageError if `out` holds a run; FileError if the folder cannot be made
 */
export async function createRunFolder(out: string | undefined, name: string, overwrite: boolean): Promise<RunFolder> {
  if (out === undefined) return newFolder(name);
  const folder = await openRunFolder(out);
  const there = (await Promise.all(folder.files.map(pathExists))).some(Boolean);
  const taken = () => {
    const choices = "take another --out, go on with --resume, or add --overwrite";
    return new UsageError(`--out ${JSON.stringify(out)}`, "a folder without a run", `one with a run: ${choices}`);
  };
  if (there && !overwrite) throw taken();
  // A run that is begun anew must not go on from, or end with, files of the old one.
  if (there) for (const file of folder.files) await rm(file, { force: true });
  // If two runs found it free, only one is first.
  if (!(await claimFile(folder.settings))) throw taken();
  return folder;
}

/** A folder named after the time and the network, which nobody else has made. */
async function newFolder(name: string): Promise<RunFolder> {
  const made = await firstMissing(RUNS);
  await ensureFolder(RUNS);
  const base = newRunPath(name);
  for (let i = 1; ; i++) {
    const path = i === 1 ? base : `${base}-${i}`;
    try {
      await mkdir(path);
      return new RunFolder(path, made ?? path);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw fileError("make the folder", path, error);
    }
  }
}

/** The path in `runs` that a run of this moment gets. */
export function newRunPath(name: string): string {
  const plain = name
    .replace(/^.*[\\/]/, "")
    .replace(/\.json$/, "")
    .replace(/[^\w.-]+/g, "-");
  return join(RUNS, `${timestamp(new Date())}-${plain}`);
}

/** Local time as "2026-01-31-235959": sorts by time, and stands in a file name. */
function timestamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}
