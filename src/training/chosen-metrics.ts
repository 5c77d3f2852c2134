/**
 * Metrics that a run or an evaluation is asked for by name, beside loss and accuracy.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { Network } from "../model/network.ts";
import type { OptionKind } from "../options/kinds.ts";

/**
 * A metric by name: `accuracy`; `precision`, `recall` and `f1` as unweighted means over the classes (macro averages); `top3`, `top5` and
 * so on, the share of images whose class is among so many most likely ones; `balancedAccuracy`, the mean over the classes that
 * have images of the share of these that is right, as scikit-learn's `balanced_accuracy_score`. For losses of values, such as
 * `meanSquaredError`, there is `meanAbsoluteError`, the mean distance of all outputs from their targets.
 *
 * Where images have any number of labels (losses of the sigmoid), an output above one half counts as a label. There `precision`, `recall` and
 * `f1` are means over the labels; `microF1` is that of all labels counted together; `exactMatch` the share of images all of whose labels
 * are right, as scikit-learn's `accuracy_score`; `meanAveragePrecision` the mean of the labels' average precisions, which needs no threshold
 * (`average_precision_score`), of validation images.
 */
export type MetricName =
  | "accuracy"
  | "balancedAccuracy"
  | "precision"
  | "recall"
  | "f1"
  | `top${number}`
  | "exactMatch"
  | "microF1"
  | typeof MEAN_AVERAGE_PRECISION
  | typeof MEAN_ABSOLUTE_ERROR;

/** The metric of losses of values. */
export const MEAN_ABSOLUTE_ERROR = "meanAbsoluteError";

/** The metric that needs the scores of all images together. */
export const MEAN_AVERAGE_PRECISION = "meanAveragePrecision";

/** Metrics by name beside top2, top3 and so on: those of classes alone first. */
const METRIC_NAMES: readonly string[] = [
  "accuracy",
  "balancedAccuracy",
  "precision",
  "recall",
  "f1",
  "exactMatch",
  "microF1",
  MEAN_AVERAGE_PRECISION,
  MEAN_ABSOLUTE_ERROR,
];

/** The places from which on metrics are of classes and labels, of labels alone, and of values. */
const [OF_BOTH, OF_LABELS, OF_VALUES] = [2, 5, 8];

const WANTED = `a list of ${METRIC_NAMES.join(", ")} or top2, top3, ...`;

/** The k of `top3`, 1 of `accuracy`; undefined for another name. */
export function rankCount(name: string): number | undefined {
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
    // Of classes, of these and of labels, of labels alone, of values: top3 and the like are in none of these places.
    const place = METRIC_NAMES.indexOf(name);
    const fits =
      loss?.classes === true
        ? place < OF_LABELS
        : loss?.activation === "sigmoid"
          ? place >= OF_BOTH && place < OF_VALUES
          : place === OF_VALUES;
    if (fits) continue;
    const kind =
      place === OF_VALUES
        ? "of values, such as meanSquaredError,"
        : place < OF_LABELS
          ? "that knows classes"
          : "of labels";
    throw new InputTypeError(
      who,
      `a loss ${kind} for metrics as ${name}`,
      loss?.config.type ?? "none",
      "contradiction",
    );
  }
  const wrong = names.find((name) => (rankCount(name) ?? 1) > architecture.outputs);
  if (wrong === undefined) return;
  throw new InputRangeError(who, `metrics of at most the ${architecture.outputs} classes`, wrong);
}
