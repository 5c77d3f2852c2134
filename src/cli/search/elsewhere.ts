/**
 * Searches that are trained elsewhere: by workers of a queue, or by an engine that takes a job file.
 *
 * @module
 */

import { hostname } from "node:os";
import { resolve } from "node:path";
import { isRecord } from "../../json.ts";
import { version } from "../../node/version.ts";
import { thisBuild } from "../../search/build.ts";
import { CollectingExecutor, checkCollected, runByNumber } from "../../search/collect.ts";
import { type EmittedName, emitJob } from "../../search/emit/emit.ts";
import type { SearchSettings } from "../../search/options.ts";
import { prepareSearch } from "../../search/prepare.ts";
import { QUEUE_VARIABLE, type QueueAddress, readQueueAddress } from "../../search/queue/address.ts";
import type { QueueExecutor } from "../../search/queue/executor.ts";
import { checkQueue, startQueue } from "../../search/queue/start-queue.ts";
import { checkKnownAhead } from "../../search/run-list.ts";
import { resumeSearch, type SearchEvent, type SearchRunOptions } from "../../search/search.ts";
import { readSpaceFile } from "../../search/space-file.ts";
import { runsPerTrial } from "../../search/trial.ts";
import { UsageError } from "../command-error.ts";
import { type Context, commandLine, pathWord, shellWord, shorterPath } from "../context.ts";
import { counted, duration } from "../format.ts";
import { valueText } from "./live-table.ts";

/** The address of a queue: of the command line, else of the environment, where no other user of the machine reads a password. */
export function queueAddress(who: string, word: string | true | undefined): QueueAddress {
  const text = typeof word === "string" ? word : (process.env[QUEUE_VARIABLE] ?? "");
  if (text === "") {
    throw new UsageError(
      who,
      `the address of a queue, such as redis://host, here or in $${QUEUE_VARIABLE}`,
      "none",
      "missing",
    );
  }
  return readQueueAddress(who, text);
}

/** A queue in use by a search. */
export interface QueueUse extends Required<Pick<SearchRunOptions, "executor">> {
  /** Clears the server of a search that has ended. */
  end(event: SearchEvent): Promise<void>;
}

/** A queue as what trains the runs of a search. It is checked now, before anything else is done. */
export async function viaQueue(word: string | true, { output }: Context): Promise<QueueUse> {
  const who = "--queue";
  const address = queueAddress(who, word);
  const build = await thisBuild(version());
  await checkQueue({ who, address, build });
  let queue: QueueExecutor | undefined;
  let each = 1;
  return {
    executor: async (job, { id, example, folderOf }) => {
      const onNote = (note: string) => output.remark(`search: ${note}`);
      queue = await startQueue({ who, address, build, job, search: id, example, host: hostname(), folderOf, onNote });
      each = runsPerTrial(job);
      if (queue.slots === 0) onNote(`no worker is there yet: start some with convasm worker ${address.shown}`);
      return queue;
    },
    async end(event) {
      if (event.event === "end") await queue?.forget((event.done + event.failed) * each);
    },
  };
}

/** The space with `simd`, whose bits are the same on every machine, unless it says which engine it wants. */
export function forManyMachines(json: unknown): unknown {
  if (!isRecord(json)) return json;
  const train = isRecord(json.train) ? json.train : {};
  if (json.train !== undefined && !isRecord(json.train)) return json;
  return { ...json, train: { engine: "simd", ...train } };
}

/** A new search to be written for another engine. */
export interface EmitWords {
  readonly json: unknown;
  readonly settings: SearchSettings;
  readonly data: string | undefined;
  readonly folder: string;
}

/** Writes the folder of a search and the job file that trains it. */
export async function emitSearch(
  name: EmittedName,
  { json, settings, data, folder }: EmitWords,
  context: Context,
): Promise<void> {
  const { output, signal } = context;
  checkKnownAhead("--emit", readSpaceFile(json, settings).plan);
  const path = resolve(folder);
  const prepared = await prepareSearch(json, { ...settings, ...(data !== undefined && { data }) }, path, signal);
  await prepared.runner.close();
  const program = [process.execPath, resolve(process.argv[1] ?? "convasm")];
  const emitted = await emitJob(prepared, path, name, program);
  const start = emitted.start.map((word) => shellWord(word === emitted.path ? shorterPath(word) : word)).join(" ");
  const collect = commandLine(context, "search", "--collect", pathWord(folder));
  output.clearStatus();
  output.event({ event: "emitted", ...emitted, folder: path, collect });
  output.text(`Search    ${prepared.plan.way}, ${counted(emitted.runs, "run")}`);
  for (const note of prepared.notes) output.remark(`search: ${note}`);
  output.result(`Job file  ${shorterPath(emitted.path)}`);
  output.text(`Start     ${start}`);
  output.text(`Then      ${collect}`);
}

/** Gathers the results of runs that another engine trained. */
export async function* collected(
  folder: string,
  retrain: boolean | undefined,
  { signal }: Context,
): AsyncGenerator<SearchEvent, void> {
  await checkCollected(folder);
  yield* resumeSearch({
    folder,
    retrain,
    signal,
    executor: async (_job, { folderOf }) => new CollectingExecutor(folderOf),
  });
}

/** Trains one run of a search, as job files ask for it. */
export async function trainByNumber(
  folder: string | undefined,
  index: number,
  { output, signal }: Context,
): Promise<void> {
  if (folder === undefined) throw new UsageError("--run-trial", "the folder of a search", "none", "missing");
  const { result, times } = await runByNumber(folder, index, signal);
  output.clearStatus();
  output.event({ event: "run", ...result, ...times });
  const value = result.status === "done" ? valueText(result.value) : `failed: ${result.error ?? ""}`;
  output.result(`run ${index}  ${value}  ${duration(times.seconds)}`);
}
