import type { Tape } from "../../engine/tape.ts";
import type { Optimizer, UpdateRange } from "../../model/contracts.ts";
import { flag, number } from "../../options/kinds.ts";
import { configOf, type OptionSchema, type OptionsOf, type ValuesOf } from "../../options/schema.ts";
import { LAYER_DECAY } from "./layer-decay.ts";

/** Share of an old mean that stays, 0 to below 1: with 1 nothing new would count. */
export const SHARE = number({ minimum: 0, below: 1 });

/**
 * A number that must not be 0 or infinite in float32 either, in which kernels take it: an epsilon of 0 divides 0 by 0 for a
 * weight whose gradients were all zero, and with a learning rate of 0 nothing is learned.
 */
export const POSITIVE = number({ above: 0, float32: true });

/** The options that all optimizers share, with the defaults that differ. */
export function sharedOptions(learningRate: number, weightDecay = 0) {
  return {
    /** Learning rate; with a schedule its highest. */
    learningRate: { kind: POSITIVE, default: learningRate, flag: "lr" },
    /**
     * Decoupled weight decay: each step takes this times the learning rate from every weight. It goes past moments and velocity
     * (Loshchilov & Hutter, 2019), as Keras' `weight_decay` and PyTorch's AdamW do.
     */
    weightDecay: { kind: number({ minimum: 0 }), default: weightDecay },
    /** Coupled weight decay: adds this times the weight to its gradient. The `weight_decay` of PyTorch's SGD, RMSprop and Adam. */
    l2: { kind: number({ minimum: 0 }), default: 0, rare: true },
    /** Biases and normalisation decay too. */
    decayAll: { kind: flag(), default: false, rare: true },
    /** Bound on the norm of all gradients together. From Pascanu et al. (2013). */
    clipNorm: { kind: POSITIVE, optional: true, rare: true },
    ...LAYER_DECAY,
  } as const satisfies OptionSchema;
}

/** The options that all optimizers share. */
export interface OptimizerOptions extends OptionsOf<ReturnType<typeof sharedOptions>> {}

/** An optimizer's own part. */
interface OptimizerParts {
  /** Names of the numbers it keeps per parameter element. */
  readonly slots: readonly string[];
  /** Adds the update of a range; `l2` and `decay` are 0 where weights do not decay. */
  emit(tape: Tape, range: UpdateRange, l2: number, decay: number): void;
  /** The two numbers that kernels need for a step, counted from 1. Default ones. */
  corrections?(step: number): readonly [number, number];
}

/**
 * Completes an optimizer by its shared options, which mean the same for all.
 *
 * @param given options as they came, for files
 * @param values the same, read
 */
export function optimizer(
  type: string,
  given: object,
  values: ValuesOf<ReturnType<typeof sharedOptions>>,
  { slots, emit, corrections = () => [1, 1] }: OptimizerParts,
): Optimizer {
  const { learningRate, weightDecay, l2, decayAll, clipNorm, layerDecay } = values;
  return {
    config: configOf(type, given),
    learningRate,
    slots,
    clipNorm,
    layerDecay,
    emit(tape, range) {
      const decays = range.decays || decayAll;
      emit(tape, range, decays ? l2 : 0, decays ? weightDecay : 0);
    },
    hyper: (step, rate) => [rate, 1, ...corrections(step)],
  };
}
