/**
 * A run's history as CSV: one row per epoch, in columns named as in the epoch event.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import type { EpochEvent, ReportEvent } from "./events.ts";

/** The values of a row. */
export type HistoryRow = Omit<EpochEvent, "event" | "epochs">;

const COLUMNS = [
  "epoch",
  "trainLoss",
  "trainAccuracy",
  "valLoss",
  "valAccuracy",
  "lr",
  "imagesPerSecond",
  "seconds",
] as const satisfies readonly (keyof HistoryRow)[];

/** The first line, without its line break. */
export const CSV_HEADER = COLUMNS.join(",");

/**
 * The line of an epoch, without its line break. Numbers are as exact as JavaScript writes them; missing ones are empty.
 *
 * @example
 * csvRow(event); // "1,0.2451,0.9312,0.0789,0.9751,0.001,21034.5,2.61"
 */
export function csvRow(row: HistoryRow): string {
  return COLUMNS.map((column) => row[column] ?? "").join(",");
}

/**
 * Reads the lines of {@link CSV_HEADER} and {@link csvRow}.
 *
 * @param who stands in error messages
 * @throws RangeError for another header, a malformed row, or epochs that don't grow
 */
export function parseHistory(text: string, who: string): HistoryRow[] {
  const [header, ...lines] = text.split(/\r?\n/);
  if (header !== CSV_HEADER) {
    const got = JSON.stringify(header.slice(0, CSV_HEADER.length));
    throw new InputRangeError(who, `the columns ${CSV_HEADER}`, got);
  }
  if (lines.at(-1) === "") lines.pop();
  let epoch = 0;
  return lines.map((line, i) => {
    const row = parseRow(line);
    if (row === undefined || !Number.isSafeInteger(row.epoch) || row.epoch <= epoch) {
      const got = JSON.stringify(line.slice(0, 100));
      throw new InputRangeError(`${who} line ${i + 2}`, `${COLUMNS.length} numbers, epochs growing`, got);
    }
    epoch = row.epoch;
    return row;
  });
}

const NUMBER = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|-?Infinity)$/;

function parseRow(line: string): HistoryRow | undefined {
  const cells = line.split(",");
  if (cells.length !== COLUMNS.length) return undefined;
  const optional = [3, 4];
  if (!cells.every((cell, i) => NUMBER.test(cell) || (cell === "" && optional.includes(i)))) return undefined;
  const [epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, imagesPerSecond, seconds] = cells;
  return {
    epoch: Number(epoch),
    trainLoss: Number(trainLoss),
    trainAccuracy: Number(trainAccuracy),
    ...(valLoss !== "" && { valLoss: Number(valLoss) }),
    ...(valAccuracy !== "" && { valAccuracy: Number(valAccuracy) }),
    lr: Number(lr),
    imagesPerSecond: Number(imagesPerSecond),
    seconds: Number(seconds),
  };
}

/**
 * Averages and evaluations in the course of a run as CSV, one row each, with the evaluated part or the number of steps
 * of an average.
 *
 * @example
 * reportsCsv(history.reports); // "report,epoch,step,images,loss,accuracy\nlast 100 steps,1,100,100,2.17,0.22\n"
 */
export function reportsCsv(reports: readonly ReportEvent[]): string {
  const rows = reports.map((report) => {
    const { epoch, step, images, loss, accuracy } = report;
    const what = report.event === "average" ? `last ${report.steps} steps` : report.on;
    return [what, epoch, step, images, loss, accuracy].join(",");
  });
  return `${["report,epoch,step,images,loss,accuracy", ...rows].join("\n")}\n`;
}
