/**
 * Metrics of classifiers that a run or an evaluation is asked for by name, beside loss and accuracy.
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
 * so on, the share of images whose class is among so many most likely ones.
 */
export type MetricName = "accuracy" | "precision" | "recall" | "f1" | `top${number}`;

const FIGURES: { readonly [name: string]: (classes: readonly ClassFigures[]) => number } = {
  precision: (classes) => macroOf(classes).precision,
  recall: (classes) => macroOf(classes).recall,
  f1: (classes) => macroOf(classes).f1,
};

const WANTED = `a list of accuracy, ${Object.keys(FIGURES).join(", ")} or top2, top3, ...`;

/** The k of `top3`, 1 of `accuracy`; undefined for another name. */
function rankCount(name: string): number | undefined {
  if (name === "accuracy") return 1;
  return /^top[1-9]\d{0,3}$/.test(name) ? Number(name.slice(3)) : undefined;
}

function isMetric(name: unknown): name is MetricName {
  return typeof name === "string" && (Object.hasOwn(FIGURES, name) || rankCount(name) !== undefined);
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

/** Throws unless a network's loss knows classes, and enough of them for what is asked. */
export function checkMetrics(who: string, { loss, architecture }: Network, names: readonly MetricName[]): void {
  if (names.length === 0) return;
  if (loss?.classes !== true) {
    throw new InputTypeError(
      who,
      "a loss that knows classes for metrics",
      loss?.config.type ?? "none",
      "contradiction",
    );
  }
  const wrong = names.find((name) => (rankCount(name) ?? 1) > architecture.outputs);
  if (wrong === undefined) return;
  throw new InputRangeError(who, `metrics of at most the ${architecture.outputs} classes`, wrong);
}

/** The chosen metrics of what was counted, by name; NaN where a score was. */
export function metricsOf(names: readonly MetricName[], counts: MetricCounts): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, counts.hasNaN ? Number.NaN : metricOf(name, counts)]));
}

function metricOf(name: MetricName, { support, predicted, right, ranks }: MetricCounts): number {
  const rank = rankCount(name);
  if (rank !== undefined) {
    return share(sumOf(ranks.slice(0, rank)), sumOf(ranks));
  }
  return FIGURES[name](right.map((count, c) => classFigures(count, support[c], predicted[c])));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
