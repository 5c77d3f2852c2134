import { InputTypeError, shown } from "../errors.ts";
import { argmax } from "../numeric/argmax.ts";
import { list } from "../options/compound.ts";
import { flag, number, whole } from "../options/kinds.ts";
import { type OptionSchema, readOptions } from "../options/schema.ts";
import type { Answers } from "./answers.ts";
import { countLabels } from "./count-labels.ts";
import { rankOf } from "./metrics.ts";

/**
 * Counts of predictions from which metrics follow, for each class: much less than a confusion matrix. For values in place of classes
 * the lists are empty. A type alias because interfaces do not fit `Json`.
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
  /** Sum of the distances of values from their targets, where the images have no classes. */
  readonly distance?: number | undefined;
  /** Number of these values. */
  readonly values?: number | undefined;
  /** Images all of whose labels are right, where these may be any number; then there are no ranks. */
  readonly exact?: number | undefined;
  /** Number of these images. */
  readonly images?: number | undefined;
};

/**
 * Counts a batch.
 *
 * @param scores `[count, outputs]`, logits, probabilities or values; may be longer
 * @param ignored class of images that do not count
 */
export function countPredictions(
  scores: Float32Array | Float64Array,
  { labels, targets, areLabels }: Answers,
  count: number,
  outputs: number,
  ignored?: number | undefined,
): MetricCounts {
  const hasNaN = scores.subarray(0, count * outputs).some(Number.isNaN);
  if (labels === undefined && areLabels) return countLabels(scores, targets ?? new Float32Array(), outputs, hasNaN);
  if (labels === undefined) return { ...NO_CLASSES, hasNaN, ...distances(scores, targets ?? new Float32Array()) };
  const zeros = () => new Array<number>(outputs).fill(0);
  const [support, predicted, right, ranks] = [zeros(), zeros(), zeros(), zeros()];
  for (let i = 0; i < (hasNaN ? 0 : count); i++) {
    if (labels[i] === ignored) continue;
    const best = argmax(scores, i * outputs, outputs);
    support[labels[i]]++;
    predicted[best]++;
    if (best === labels[i]) right[best]++;
    ranks[rankOf(scores, i * outputs, outputs, labels[i])]++;
  }
  return { support, predicted, right, ranks, hasNaN };
}

const NO_CLASSES = { support: [], predicted: [], right: [], ranks: [] };

function distances(scores: Float32Array | Float64Array, targets: Float32Array) {
  let distance = 0;
  for (let i = 0; i < targets.length; i++) distance += Math.abs(scores[i] - targets[i]);
  return { distance, values: targets.length };
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
    ...(a.distance !== undefined && {
      distance: a.distance + (b.distance ?? 0),
      values: (a.values ?? 0) + (b.values ?? 0),
    }),
    ...(a.exact !== undefined && {
      exact: a.exact + (b.exact ?? 0),
      images: (a.images ?? 0) + (b.images ?? 0),
    }),
  };
}

const COUNTS = list(whole(0));

const SCHEMA = {
  support: { kind: COUNTS },
  predicted: { kind: COUNTS },
  right: { kind: COUNTS },
  ranks: { kind: COUNTS },
  hasNaN: { kind: flag() },
  distance: { kind: number({ minimum: 0 }), optional: true },
  values: { kind: whole(0), optional: true },
  exact: { kind: whole(0), optional: true },
  images: { kind: whole(0), optional: true },
} as const satisfies OptionSchema;

/** Reads counts from a checkpoint's JSON. */
export function readCounts(who: string, json: unknown): MetricCounts {
  const counts = readOptions(who, SCHEMA, json);
  const { support, predicted, right, ranks, exact } = counts;
  const lists = [support, predicted, right, ...(exact === undefined ? [ranks] : [])];
  const lengths = new Set(lists.map(({ length }) => length));
  if (lengths.size > 1) throw new InputTypeError(who, "as many counts of each kind", shown([...lengths]));
  return counts;
}
