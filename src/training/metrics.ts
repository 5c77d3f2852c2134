/**
 * Metrics of classifiers, counted batch by batch: accuracy, top-k accuracy, confusion matrix, precision, recall, F1.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { argmax } from "../numeric/argmax.ts";

/** The confusion matrix has the square of this many cells: 64 MiB. */
const MAX_CLASSES = 4096;

/**
 * Figures of one class. Where a figure divides by zero it is 0: precision of a class that was never predicted, recall of
 * one that has no examples, F1 of one that has and gets neither.
 */
export interface ClassFigures {
  /** Share of right predictions among those of this class: tp / (tp + fp). */
  readonly precision: number;
  /** Share of this class's examples that were predicted right: tp / (tp + fn). */
  readonly recall: number;
  /** Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn). */
  readonly f1: number;
  /** Examples of this class. */
  readonly support: number;
  /** Examples predicted as this class. */
  readonly predicted: number;
}

/**
 * The rank of class `label` among `count` scores from `begin` on, from 0: the number of classes with a higher score, or an equal one and a
 * lower index.
 */
export function rankOf(scores: ArrayLike<number>, begin: number, count: number, label: number): number {
  const own = scores[begin + label];
  let rank = 0;
  for (let i = 0; i < label; i++) if (scores[begin + i] >= own) rank++;
  for (let i = label + 1; i < count; i++) if (scores[begin + i] > own) rank++;
  return rank;
}

/** `part / whole`, or 0 where the whole is 0. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** The figures of a class from its counts: examples predicted rightly, examples, and predictions as this class. */
export function classFigures(right: number, support: number, predicted: number): ClassFigures {
  return {
    precision: share(right, predicted),
    recall: share(right, support),
    f1: share(2 * right, support + predicted),
    support,
    predicted,
  };
}

/**
 * Counts predictions against labels, batch by batch. The prediction is the first of the highest scores. Before the first
 * example every figure is 0.
 *
 * @example
 * const metrics = new ClassificationMetrics(3);
 * metrics.add(Float32Array.of(0.1, 0.8, 0.1, 0.6, 0.3, 0.1), Uint8Array.of(1, 1), 2);
 * metrics.accuracy; // 0.5
 * metrics.topK(2); // 1
 */
export class ClassificationMetrics {
  readonly classes: number;
  /** `[classes, classes]`: row = true class, column = predicted class. Live: grows with every `add`. */
  readonly confusion: Uint32Array;
  /** Counts of the ranks of the true class, from 0. */
  readonly #ranks: Uint32Array;
  #count = 0;

  /**
   * @param classes 1 to 4096
   * @throws RangeError if `classes` is anything else
   */
  constructor(classes: number) {
    if (!Number.isInteger(classes) || classes < 1 || classes > MAX_CLASSES) {
      throw new InputRangeError("ClassificationMetrics", `1 to ${MAX_CLASSES} classes`, `${classes}`);
    }
    this.classes = classes;
    this.confusion = new Uint32Array(classes * classes);
    this.#ranks = new Uint32Array(classes);
  }

  /** Examples so far. */
  get count(): number {
    return this.#count;
  }

  /** Examples so far whose highest score was that of their class. */
  get correct(): number {
    return this.#ranks[0];
  }

  /** Share of right predictions, 0 to 1. */
  get accuracy(): number {
    return share(this.#ranks[0], this.#count);
  }

  /**
   * Adds a batch.
   *
   * @param scores `[count, classes]`, logits or probabilities; may be longer
   * @param labels `[count]`, class indices; may be longer
   * @throws RangeError if an array is too short, a label is no class, or a score is NaN; then nothing was added
   */
  add(scores: Float32Array | Float64Array, labels: ArrayLike<number>, count: number): void {
    const { classes } = this;
    this.#check(scores, labels, count);
    for (let i = 0; i < count; i++) {
      const begin = i * classes;
      this.confusion[labels[i] * classes + argmax(scores, begin, classes)]++;
      this.#ranks[rankOf(scores, begin, classes, labels[i])]++;
    }
    this.#count += count;
  }

  #check(scores: Float32Array | Float64Array, labels: ArrayLike<number>, count: number): void {
    const who = "ClassificationMetrics.add";
    const { classes } = this;
    if (!Number.isInteger(count) || count < 0 || count > labels.length) {
      throw new InputRangeError(who, `a count from 0 to the ${labels.length} labels`, `${count}`);
    }
    if (scores.length < count * classes) {
      throw new InputRangeError(who, `${count} x ${classes} scores`, `${scores.length}`, "shape-mismatch");
    }
    for (let i = 0; i < count; i++) {
      if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
        throw new InputRangeError(who, `labels from 0 to ${classes - 1}`, `${labels[i]} at index ${i}`);
      }
    }
    for (let i = 0; i < count * classes; i++) {
      if (!Number.isNaN(scores[i])) continue;
      const example = Math.floor(i / classes);
      throw new InputRangeError(
        who,
        "numbers as scores",
        `NaN for class ${i % classes} of example ${example}`,
        "shape-mismatch",
      );
    }
  }

  /**
   * Share of examples whose class is among the `k` highest scores, 0 to 1; equal scores come in the order of the classes.
   *
   * @param k 1 to `classes`
   * @throws RangeError if `k` is anything else
   */
  topK(k: number): number {
    if (!Number.isInteger(k) || k < 1 || k > this.classes) {
      throw new InputRangeError("ClassificationMetrics.topK", `k from 1 to ${this.classes}`, `${k}`);
    }
    const within = this.#ranks.subarray(0, k).reduce((sum, count) => sum + count, 0);
    return share(within, this.#count);
  }

  /** Precision, recall and F1 of each class, in the order of the classes. */
  perClass(): ClassFigures[] {
    const { classes, confusion } = this;
    return Array.from({ length: classes }, (_, c) => {
      let support = 0;
      let predicted = 0;
      for (let i = 0; i < classes; i++) {
        support += confusion[c * classes + i];
        predicted += confusion[i * classes + c];
      }
      return classFigures(confusion[c * classes + c], support, predicted);
    });
  }

  /**
   * Unweighted means over the classes. Classes that have no example and were never predicted don't count, so a part of
   * the data that lacks a class isn't punished for it (scikit-learn does the same).
   */
  macro(): Pick<ClassFigures, "precision" | "recall" | "f1"> {
    return macroOf(this.perClass());
  }
}

/** The means of all classes that were seen or predicted: see `ClassificationMetrics.macro`. */
export function macroOf(classes: readonly ClassFigures[]): Pick<ClassFigures, "precision" | "recall" | "f1"> {
  const seen = classes.filter(({ support, predicted }) => support + predicted > 0);
  const mean = (of: (figures: ClassFigures) => number) =>
    share(
      seen.reduce((sum, figures) => sum + of(figures), 0),
      seen.length,
    );
  return { precision: mean((c) => c.precision), recall: mean((c) => c.recall), f1: mean((c) => c.f1) };
}
