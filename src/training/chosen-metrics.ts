/**
 * Metrics of classifiers that a run or an evaluation is asked for by name, beside loss and accuracy.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { Network } from "../model/network.ts";
import type { OptionKind } from "../options/kinds.ts";
import { ClassificationMetrics } from "./metrics.ts";

/**
 * A metric by name: `accuracy`; `precision`, `recall` and `f1` as unweighted means over the classes (macro averages); `top3`, `top5` and
 * so on, the share of images whose class is among so many most likely ones.
 */
export type MetricName = "accuracy" | "precision" | "recall" | "f1" | `top${number}`;

const FIGURES: { readonly [name: string]: (metrics: ClassificationMetrics) => number } = {
  accuracy: (metrics) => metrics.accuracy,
  precision: (metrics) => metrics.macro().precision,
  recall: (metrics) => metrics.macro().recall,
  f1: (metrics) => metrics.macro().f1,
};

const WANTED = `a list of ${Object.keys(FIGURES).join(", ")} or top2, top3, ...`;

/** The k of `top3`; undefined for another name. */
function rankOf(name: string): number | undefined {
  return /^top[1-9]\d{0,3}$/.test(name) ? Number(name.slice(3)) : undefined;
}

function isMetric(name: unknown): name is MetricName {
  return typeof name === "string" && (Object.hasOwn(FIGURES, name) || rankOf(name) !== undefined);
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
  const wrong = names.find((name) => (rankOf(name) ?? 1) > architecture.outputs);
  if (wrong === undefined) return;
  throw new InputRangeError(who, `metrics of at most the ${architecture.outputs} classes`, wrong);
}

/** Counts predictions for metrics that were asked for. */
export class ChosenMetrics {
  readonly #names: readonly MetricName[];
  readonly #counts: ClassificationMetrics;
  #isFinite = true;

  /** @param classes number of outputs */
  constructor(names: readonly MetricName[], classes: number) {
    this.#names = names;
    this.#counts = new ClassificationMetrics(classes);
  }

  /**
   * Counts a batch.
   *
   * @param scores `[count, classes]`; with NaN among them, as after a training that diverged, all metrics become NaN
   * @param labels `[count]`
   */
  add(scores: Float32Array | Float64Array, labels: ArrayLike<number>, count: number): void {
    this.#isFinite &&= !scores.subarray(0, count * this.#counts.classes).some(Number.isNaN);
    if (this.#isFinite) this.#counts.add(scores, labels, count);
  }

  /** The metrics of all that was counted, by name. */
  figures(): Readonly<Record<string, number>> {
    const figure = (name: MetricName) => {
      const rank = rankOf(name);
      return rank === undefined ? FIGURES[name](this.#counts) : this.#counts.topK(rank);
    };
    return Object.fromEntries(this.#names.map((name) => [name, this.#isFinite ? figure(name) : Number.NaN]));
  }
}
