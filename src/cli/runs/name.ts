import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { listOf } from "../../data/classes.ts";
import { pathExists } from "../../node/files.ts";
import { UsageError } from "../command-error.ts";
import { RUNS } from "../run-folder.ts";
import { runsOfHere } from "./places.ts";
import { listRuns, type RunRecord } from "./record.ts";

/** Help on how runs are named, for commands that take one. */
export const RUN_NAMES =
  "A run may be named by its folder, by the first letters of its name in the list, or by its place there: @latest is the latest one, @latest~1 the " +
  "one before. Those are the runs in runs and what --out put elsewhere from this folder; FOLDER/@latest and FOLDER/name mean the runs in a folder.";

const LATEST = /^@latest(?:~(\d{1,6}))?$/;

/**
 * The path that a word of the command line means: itself where something is there, else that of the run whose name begins with the
 * word, or of `@latest`, with the number of runs to go back.
 *
 * @param who stands in messages, such as "--from"
 * @returns the word itself where it names no run
 * @throws UsageError if there is no latest run, or the names of several begin so
 */
export async function resolveRun(who: string, word: string): Promise<string> {
  if (await pathExists(word)) return word;
  if (isLatest(word)) return (await latestRun(who, word)).folder.path;
  const found = await runsBeginning(word);
  const exact = found.find(({ name }) => name === word || name === basename(word));
  if (found.length < 2 || exact !== undefined) return (exact ?? found[0])?.folder.path ?? word;
  const names = listOf(found.map(({ name }) => name));
  throw new UsageError(`${who} ${JSON.stringify(word)}`, "the begin of one run's name", `that of ${names}`);
}

/** The runs whose names begin with a word, the latest first. */
export async function runsBeginning(word: string): Promise<RunRecord[]> {
  const { runs, name } = await placeOf(word);
  return runs.filter((run) => run.name.startsWith(name));
}

/** True for `@latest`, and for runs counted back from it, such as `@latest~1`. */
export function isLatest(word: string): boolean {
  return LATEST.test(basename(word));
}

/** The runs among which a word names one, the latest first, and what is left of it as a name. */
async function placeOf(word: string) {
  const folder = dirname(word);
  const name = basename(word);
  const isFolder = word !== name && (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  if (isFolder) return { name, runs: await listRuns(folder), where: `in ${folder}` };
  const where = word === name ? `in ${RUNS} or put elsewhere by --out from here` : `in ${folder}`;
  return { name: isLatest(word) ? name : word, runs: isLatest(word) && word !== name ? [] : await runsOfHere(), where };
}

/** The latest usable run, or the usable run a number of places before it. */
async function latestRun(who: string, word: string): Promise<RunRecord> {
  const { name, runs, where } = await placeOf(word);
  const back = Number(LATEST.exec(name)?.[1] ?? 0);
  const usable = runs.filter(({ state }) => state !== "begun");
  if (back < usable.length) return usable[back];
  const wanted = back === 0 ? `a run ${where}` : `${back + 1} runs ${where}`;
  throw new UsageError(`${who} ${JSON.stringify(word)}`, wanted, String(usable.length || "none"), "missing");
}
