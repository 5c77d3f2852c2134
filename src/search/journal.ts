import { type FileHandle, open } from "node:fs/promises";
import { InputRangeError, isInputError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { errorCode, fileError } from "../node/file-error.ts";
import { readFileBounded } from "../node/files.ts";
import { syncFolder } from "../node/growing-file.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import { readEndedRun, readSettings } from "./read-run.ts";
import type { EndedRun, TrialSpec } from "./trial.ts";

/** A line of the journal: a trial that was decided on, or a run that ended. */
export type JournalEntry = { readonly trial: TrialSpec } | { readonly run: EndedRun };

/** Largest journal that is read, in bytes. */
const MAX_BYTES = 2 ** 30;

/**
 * The journal of a search: what was decided and what came of it, a line of JSON each, in the order in which it happened. Lines are only
 * appended, and are on the disk before anything follows from them, so that a search that was killed at any moment goes on
 * from its journal. A last line that was cut off is dropped: nothing has followed from it.
 */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens a journal, or begins a new one, and reads what is in it.
   *
   * @throws FileError if that is not possible; RangeError, TypeError for a whole line that is none of a journal
   */
  static async open(path: string): Promise<{ readonly journal: Journal; readonly entries: readonly JournalEntry[] }> {
    const bytes = await readFileBounded(path, MAX_BYTES).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return new Uint8Array();
      throw error;
    });
    const whole = bytes.lastIndexOf(0x0a) + 1;
    const lines = new TextDecoder().decode(bytes.subarray(0, whole)).split("\n").slice(0, -1);
    const entries = lines.map((line, i) => readEntry(`${JSON.stringify(path)} line ${i + 1}`, line));
    try {
      const handle = await open(path, "a");
      await handle.truncate(whole);
      if (bytes.length === 0) await syncFolder(path.replace(/[\\/][^\\/]*$/, ""));
      return { journal: new Journal(path, handle), entries };
    } catch (error) {
      throw fileError("write", path, error);
    }
  }

  /** Appends entries as one write, and returns when they are on the disk; after those of earlier calls. */
  append(entries: readonly JournalEntry[]): Promise<void> {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    this.#last = this.#last.then(async () => {
      try {
        await this.#handle.appendFile(text);
        await this.#handle.datasync();
      } catch (error) {
        throw fileError("write", this.path, error);
      }
    });
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {});
    await this.#handle.close();
  }
}

function readEntry(who: string, line: string): JournalEntry {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    if (isInputError(error)) throw error;
    throw new InputRangeError(who, "a line of JSON", shown(line), "damaged-file");
  }
  if (isRecord(json) && json.run !== undefined) return { run: readEndedRun(`${who}: run`, json.run) };
  return { trial: readTrialSpec(`${who}: trial`, isRecord(json) ? json.trial : undefined) };
}

function readTrialSpec(who: string, json: unknown): TrialSpec {
  const fields = readFields(who, json, ["index", "settings", "budget", "rung", "from"]);
  const whole = (name: "index" | "budget" | "rung" | "from", minimum: number) =>
    checkNumber(who, name, fields[name], { whole: true, minimum });
  return {
    index: whole("index", 0),
    settings: readSettings(`${who}: settings`, fields.settings),
    ...(fields.budget !== undefined && { budget: whole("budget", 1) }),
    ...(fields.rung !== undefined && { rung: whole("rung", 0) }),
    ...(fields.from !== undefined && { from: whole("from", 0) }),
  };
}
