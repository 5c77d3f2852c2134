/**
 * Averages of the weights over the steps of a run: an average often does better than the last weights.
 *
 * The descriptions are type aliases because interfaces do not fit `Json`.
 *
 * @module
 */

import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";

/** What both kinds of average share. */
type AveragingOptions = {
  /** Epochs before the first weights count; fractions are rounded to whole steps. */
  readonly startEpoch?: number | undefined;
  /** Steps from one set of weights that counts to the next. Default 1. */
  readonly every?: number | undefined;
  /**
   * Training images over which running statistics of normalisation are taken anew for the averaged weights; 0: they are
   * averaged as the weights are.
   */
  readonly statisticsImages?: number | undefined;
};

/** Recent weights count more. */
export type ExponentialAveraging = AveragingOptions & {
  readonly type: "ema";
  /** What is left of an old weight's share after each update. */
  readonly decay: number;
};

/** All weights count alike. */
export type UniformAveraging = AveragingOptions & {
  readonly type: "swa";
};

export type Averaging = ExponentialAveraging | UniformAveraging;

/** Averaging, checked and complete. */
export interface AveragingPlan {
  readonly type: Averaging["type"];
  readonly decay: number;
  readonly startEpoch: number;
  readonly every: number;
  readonly statisticsImages: number;
}

const TYPES = ["ema", "swa"] as const;
const SHARED = ["type", "startEpoch", "every", "statisticsImages"] as const;

/** Enough for means and variances of a channel to a thousandth. */
const SWA_STATISTICS_IMAGES = 10_000;

/**
 * Exponential moving average of the weights (Polyak & Juditsky, 1992): `a = d a + (1 - d) w` after every `every` steps, with
 * `d = min(decay, k / (k + 9))` at the k-th update, so that the first weights are soon forgotten. Running statistics are
 * averaged in the same way.
 *
 * @param options.decay default 0.999: about the last thousand updates
 * @param options.startEpoch default 0
 * @param options.statisticsImages default 0
 * @throws TypeError, RangeError for a wrong option
 * @example
 * const averaging = ema({ decay: 0.99 });
 */
export function ema(options: Partial<Omit<ExponentialAveraging, "type">> = {}): ExponentialAveraging {
  const { type: _, ...plan } = readPlan({ ...options, type: "ema" });
  return { type: "ema", ...plan };
}

/**
 * Stochastic weight averaging (Izmailov et al., 2018): the mean of the weights after every `every` steps from `startEpoch`
 * on. Running statistics, which no mean gives for it, are taken anew over training images.
 *
 * @param options.startEpoch epochs before the average begins
 * @param options.statisticsImages default 10,000, or as many as there are
 * @throws TypeError, RangeError for a wrong option
 * @example
 * const averaging = swa({ startEpoch: 7.5 });
 */
export function swa(options: Omit<UniformAveraging, "type">): UniformAveraging {
  const { type: _, decay: _decay, ...plan } = readPlan({ ...options, type: "swa" });
  return { type: "swa", ...plan };
}

function readPlan(value: unknown): AveragingPlan {
  const type = readType("averaging", value, TYPES);
  const who = `averaging "${type}"`;
  const json = typeof value === "string" ? { type } : value;
  const fields =
    type === "ema" ? readFields(who, json, [...SHARED, "decay"]) : { decay: 0, ...readFields(who, json, SHARED) };
  const { decay = 0.999, startEpoch = 0, every = 1 } = fields;
  const { statisticsImages = type === "swa" ? SWA_STATISTICS_IMAGES : 0 } = fields;
  return {
    type,
    decay: checkNumber(who, "decay", decay, { minimum: 0, below: 1 }),
    startEpoch: checkNumber(who, "startEpoch", startEpoch, { minimum: 0 }),
    every: checkNumber(who, "every", every, { whole: true, minimum: 1 }),
    statisticsImages: checkNumber(who, "statisticsImages", statisticsImages, { whole: true, minimum: 0 }),
  };
}

/**
 * Averaging from TypeScript or from untrusted JSON, such as `{ type: "ema", decay: 0.99 }`.
 *
 * @throws TypeError, RangeError for an unknown kind or option
 */
export function parseAveraging(json: unknown): Averaging {
  const { type, decay, ...plan } = readPlan(json);
  return type === "ema" ? { type, decay, ...plan } : { type, ...plan };
}

/** Weights, as a network has them. */
type Values = Float32Array | Float64Array;

/** The average of a run's weights. What it holds follows from the weights after each step and the options alone. */
export class WeightAverage {
  readonly plan: AveragingPlan;
  readonly #firstStep: number;
  #values: Values | undefined;

  /**
   * @param totalSteps steps of the whole run
   * @throws RangeError if no weights would count
   */
  constructor(averaging: Averaging, stepsPerEpoch: number, totalSteps: number) {
    this.plan = readPlan(averaging);
    const { type, startEpoch, every } = this.plan;
    this.#firstStep = Math.round(startEpoch * stepsPerEpoch);
    if (this.#updates(totalSteps) < 1) {
      const last = totalSteps / stepsPerEpoch;
      const got = `startEpoch ${startEpoch} and every ${every}`;
      throw new RangeError(`averaging "${type}": expected a start and a step within the ${last} epochs, got ${got}`);
    }
  }

  /** How often weights have been averaged after a step. */
  #updates(step: number): number {
    return Math.floor(Math.max(0, step - this.#firstStep) / this.plan.every);
  }

  /** The average so far; undefined before the first update. */
  get values(): Values | undefined {
    return this.#values;
  }

  /** Forgets all, for a new run. */
  reset(): void {
    this.#values = undefined;
  }

  /** Goes on from a checkpoint. */
  restore(values: Values): void {
    this.#values = values;
  }

  /** Whether there is an average after this step. */
  has(step: number): boolean {
    return this.#updates(step) > 0;
  }

  /** Takes the weights after a step, counted from 1, where they count. */
  update(step: number, weights: Values): void {
    const k = this.#updates(step);
    if (k < 1 || k === this.#updates(step - 1)) return;
    const average = this.#values;
    if (average === undefined || k === 1) {
      this.#values = weights.slice();
      return;
    }
    const { type, decay } = this.plan;
    const fresh = type === "swa" ? 1 / k : 1 - Math.min(decay, k / (k + 9));
    for (let i = 0; i < average.length; i++) average[i] += (weights[i] - average[i]) * fresh;
  }
}
