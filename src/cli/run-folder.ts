import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, fileError } from "../node/file-error.ts";
import { claimFile, ensureFolder, pathExists } from "../node/files.ts";
import { UsageError } from "./errors.ts";

/** Default folder of runs. */
const RUNS = "runs";

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
  /** The model at the end of the run. */
  readonly model: string;
  /** The model with the best validation loss. */
  readonly best: string;
  /** Checkpoint of an unfinished run; removed when the run is done. */
  readonly checkpoint: string;
  /** The checkpoint of the last epoch of a finished run, which trains it further. */
  readonly finished: string;

  constructor(path: string) {
    this.path = path;
    this.settings = join(path, "settings.json");
    this.history = join(path, "history.csv");
    this.reports = join(path, "reports.csv");
    this.curves = join(path, "curves.svg");
    this.confusion = join(path, "confusion.svg");
    this.metrics = join(path, "metrics.json");
    this.model = join(path, "model.safetensors");
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
      this.best,
      this.checkpoint,
      this.finished,
    ];
  }
}

/**
 * Makes the folder of a new run: `out`, or a new one in `runs`.
 *
 * @param name part of the new folder's name, such as that of the network
 * @param overwrite whether files of an earlier run in `out` may go
 * @throws UsageError if `out` holds a run; FileError if the folder cannot be made
 */
export async function createRunFolder(out: string | undefined, name: string, overwrite: boolean): Promise<RunFolder> {
  if (out === undefined) return new RunFolder(await newFolder(name));
  await ensureFolder(out);
  const folder = new RunFolder(out);
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
async function newFolder(name: string): Promise<string> {
  await ensureFolder(RUNS);
  const plain = name
    .replace(/^.*[\\/]/, "")
    .replace(/\.json$/, "")
    .replace(/[^\w.-]+/g, "-");
  const base = `${timestamp(new Date())}-${plain}`;
  for (let i = 1; ; i++) {
    const path = join(RUNS, i === 1 ? base : `${base}-${i}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw fileError("make the folder", path, error);
    }
  }
}

/** Local time as "2026-01-31-235959": sorts by time, and stands in a file name. */
function timestamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}

/**
 * The checkpoint that `--resume` means: a file, a run folder, or without a path the latest interrupted run in `runs`.
 *
 * @param further whether a finished run is to be trained further
 * @throws UsageError if there is nothing to go on with
 */
export async function findCheckpoint(path: string | undefined, further: boolean): Promise<string> {
  if (path === undefined) return latestCheckpoint();
  const info = await stat(path).catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  if (!info.isDirectory()) return path;
  const folder = new RunFolder(path);
  if (await pathExists(folder.checkpoint)) return folder.checkpoint;
  const isFinished = await pathExists(folder.finished);
  if (further && isFinished) return folder.finished;
  const hint = isFinished ? "; --epochs trains it further" : "";
  const why = (await pathExists(folder.model)) ? `one of a finished run${hint}` : "none";
  throw new UsageError(`--resume ${JSON.stringify(path)}`, "a checkpoint of an unfinished run", why, "missing");
}

async function latestCheckpoint(): Promise<string> {
  const names = await readdir(RUNS).catch(() => []);
  const found: { path: string; time: number }[] = [];
  for (const name of names) {
    const path = new RunFolder(join(RUNS, name)).checkpoint;
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined) found.push({ path, time: info.mtimeMs });
  }
  const latest = found.sort((a, b) => b.time - a.time)[0];
  if (latest === undefined)
    throw new UsageError("--resume", `an unfinished run in ${RUNS}`, "none", "missing", { advice: "name one" });
  return latest.path;
}
