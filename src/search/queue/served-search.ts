import { isInputError, retold } from "../../errors.ts";
import type { Build } from "../build.ts";
import type { SearchJob } from "../job.ts";
import type { TrialRunner } from "../run-trial.ts";
import { readSearch } from "./messages.ts";
import { checkSearchBuild } from "./roster.ts";

/** Build, data and processes of a worker. */
export interface ServedSearchOptions {
  readonly who: string;
  readonly build: Build;
  /** Where the data of searches lies on this machine, if not where their own machine has it. */
  readonly data?: string | undefined;
  /** Starts the process that trains the runs of a job. */
  readonly startRunner: (job: SearchJob) => TrialRunner;
  readonly signal?: AbortSignal | undefined;
}

/** A search that a worker has checked, and the process that trains its runs. */
export interface ServedSearch {
  readonly id: string;
  readonly runner: TrialRunner;
}

/**
 * Checks that this machine can train the runs of a search: with the same build, on the same data.
 *
 * @param text the message of the search
 * @throws InputRangeError if it cannot
 */
export async function serveSearch(text: string, options: ServedSearchOptions): Promise<ServedSearch> {
  const { who, build, data, startRunner, signal } = options;
  checkSearchBuild(who, build, text);
  const { id, job, example, host } = readSearch(who, text);
  const runner = startRunner({ ...job, ...(data !== undefined && { data }) });
  try {
    await runner.check([example], signal);
  } catch (error) {
    await runner.close();
    throw isInputError(error) ? retold(error, { who: `${who}: the search on ${host}: ${error.who}` }) : error;
  }
  return { id, runner };
}
