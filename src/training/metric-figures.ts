import { MEAN_ABSOLUTE_ERROR, type MetricName, rankCount } from "./chosen-metrics.ts";
import type { MetricCounts } from "./metric-counts.ts";
import { type ClassFigures, classFigures, macroOf, share } from "./metrics.ts";

const FIGURES: { readonly [name: string]: (classes: readonly ClassFigures[]) => number } = {
  balancedAccuracy,
  precision: (classes) => macroOf(classes).precision,
  recall: (classes) => macroOf(classes).recall,
  f1: (classes) => macroOf(classes).f1,
};

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
