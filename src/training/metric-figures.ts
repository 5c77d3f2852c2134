import { MEAN_ABSOLUTE_ERROR, MEAN_AVERAGE_PRECISION, type MetricName, rankCount } from "./chosen-metrics.ts";
import type { MetricCounts } from "./metric-counts.ts";
import { type ClassFigures, classFigures, macroOf, share } from "./metrics.ts";
import type { RankedLabels } from "./ranked-labels.ts";

const FIGURES: { readonly [name: string]: (classes: readonly ClassFigures[]) => number } = {
  balancedAccuracy,
  precision: (classes) => macroOf(classes).precision,
  recall: (classes) => macroOf(classes).recall,
  f1: (classes) => macroOf(classes).f1,
};

/**
 * The chosen metrics of what was counted, by name; NaN where a score was.
 *
 * @param ranked the scores of all labels, from which the mean average precision follows: it is left out without
 */
export function metricsOf(
  names: readonly MetricName[],
  counts: MetricCounts,
  ranked?: RankedLabels,
): Readonly<Record<string, number>> {
  const known = names.filter((name) => name !== MEAN_AVERAGE_PRECISION || ranked !== undefined);
  return Object.fromEntries(known.map((name) => [name, counts.hasNaN ? Number.NaN : metricOf(name, counts, ranked)]));
}

function metricOf(name: MetricName, counts: MetricCounts, ranked: RankedLabels | undefined): number {
  const { support, predicted, right, ranks, distance = 0, values = 0, exact = 0, images = 0 } = counts;
  if (name === MEAN_AVERAGE_PRECISION) return ranked?.meanAveragePrecision() ?? Number.NaN;
  if (name === "exactMatch") return share(exact, images);
  if (name === "microF1") return classFigures(sumOf(right), sumOf(support), sumOf(predicted)).f1;
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
