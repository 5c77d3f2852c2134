/**
 * Metrics that a run or an evaluation is asked for by name, beside loss and accuracy.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { Network } from "../model/network.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { MetricCounts } from "./metric-counts.ts";
import { type ClassFigures, classFigures, macroOf, share } from "./metrics.ts";

/**
 * A metric by name: `accuracy`; `precision`, `recall` and `f1` as unweighted means over the classes (macro averages); `top3`, `top5` and
 * so on, the share of images whose class is among so many most likely ones; `balancedAccuracy`, the mean over the classes that
 * have images of the share of these that is right, as scikit-learn's `balanced_accuracy_score`. For losses of values, such as
 * `meanSquaredError`, there is `meanAbsoluteError`, the mean distance of all outputs from their targets.
 */
export type MetricName =
  | "accuracy"
  | "balancedAccuracy"
  | "precision"
  | "recall"
  | "f1"
  | `top${number}`
  | typeof MEAN_ABSOLUTE_ERROR;

const MEAN_ABSOLUTE_ERROR = "meanAbsoluteError";

const FIGURES: { readonly [name: string]: (classes: readonly ClassFigures[]) => number } = {
  balancedAccuracy,
  precision: (classes) => macroOf(classes).precision,
  recall: (classes) => macroOf(classes).recall,
  f1: (classes) => macroOf(classes).f1,
};

/** Metrics by name beside top2, top3 and so on. */
const METRIC_NAMES: readonly string[] = ["accuracy", ...Object.keys(FIGURES), MEAN_ABSOLUTE_ERROR];

const WANTED = `a list of ${METRIC_NAMES.join(", ")} or top2, top3, ...`;

/** The k of `top3`, 1 of `accuracy`; undefined for another name. */
function rankCount(name: string): number | undefined {
  if (name === "accuracy") return 1;
  return /^top[1-9]\d{0,3}$/.test(name) ? Number(name.slice(3)) : undefined;
}

function isMetric(name: unknown): name is MetricName {
  return typeof name === "string" && (METRIC_NAMES.includes(name) || rankCount(name) !== undefined);
}

/** Metrics by their names, each once. */
export const METRICS: OptionKind<readonly MetricName[], readonly MetricName[]> = {
  field: "value",
  wanted: WANTED,
  read(who, key, value) {
    const expected = `${key} to be ${WANTED}`;
    if (!Array.isArray(value)) throw new InputTypeError(who, expected, shown(value));
    const names = [...new Set<unknown>(value)];
    if (names.every(isMetric)) return names;
    const wrong = names.find((name) => !isMetric(name));
    throw new InputRangeError(who, expected, shown(wrong), "unknown-name");
  },
};

/** Throws unless a network's loss is of the kind that metrics need, with enough classes for what is asked. */
export function checkMetrics(who: string, { loss, architecture }: Network, names: readonly MetricName[]): void {
  for (const name of names) {
    const isOfValues = name === MEAN_ABSOLUTE_ERROR;
    const fits = isOfValues ? loss?.classes === false && loss.activation === undefined : loss?.classes === true;
    if (fits) continue;
    const expected = `a loss ${isOfValues ? "of values, such as meanSquaredError," : "that knows classes"} for metrics`;
    throw new InputTypeError(who, `${expected} as ${name}`, loss?.config.type ?? "none", "contradiction");
  }
  const wrong = names.find((name) => (rankCount(name) ?? 1) > architecture.outputs);
  if (wrong === undefined) return;
  throw new InputRangeError(who, `metrics of at most the ${architecture.outputs} classes`, wrong);
}

/** The chosen metrics of what was counted, by name; NaN where a score was. */
export function metricsOf(names: readonly MetricName[], counts: MetricCounts): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, counts.hasNaN ? Number.NaN : metricOf(name, counts)]));
}

function metricOf(name: MetricName, counts: MetricCounts): number {
  const { support, predicted, right, ranks, distance = 0, values = 0 } = counts;
  if (name === MEAN_ABSOLUTE_ERROR) return share(distance, values);
  const rank = rankCount(name);
  if (rank !== undefined) {
    return share(sumOf(ranks.slice(0, rank)), sumOf(ranks));
  }
  return FIGURES[name](right.map((count, c) => classFigures(count, support[c], predicted[c])));
}

/** The mean recall of the classes that have images. */
function balancedAccuracy(classes: readonly ClassFigures[]): number {
  const present = classes.filter(({ support }) => support > 0);
  return share(sumOf(present.map(({ recall }) => recall)), present.length);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
