import { InputTypeError, shown } from "../errors.ts";
import { list } from "../options/compound.ts";
import { flag, whole } from "../options/kinds.ts";
import { type OptionSchema, readOptions } from "../options/schema.ts";
import { argmax, rankOf } from "./metrics.ts";

/**
 * Counts of predictions from which metrics follow, for each class: much less than a confusion matrix. A type alias because interfaces do
 * not fit `Json`.
 */
export type MetricCounts = {
  /** `[classes]`: images of each class. */
  readonly support: readonly number[];
  /** `[classes]`: images predicted as each class. */
  readonly predicted: readonly number[];
  /** `[classes]`: those among them that are of it. */
  readonly right: readonly number[];
  /** `[classes]`: images whose class has this rank among the scores, from 0. */
  readonly ranks: readonly number[];
  /** True if a score was NaN: then no metric means anything. */
  readonly hasNaN: boolean;
};

/**
 * Counts a batch.
 *
 * @param scores `[count, classes]`, logits or probabilities; may be longer
 * @param labels `[count]`, class indices
 */
export function countPredictions(
  scores: Float32Array | Float64Array,
  labels: ArrayLike<number>,
  count: number,
  classes: number,
): MetricCounts {
  const zeros = () => new Array<number>(classes).fill(0);
  const [support, predicted, right, ranks] = [zeros(), zeros(), zeros(), zeros()];
  const hasNaN = scores.subarray(0, count * classes).some(Number.isNaN);
  for (let i = 0; i < (hasNaN ? 0 : count); i++) {
    const best = argmax(scores, i * classes, classes);
    support[labels[i]]++;
    predicted[best]++;
    if (best === labels[i]) right[best]++;
    ranks[rankOf(scores, i * classes, classes, labels[i])]++;
  }
  return { support, predicted, right, ranks, hasNaN };
}

/** The counts of two sets of images together. */
export function addCounts(a: MetricCounts | undefined, b: MetricCounts): MetricCounts {
  if (a === undefined) return b;
  const sum = (key: "support" | "predicted" | "right" | "ranks") => a[key].map((value, i) => value + b[key][i]);
  return {
    support: sum("support"),
    predicted: sum("predicted"),
    right: sum("right"),
    ranks: sum("ranks"),
    hasNaN: a.hasNaN || b.hasNaN,
  };
}

const COUNTS = list(whole(0));

const SCHEMA = {
  support: { kind: COUNTS },
  predicted: { kind: COUNTS },
  right: { kind: COUNTS },
  ranks: { kind: COUNTS },
  hasNaN: { kind: flag() },
} as const satisfies OptionSchema;

/** Reads counts from a checkpoint's JSON. */
export function readCounts(who: string, json: unknown): MetricCounts {
  const counts = readOptions(who, SCHEMA, json);
  const { support, predicted, right, ranks } = counts;
  const lengths = new Set([support, predicted, right, ranks].map(({ length }) => length));
  if (lengths.size > 1) throw new InputTypeError(who, "as many counts of each kind", shown([...lengths]));
  return counts;
}
