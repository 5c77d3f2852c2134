import type { Callback } from "../training/callback.ts";
import type { EpochEvent } from "../training/events.ts";
import { type HistoryRow, historyCsv, parseHistory } from "../training/history-csv.ts";
import { errorCode } from "./file-error.ts";
import { readFileBounded, writeFileAtomic } from "./files.ts";

const MAX_BYTES = 64 * 2 ** 20;

/**
 * Writes one CSV row per epoch. The file is whole at any moment, also when the process is killed.
 *
 * A run that is resumed or started anew keeps the file's rows of earlier epochs, and replaces rows of this epoch and
 * later ones. So no epoch comes twice. A file that is no such log is not changed, and is a RangeError.
 *
 * @example
 * const callbacks = [new CsvLog("run/history.csv")];
 */
export class CsvLog implements Callback {
  readonly name = "csvLog";
  readonly path: string;
  #rows: HistoryRow[] | undefined;

  /** @param path the file; its folder is made where it is missing */
  constructor(path: string) {
    this.path = path;
  }

  async onEpochEnd(event: EpochEvent): Promise<void> {
    this.#rows ??= await readRows(this.path);
    const rows = [...this.#rows.filter(({ epoch }) => epoch < event.epoch), event];
    await writeFileAtomic(this.path, historyCsv(rows), { makeFolder: true });
    this.#rows = rows;
  }
}

async function readRows(path: string): Promise<HistoryRow[]> {
  try {
    const bytes = await readFileBounded(path, MAX_BYTES);
    return bytes.length === 0 ? [] : parseHistory(new TextDecoder().decode(bytes), `csvLog ${JSON.stringify(path)}`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
