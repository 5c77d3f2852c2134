import { basename, dirname, join } from "node:path";
import { listOf } from "../../data/classes.ts";
import { pathExists } from "../../node/files.ts";
import { UsageError } from "../command-error.ts";
import { RUNS } from "../run-folder.ts";
import { listRuns, type RunRecord } from "./record.ts";

/** Help on how runs are named, for commands that take one. */
export const RUN_NAMES =
  "A run may be named by the first letters of its name in runs, or by its place there: @latest is the latest one, @latest~1 the one before.";

const LATEST = /^@latest(?:~(\d{1,6}))?$/;

/**
 * The path that a word of the command line means: itself where something is there, else that of the run whose name begins with the
 * word, or of `@latest`, with the number of runs to go back.
 *
 * @param who stands in messages, such as "--from"
 * @param runs folder of the runs, where none stands in front of the name
 * @returns the word itself where it names no run
 * @throws UsageError if there is no latest run, or the names of several begin so
 */
export async function resolveRun(who: string, word: string, runs = RUNS): Promise<string> {
  if (await pathExists(word)) return word;
  if (isLatest(word)) return (await latestRun(who, word, runs)).folder.path;
  const found = await runsBeginning(word, runs);
  const exact = found.find(({ name }) => name === basename(word));
  if (found.length < 2 || exact !== undefined) return (exact ?? found[0])?.folder.path ?? word;
  const names = listOf(found.map(({ name }) => name));
  throw new UsageError(`${who} ${JSON.stringify(word)}`, "the begin of one run's name", `that of ${names}`);
}

/** The runs whose names begin with a word, the latest first. */
export async function runsBeginning(word: string, runs = RUNS): Promise<RunRecord[]> {
  const { folder, name } = placeOf(word, runs);
  return (await listRuns(folder).catch(() => [])).filter((run) => run.name.startsWith(name));
}

/** True for `@latest` and what goes back from it. */
export function isLatest(word: string): boolean {
  return LATEST.test(basename(word));
}

function placeOf(word: string, runs: string) {
  const name = basename(word);
  return { name, folder: word === name ? runs : dirname(word) };
}

/** The latest run that can be used, or one so many runs before it. */
async function latestRun(who: string, word: string, runs: string): Promise<RunRecord> {
  const { folder, name } = placeOf(word, runs);
  const back = Number(LATEST.exec(name)?.[1] ?? 0);
  const usable = (await listRuns(folder)).filter(({ state }) => state !== "begun");
  if (back < usable.length) return usable[back];
  const wanted = back === 0 ? `a run in ${join(folder)}` : `${back + 1} runs in ${join(folder)}`;
  throw new UsageError(`${who} ${JSON.stringify(word)}`, wanted, String(usable.length || "none"), "missing");
}
