import type { AnyDataset } from "../data/dataset.ts";
import { addCounts, countPredictions, type MetricCounts } from "../training/metric-counts.ts";
import { metricsOf } from "../training/metric-figures.ts";
import { type ClassFigures, classFigures, macroOf } from "../training/metrics.ts";
import { RankedLabels } from "../training/ranked-labels.ts";
import { LABEL_METRICS } from "./labels.ts";

/** Counts of a model's answers to images with any number of labels. */
export class LabelFigures {
  readonly classes: number;
  readonly #targets: Float32Array;
  readonly #ranked: RankedLabels;
  #counts: MetricCounts | undefined;

  constructor({ length, classes, targets = new Float32Array() }: AnyDataset) {
    this.classes = classes;
    this.#targets = targets;
    this.#ranked = new RankedLabels(length, classes);
  }

  /** Adds the scores `[n, classes]` of images from `begin` on. */
  add(scores: Float32Array | Float64Array, begin: number, n: number): void {
    const { classes } = this;
    const targets = this.#targets.subarray(begin * classes, (begin + n) * classes);
    const answers = { labels: undefined, targets, areLabels: true };
    this.#counts = addCounts(this.#counts, countPredictions(scores, answers, n, classes));
    this.#ranked.add(scores, targets);
  }

  /** Images all of whose labels are right. */
  get correct(): number {
    return this.#counts?.exact ?? 0;
  }

  /** The metrics of labels, by name. */
  metrics(): Readonly<Record<string, number>> {
    return this.#counts === undefined ? {} : metricsOf(LABEL_METRICS, this.#counts, this.#ranked);
  }

  /** Precision, recall and F1 of each label, in the order of the classes. */
  perClass(): ClassFigures[] {
    const { right = [], support = [], predicted = [] } = this.#counts ?? {};
    return right.map((count, c) => classFigures(count, support[c], predicted[c]));
  }

  /** Means over the labels: see `ClassificationMetrics.macro`. */
  macro(): Pick<ClassFigures, "precision" | "recall" | "f1"> {
    return macroOf(this.perClass());
  }

  /** The average precision of each label; NaN for one that no image has. */
  averagePrecisions(): number[] {
    return this.#ranked.averagePrecisions();
  }
}
