/**
 * Averages of the weights over the steps of a run: an average often does better than the last weights.
 *
 * The descriptions are type aliases because interfaces do not fit `Json`.
 *
 * @module
 */

import { InputRangeError, shown } from "../errors.ts";
import { number, whole } from "../options/kinds.ts";
import { completeOptions, type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";
import { readVariant } from "../options/variants.ts";

/** Images that give means and variances of a channel to a thousandth. */
const SWA_STATISTICS_IMAGES = 10_000;

/** The options that both kinds of average share. */
function sharedOptions(statisticsImages: number) {
  return {
    /** Epochs before the first weights count; fractions are rounded to whole steps. */
    startEpoch: { kind: number({ minimum: 0 }), default: 0 },
    /** Steps from one set of weights that counts to the next. */
    every: { kind: whole(1), default: 1 },
    /**
     * Training images over which running statistics of normalisation are taken anew for the averaged weights. 0: they are
     * averaged as the weights are.
     */
    statisticsImages: { kind: whole(0), default: statisticsImages, rare: true },
  } as const satisfies OptionSchema;
}

const EMA = {
  /** Share of an old weight that is left after each update. With 0.999 about the last thousand count. */
  decay: { kind: number({ minimum: 0, below: 1 }), default: 0.999 },
  ...sharedOptions(0),
} as const satisfies OptionSchema;

const SWA = sharedOptions(SWA_STATISTICS_IMAGES);

/** An exponential average: recent weights count more. */
export type ExponentialAveraging = { readonly type: "ema" } & Readonly<OptionsOf<typeof EMA>>;

/** A uniform average: all weights count alike. */
export type UniformAveraging = { readonly type: "swa" } & Readonly<OptionsOf<typeof SWA>>;

/** An average of the weights, as plain data. */
export type Averaging = ExponentialAveraging | UniformAveraging;

/** An average's computation. */
interface AveragingPlan extends Readonly<ValuesOf<typeof SWA>> {
  /** Share of the newest weights at the k-th update, from 1. */
  share(k: number): number;
}

/** All kinds of averages by their names, as files and the command line have them. */
export const AVERAGINGS = {
  ema: {
    schema: EMA,
    read: (who: string, given: object): ExponentialAveraging => ({ type: "ema", ...completeOptions(who, EMA, given) }),
    plan(given: object): AveragingPlan {
      const { decay, ...shared } = readOptions('averaging "ema"', EMA, given);
      return { ...shared, share: (k) => 1 - Math.min(decay, k / (k + 9)) };
    },
  },
  swa: {
    schema: SWA,
    read: (who: string, given: object): UniformAveraging => ({ type: "swa", ...completeOptions(who, SWA, given) }),
    plan: (given: object): AveragingPlan => ({
      ...readOptions('averaging "swa"', SWA, given),
      share: (k) => 1 / k,
    }),
  },
};

/**
 * Exponential moving average of the weights (Polyak & Juditsky, 1992): `a = d a + (1 - d) w` after every `every` steps, with
 * `d = min(decay, k / (k + 9))` at the k-th update, so that the first weights are soon forgotten. Running statistics are
 * averaged in the same way.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * const averaging = ema({ decay: 0.99 });
 */
export function ema(options: OptionsOf<typeof EMA> = {}): ExponentialAveraging {
  return AVERAGINGS.ema.read('averaging "ema"', options);
}

/**
 * Stochastic weight averaging (Izmailov et al., 2018): the mean of the weights after every `every` steps from `startEpoch`
 * on. Running statistics, which no mean gives for it, are taken anew over training images: 10,000, or as many as there are.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * const averaging = swa({ startEpoch: 7.5 });
 */
export function swa(options: OptionsOf<typeof SWA> = {}): UniformAveraging {
  return AVERAGINGS.swa.read('averaging "swa"', options);
}

/**
 * Averaging from TypeScript or from untrusted JSON, such as `{ type: "ema", decay: 0.99 }`.
 *
 * @throws TypeError, RangeError for an unknown kind or option
 */
export function parseAveraging(json: unknown): Averaging {
  return readVariant<Averaging>("averaging", AVERAGINGS, json, (type) => `averaging "${type}"`);
}

/** Weights of a network. */
type Values = Float32Array | Float64Array;

/** The average of a run's weights. It is a function of the weights after each step and the options alone. */
export class WeightAverage {
  readonly plan: AveragingPlan;
  readonly #firstStep: number;
  #values: Values | undefined;

  /**
   * @param totalSteps steps of the whole run
   * @throws RangeError if no weights would count
   */
  constructor(averaging: Averaging, stepsPerEpoch: number, totalSteps: number) {
    const read = parseAveraging(averaging);
    const { type } = read;
    this.plan = AVERAGINGS[type].plan(read);
    const { startEpoch, every } = this.plan;
    this.#firstStep = Math.round(startEpoch * stepsPerEpoch);
    if (this.#updates(totalSteps) < 1) {
      const last = totalSteps / stepsPerEpoch;
      const got = `startEpoch ${startEpoch} and every ${every}`;
      throw new InputRangeError(
        `averaging "${type}"`,
        `a start and a step within the ${shown(last)} epochs`,
        got,
        "too-few-steps",
      );
    }
  }

  /** Number of updates of the average up to a step. */
  #updates(step: number): number {
    return Math.floor(Math.max(0, step - this.#firstStep) / this.plan.every);
  }

  /** The average so far; undefined before the first update. */
  get values(): Values | undefined {
    return this.#values;
  }

  /** Forgets all weights, for a new run. */
  reset(): void {
    this.#values = undefined;
  }

  /** Restores the average of a checkpoint. */
  restore(values: Values): void {
    this.#values = values;
  }

  /** True if there is an average after this step. */
  has(step: number): boolean {
    return this.#updates(step) > 0;
  }

  /** Adds the weights after a step, counted from 1, if the step counts. */
  update(step: number, weights: Values): void {
    const k = this.#updates(step);
    if (k < 1 || k === this.#updates(step - 1)) return;
    const average = this.#values;
    if (average === undefined || k === 1) {
      this.#values = weights.slice();
      return;
    }
    const fresh = this.plan.share(k);
    for (let i = 0; i < average.length; i++) average[i] += (weights[i] - average[i]) * fresh;
  }
}
