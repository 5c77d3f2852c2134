import { describe, expect, it } from "vitest";
import type { MetricName } from "../../src/training/chosen-metrics.ts";
import { addCounts, countPredictions, type MetricCounts } from "../../src/training/metric-counts.ts";
import { metricsOf } from "../../src/training/metric-figures.ts";
import { type ClassFigures, ClassificationMetrics } from "../../src/training/metrics.ts";
import { RankedLabels } from "../../src/training/ranked-labels.ts";
import { readGolden } from "./golden.ts";

/** Predictions and what scikit-learn says of them, as make-metrics.py writes them. */
interface Case {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly metrics: Readonly<Record<MetricName, number>>;
  readonly perClass: readonly Omit<ClassFigures, "predicted">[];
  readonly confusion: readonly number[];
}

const CASES = readGolden<Case[]>("metrics");

const answers = (labels: readonly number[]) => ({ labels, targets: undefined });

/** Sums of a few dozen shares in another order than NumPy's. */
const DIGITS = 12;

/** The same for images with any number of labels. */
interface LabelsCase extends Pick<Case, "name" | "classes" | "scores" | "metrics"> {
  readonly targets: readonly number[];
}

describe("metrics of any number of labels as scikit-learn has them", () => {
  it.each(readGolden<LabelsCase[]>("labels"))("with $name", ({ classes, targets, scores, metrics }) => {
    const images = targets.length / classes;
    const ranked = new RankedLabels(images, classes);
    const batches = [0, Math.floor(images / 2), images].slice(images > 1 ? 0 : 1);
    let counts: MetricCounts | undefined;
    for (let i = 0; i + 1 < batches.length; i++) {
      const [begin, end] = [batches[i], batches[i + 1]].map((image) => image * classes);
      const own = Float32Array.from(targets.slice(begin, end));
      const given = Float32Array.from(scores.slice(begin));
      const of = { labels: undefined, targets: own, areLabels: true };
      counts = addCounts(counts, countPredictions(given, of, own.length / classes, classes));
      ranked.add(given, own);
    }
    if (counts === undefined) throw new Error("no images");
    const names = Object.keys(metrics).filter((name): name is MetricName => name in metrics);
    const ours = metricsOf(names, counts, ranked);
    expect(Object.keys(ours)).toHaveLength(6);
    for (const name of names) expect(ours[name], name).toBeCloseTo(metrics[name], DIGITS);
    // Without all scores there is no mean of average precisions.
    expect(metricsOf(names, counts)).not.toHaveProperty("meanAveragePrecision");
  });
});

describe("metrics as scikit-learn has them", () => {
  it.each(CASES)("with $name: by name, counted in two batches", ({ classes, labels, scores, metrics }) => {
    const half = Math.floor(labels.length / 2);
    const counts = addCounts(
      countPredictions(Float32Array.from(scores), answers(labels), half, classes),
      countPredictions(
        Float32Array.from(scores.slice(half * classes)),
        answers(labels.slice(half)),
        labels.length - half,
        classes,
      ),
    );
    const names = Object.keys(metrics).filter((name): name is MetricName => name in metrics);
    const ours = metricsOf(names, counts);
    for (const name of names) expect(ours[name], name).toBeCloseTo(metrics[name], DIGITS);
    expect(names.length).toBeGreaterThanOrEqual(4);
  });

  it.each(CASES)("with $name: class by class", ({ classes, labels, scores, perClass, confusion, metrics }) => {
    const counted = new ClassificationMetrics(classes);
    counted.add(Float32Array.from(scores), labels, labels.length);
    expect([...counted.confusion]).toEqual(confusion);
    expect(counted.accuracy).toBeCloseTo(metrics.accuracy, DIGITS);
    expect(counted.macro().f1).toBeCloseTo(metrics.f1, DIGITS);
    counted.perClass().forEach(({ precision, recall, f1, support }, c) => {
      const wanted = perClass[c];
      expect(support).toBe(wanted.support);
      expect(precision).toBeCloseTo(wanted.precision, DIGITS);
      expect(recall).toBeCloseTo(wanted.recall, DIGITS);
      expect(f1).toBeCloseTo(wanted.f1, DIGITS);
    });
  });
});
