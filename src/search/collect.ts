/**
 * Searches whose runs were trained by an engine that knows nothing of convasm: one run of them by its number, and the gathering of all.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputRangeError, listed } from "../errors.ts";
import { pathExists } from "../node/files.ts";
import type { Executor } from "./executor.ts";
import { readSearchFolder, SearchFolder } from "./folder.ts";
import { reopenSearch, wayOf } from "./prepare.ts";
import { RESULT_FILE, readEndedRun } from "./read-run.ts";
import { checkKnownAhead, runList } from "./run-list.ts";
import { readSpaceFile } from "./space-file.ts";
import type { EndedRun, RunSpec } from "./trial.ts";

/**
 * Trains the run of a number, which follows from the search's space and seed. One that has a result is not trained again, one that was stopped
 * goes on from its checkpoint.
 *
 * @throws InputRangeError if there is no such run, or this machine's version or data are others; the signal's reason once a checkpoint is written
 */
export async function runByNumber(folder: string, index: number, signal?: AbortSignal): Promise<EndedRun> {
  const run = (await runsOfFolder("--run-trial", folder)).at(index);
  const { kept, runner } = await reopenSearch(folder, {}, signal);
  try {
    if (run === undefined) throw new InputRangeError("--run-trial", "the number of a run of the search", String(index));
    return await runner.run(run, { folder: new SearchFolder(folder).folderOf(run, kept.job), signal });
  } finally {
    await runner.close();
  }
}

/**
 * Checks that all runs of a search have a result.
 *
 * @throws InputRangeError naming those that have none
 */
export async function checkCollected(folder: string): Promise<void> {
  const runs = await runsOfFolder("--collect", folder);
  const { job } = await readSearchFolder(folder);
  const missing: number[] = [];
  for (const run of runs) {
    const path = join(new SearchFolder(folder).folderOf(run, job), RESULT_FILE);
    if (!(await pathExists(path))) missing.push(run.index);
  }
  if (missing.length === 0) return;
  throw new InputRangeError(
    "--collect",
    `results of ${runs.length} runs`,
    `${runs.length - missing.length}`,
    "missing",
    {
      advice: `start the job again, which trains those that are missing: ${listed(ranges(missing))}`,
    },
  );
}

/** Takes the results that lie in the folders of the runs. */
export class CollectingExecutor implements Executor {
  readonly capacity = 100;
  readonly #folderOf: (spec: RunSpec) => string;

  constructor(folderOf: (spec: RunSpec) => string) {
    this.#folderOf = folderOf;
  }

  async run(spec: RunSpec): Promise<EndedRun> {
    const path = join(this.#folderOf(spec), RESULT_FILE);
    const ended = readEndedRun(JSON.stringify(path), JSON.parse(await readFile(path, "utf8")));
    if (ended.result.index === spec.index && ended.result.trial === spec.trial) return ended;
    throw new InputRangeError(JSON.stringify(path), `the result of run ${spec.index}`, `that of ${ended.result.index}`);
  }

  async close(): Promise<void> {}
}

async function runsOfFolder(who: string, folder: string): Promise<readonly RunSpec[]> {
  const { job, epochs, file, given } = await readSearchFolder(folder);
  const { plan, space } = readSpaceFile(file, given);
  checkKnownAhead(who, plan);
  return runList(wayOf(plan, space, job, epochs), job);
}

/** Growing numbers as ranges: 3, 5-9. */
function ranges(numbers: readonly number[]): readonly string[] {
  const found: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}
