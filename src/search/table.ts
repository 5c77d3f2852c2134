import type { Json } from "../json.ts";
import { csvCell } from "../node/csv-cell.ts";
import { spreadOf } from "../numeric/spread.ts";
import type { TrialRecord } from "./searcher.ts";
import type { Space } from "./space.ts";
import { type EndedRun, mean, type RunResult, type RunTimes } from "./trial.ts";

/** The last columns of both tables, which differ from search to search; all others follow from space and seed. */
export const TIME_COLUMNS = ["seconds", "endedAt", "host"] as const satisfies readonly (keyof RunTimes)[];

/** The table of trials as CSV: a row for each that has ended, with the means over its runs. */
export function trialsCsv(trials: readonly TrialRecord[], { parameters }: Pick<Space, "parameters">): string {
  const ended = trials.filter(({ result }) => result !== undefined);
  const names = metricNames(ended);
  const keys = parameters.map(({ key }) => key);
  const hasRungs = ended.some(({ spec }) => spec.budget !== undefined);
  const runs = Math.max(1, ...ended.map((trial) => trial.runs.length));
  const header = [
    "trial",
    ...keys,
    ...(hasRungs ? ["rung", "budget", "from"] : []),
    "status",
    "value",
    ...(runs > 1 ? ["deviation"] : []),
    "epochs",
    ...names,
    "error",
    ...TIME_COLUMNS,
  ];
  const rows = ended.map(({ spec, runs: all, result }) => {
    const done = all.flatMap((run) => (run === undefined ? [] : [run]));
    const results = done.map((run) => run.result);
    return [
      spec.index,
      ...keys.map((key) => spec.settings[key]),
      ...(hasRungs ? [spec.rung, spec.budget, spec.from] : []),
      result?.status,
      result?.value,
      ...(runs > 1 ? [deviation(results)] : []),
      result?.epochs,
      ...names.map((name) => meanOf(results, name)),
      results.find(({ error }) => error !== undefined)?.error,
      ...timesOf(done),
    ];
  });
  return csv([header, ...rows]);
}

/** The table of runs as CSV: a row for each that has ended. */
export function runsCsv(trials: readonly TrialRecord[]): string {
  const names = metricNames(trials);
  const header = ["run", "trial", "status", "value", "epochs", ...names, "error", ...TIME_COLUMNS];
  const rows = trials.flatMap(({ runs }) =>
    runs.flatMap((run) => {
      if (run === undefined) return [];
      const { index, trial, status, value, epochs, metrics, error } = run.result;
      return [[index, trial, status, value, epochs, ...names.map((name) => metrics[name]), error, ...timesOf([run])]];
    }),
  );
  return csv([header, ...rows]);
}

/** The names of all metrics that any run reports, in the order of the trials. */
function metricNames(trials: readonly TrialRecord[]): readonly string[] {
  const runs = trials.flatMap((trial) => trial.runs);
  return [...new Set(runs.flatMap((run) => Object.keys(run?.result.metrics ?? {})))];
}

function meanOf(results: readonly RunResult[], name: string): number | undefined {
  const values = results.map(({ metrics }) => metrics[name]);
  return values.every((value) => value !== undefined) ? mean(values) : undefined;
}

/** The standard deviation of the values of runs, with one less than their number as divisor; undefined where one failed. */
function deviation(results: readonly RunResult[]): number | undefined {
  const values = results.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (values.length < results.length || values.length < 2) return undefined;
  return spreadOf(values)?.deviation;
}

function timesOf(runs: readonly EndedRun[]): readonly [number, string, string] {
  const times = runs.map((run) => run.times);
  const seconds = times.reduce((sum, each) => sum + each.seconds, 0);
  const endedAt =
    times
      .map((each) => each.endedAt)
      .sort()
      .at(-1) ?? "";
  return [Number(seconds.toFixed(3)), endedAt, [...new Set(times.map(({ host }) => host))].join(" ")];
}

function csv(rows: readonly (readonly (Json | undefined)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** A value as a cell: nothing for none, lists and objects as JSON. */
function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return csvCell(typeof value === "object" ? JSON.stringify(value) : value);
}

/**
 * The best trial: of those that went furthest the one with the best value, the first of equals; undefined where none has one.
 */
export function bestTrial(trials: readonly TrialRecord[], maximize: boolean): TrialRecord | undefined {
  const valued = trials.filter(({ result }) => result?.value !== undefined);
  const furthest = Math.max(0, ...valued.map(({ spec }) => spec.rung ?? 0));
  let best: TrialRecord | undefined;
  for (const trial of valued) {
    if ((trial.spec.rung ?? 0) < furthest) continue;
    const [value, least] = [trial.result?.value ?? 0, best?.result?.value];
    if (least === undefined || (maximize ? value > least : value < least)) best = trial;
  }
  return best;
}
