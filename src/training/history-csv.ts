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
] as const satisfies readonly Exclude<keyof HistoryRow, "trainMetrics" | "valMetrics">[];

/** The columns of a run without metrics, as the first line has them. */
export const CSV_HEADER = COLUMNS.join(",");

/** The column of a metric, such as `valF1` for `f1` of the validation. */
export function columnOf(part: Part, metric: string): string {
  return `${part}${metric.charAt(0).toUpperCase()}${metric.slice(1)}`;
}

type Part = "train" | "val" | "test";

/** A column of a metric that has none among {@link COLUMNS}. */
interface MetricColumn {
  readonly part: Part;
  readonly metric: string;
}

/** The columns of metrics that any of the rows has: those of the training first. */
function metricColumns(rows: readonly HistoryRow[]): readonly MetricColumn[] {
  return (["train", "val"] as const).flatMap((part) => {
    const names = new Set(rows.flatMap((row) => Object.keys(metricsIn(row, part) ?? {})));
    const known: readonly string[] = COLUMNS;
    return [...names].filter((name) => !known.includes(columnOf(part, name))).map((metric) => ({ part, metric }));
  });
}

function metricsIn(row: HistoryRow, part: Part): Readonly<Record<string, number>> | undefined {
  return part === "train" ? row.trainMetrics : row.valMetrics;
}

/**
 * A run's history as CSV: a line of columns, and one for each epoch. Behind the columns that every run has stand those of its metrics, such
 * as `trainF1` and `valF1`. Numbers are as exact as JavaScript writes them; missing ones are empty.
 *
 * @example
 * historyCsv(history.epochs); // "epoch,trainLoss,trainAccuracy,...\n1,0.2451,0.9312,0.0789,0.9751,0.001,21034.5,2.61\n"
 */
export function historyCsv(rows: readonly HistoryRow[]): string {
  const metrics = metricColumns(rows);
  const lines = rows.map((row) => [
    ...COLUMNS.map((column) => row[column] ?? ""),
    ...metrics.map(({ part, metric }) => metricsIn(row, part)?.[metric] ?? ""),
  ]);
  const header = [...COLUMNS, ...metrics.map(({ part, metric }) => columnOf(part, metric))];
  return `${[header, ...lines].join("\n")}\n`;
}

/**
 * Reads what {@link historyCsv} writes.
 *
 * @param who stands in error messages
 * @throws RangeError for another header, a malformed row, or epochs that don't grow
 */
export function parseHistory(text: string, who: string): HistoryRow[] {
  const [header, ...lines] = text.split(/\r?\n/);
  const metrics = readHeader(header);
  if (metrics === undefined) {
    const got = JSON.stringify(header.slice(0, CSV_HEADER.length));
    throw new InputRangeError(who, `the columns ${CSV_HEADER}`, got);
  }
  if (lines.at(-1) === "") lines.pop();
  let epoch = 0;
  return lines.map((line, i) => {
    const row = parseRow(line, metrics);
    if (row === undefined || !Number.isSafeInteger(row.epoch) || row.epoch <= epoch) {
      const got = JSON.stringify(line.slice(0, 100));
      const wanted = `${COLUMNS.length + metrics.length} numbers, epochs growing`;
      throw new InputRangeError(`${who} line ${i + 2}`, wanted, got);
    }
    epoch = row.epoch;
    return row;
  });
}

/** The columns of metrics behind those that every run has; undefined for another header. */
function readHeader(header: string): readonly MetricColumn[] | undefined {
  if (header === CSV_HEADER) return [];
  if (!header.startsWith(`${CSV_HEADER},`)) return undefined;
  const metrics = header
    .slice(CSV_HEADER.length + 1)
    .split(",")
    .map((column) => {
      const [, part, metric] = /^(train|val)([A-Z]\w{0,30})$/.exec(column) ?? [];
      const name = metric === undefined ? "" : `${metric.charAt(0).toLowerCase()}${metric.slice(1)}`;
      return { part: part === "train" ? part : "val", metric: name } as const;
    });
  return metrics.some(({ metric }) => metric === "") ? undefined : metrics;
}

const NUMBER = /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|-?Infinity)$/;

function parseRow(line: string, metrics: readonly MetricColumn[]): HistoryRow | undefined {
  const cells = line.split(",");
  if (cells.length !== COLUMNS.length + metrics.length) return undefined;
  const isOptional = (i: number) => i === 3 || i === 4 || i >= COLUMNS.length;
  if (!cells.every((cell, i) => NUMBER.test(cell) || (cell === "" && isOptional(i)))) return undefined;
  const [epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, imagesPerSecond, seconds, ...more] = cells;
  const metricsOf = (wanted: Part) =>
    metrics.flatMap(({ part, metric }, i) => (part === wanted && more[i] !== "" ? [[metric, Number(more[i])]] : []));
  const [trained, validated] = [metricsOf("train"), metricsOf("val")];
  return {
    epoch: Number(epoch),
    trainLoss: Number(trainLoss),
    trainAccuracy: Number(trainAccuracy),
    ...(valLoss !== "" && { valLoss: Number(valLoss) }),
    ...(valAccuracy !== "" && { valAccuracy: Number(valAccuracy) }),
    ...(trained.length > 0 && { trainMetrics: Object.fromEntries(trained) }),
    ...(validated.length > 0 && { valMetrics: Object.fromEntries(validated) }),
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
