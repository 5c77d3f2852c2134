import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { InputRangeError, InputTypeError, isInputError, shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import { claimFile, ensureFolder, pathExists, readFileBounded, writeFileAtomic } from "../node/files.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import type { SearchJob } from "./job.ts";
import type { SearchSettings } from "./options.ts";
import { readSearchJob } from "./read-job.ts";
import { type RunPlan, type RunSpec, runName } from "./trial.ts";

/** Largest file that is read, in bytes. */
const MAX_BYTES = 2 ** 26;

/** The files of a search. */
export class SearchFolder {
  readonly path: string;
  /** The search as it was asked for, and its job: a {@link KeptSearch}. */
  readonly search: string;
  /** Everything that happened, line by line. */
  readonly journal: string;
  /** A row for each trial. */
  readonly trials: string;
  /** A row for each run, where trials have several. */
  readonly runs: string;
  /** The folders of all runs. */
  readonly runFolders: string;
  /** The report for people. */
  readonly report: string;
  /** The model of the best run. */
  readonly bestModel: string;
  /** The run of the best settings on all of the data. */
  readonly retrained: string;

  constructor(path: string) {
    this.path = path;
    this.search = join(path, "search.json");
    this.journal = join(path, "journal.jsonl");
    this.trials = join(path, "trials.csv");
    this.runs = join(path, "runs.csv");
    this.runFolders = join(path, "trials");
    this.report = join(path, "report.html");
    this.bestModel = join(path, "best.safetensors");
    this.retrained = join(path, "retrained");
  }

  /** The folder of a run. */
  folderOf(spec: RunSpec, plan: RunPlan): string {
    return join(this.runFolders, runName(spec, plan));
  }
}

/** A search as its folder keeps it. */
export interface KeptSearch {
  /** Tells it from all others. */
  readonly id: string;
  readonly job: SearchJob;
  /** Epochs of a whole training. */
  readonly epochs: number;
  /** The space file. */
  readonly file: Json;
  /** The settings that came before those of the file. */
  readonly given: SearchSettings;
}

/**
 * Makes the folder of a new search.
 *
 * @throws InputRangeError if there is one already; FileError if it cannot be made
 */
export async function createSearchFolder(path: string, kept: Omit<KeptSearch, "id">): Promise<KeptSearch> {
  const folder = new SearchFolder(path);
  await ensureFolder(path);
  // An empty file is that of a search that was killed before it began.
  const isFree = (await claimFile(folder.search)) || (await readFileBounded(folder.search, MAX_BYTES)).length === 0;
  if (!isFree) {
    const advice = "--resume goes on with it";
    throw new InputRangeError(
      `search ${JSON.stringify(path)}`,
      "a folder without a search",
      "one with a search",
      "contradiction",
      { advice },
    );
  }
  const whole = { id: randomUUID(), ...kept };
  await writeFileAtomic(folder.search, `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/**
 * Reads the search of a folder.
 *
 * @throws InputRangeError, InputTypeError, FileError if there is none, or it is damaged
 */
export async function readSearchFolder(path: string): Promise<KeptSearch> {
  const { search } = new SearchFolder(path);
  const who = `search ${JSON.stringify(path)}`;
  if (!(await pathExists(search))) {
    throw new InputRangeError(who, "a folder with a search", "none", "missing");
  }
  const bytes = await readFileBounded(search, MAX_BYTES);
  if (bytes.length === 0) {
    const advice = "without --resume it begins";
    throw new InputRangeError(who, "a search that has begun", "one that was killed before", "missing", { advice });
  }
  return readKept(who, parse(who, new TextDecoder().decode(bytes)));
}

function parse(who: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (isInputError(error)) throw error;
    throw new InputRangeError(who, "JSON in search.json", shown(text), "damaged-file");
  }
}

function readKept(who: string, json: unknown): KeptSearch {
  const { id, job, epochs, file, given } = readFields(who, json, ["id", "job", "epochs", "file", "given"]);
  if (typeof id !== "string") throw new InputTypeError(who, "id to be a text", shown(id));
  if (!isRecord(given)) throw new InputTypeError(who, "given to be an object", shown(given));
  return {
    id,
    job: readSearchJob(`${who}: job`, job),
    epochs: checkNumber(who, "epochs", epochs, { whole: true, minimum: 1 }),
    file: JSON.parse(JSON.stringify(file)),
    given,
  };
}
