import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { errorCode, fileError } from "../../node/file-error.ts";
import { pathExists, readFileBounded } from "../../node/files.ts";
import { type HistoryRow, parseHistory } from "../../training/history-csv.ts";
import { RunFolder } from "../run-folder.ts";

/** An object of JSON that nobody has checked. */
export type Facts = Readonly<Record<string, unknown>>;

/** A run as its folder tells of it. Runs of earlier versions, and folders that lack files, have less to tell. */
export interface RunRecord {
  readonly folder: RunFolder;
  /** Path of the folder in the one that was listed; else the folder's name. */
  readonly name: string;
  /** Time at which it was last begun or resumed, in milliseconds. */
  readonly time: number;
  /** `begun` is a run without a model or a checkpoint yet. */
  readonly state: "finished" | "unfinished" | "begun";
  /** `settings.json`. */
  readonly settings: Facts;
  /** `metrics.json`. */
  readonly metrics: Facts;
  readonly history: readonly HistoryRow[];
  /** Files that cannot be read, with the reasons. */
  readonly problems: readonly string[];
}

/** Larger files of settings, figures and history are none of ours. */
const MAX_BYTES = 64 * 2 ** 20;

/** Folders in one another in which runs are looked for. */
const MOST_FOLDERS = 4;

/** Folders that hold no runs, and may hold a great many others. */
const SKIPPED = /^\.|^node_modules$/;

/** All runs in a folder and in the folders inside it, the latest first. A folder that does not exist has none; that of a run has this one. */
export async function listRuns(folder: string): Promise<RunRecord[]> {
  const own = await readRun(folder);
  const runs = own === undefined ? await runsBelow(folder, "", MOST_FOLDERS) : [own];
  return runs.sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
}

async function runsBelow(folder: string, prefix: string, left: number): Promise<RunRecord[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT" || prefix !== "") return [];
    throw fileError("read the folder", folder, error);
  });
  const found = entries
    .filter((entry) => !entry.isFile() && !SKIPPED.test(entry.name))
    .map(async ({ name }) => {
      const path = join(folder, name);
      const run = await readRun(path, prefix + name);
      if (run !== undefined) return [run];
      const isFolder = left > 1 && (await stat(path).catch(() => undefined))?.isDirectory() === true;
      return isFolder ? runsBelow(path, `${prefix}${name}/`, left - 1) : [];
    });
  return (await Promise.all(found)).flat();
}

/**
 * The run in a folder; undefined where there is none of its files.
 *
 * @param name default: that of the folder
 */
export async function readRun(path: string, name = basename(path)): Promise<RunRecord | undefined> {
  const folder = new RunFolder(path);
  const there = await Promise.all(folder.files.map(pathExists));
  if (!there.some(Boolean)) return undefined;
  const problems: string[] = [];
  const read = async <T>(file: string, parse: (text: string) => T, without: T): Promise<T> => {
    try {
      return parse(new TextDecoder().decode(await readFileBounded(file, MAX_BYTES)));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") problems.push(`${basename(file)}: ${reasonOf(error)}`);
      return without;
    }
  };
  const settings = await read(folder.settings, parseFacts, {});
  const metrics = await read(folder.metrics, parseFacts, {});
  const history = await read(folder.history, (text) => parseHistory(text, "history.csv"), []);
  if (problems.length === 0 && Object.keys(settings).length === 0) problems.push("no settings.json");
  const hasModel = (await pathExists(folder.model)) || (await pathExists(folder.best));
  const state = (await pathExists(folder.checkpoint)) ? "unfinished" : hasModel ? "finished" : "begun";
  const time = await timeOf(folder, settings);
  return { folder, name, time, state, settings, metrics, history, problems };
}

function parseFacts(text: string): Facts {
  const json: unknown = JSON.parse(text);
  return isRecord(json) ? json : {};
}

/** The time in the settings; of runs of earlier versions, that at which these were written. */
async function timeOf(folder: RunFolder, { startedAt }: Facts): Promise<number> {
  const noted = typeof startedAt === "string" ? Date.parse(startedAt) : Number.NaN;
  if (Number.isFinite(noted)) return noted;
  for (const path of [folder.settings, folder.path]) {
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined) return info.mtimeMs;
  }
  return 0;
}
