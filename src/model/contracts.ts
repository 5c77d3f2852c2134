// Contracts of losses and optimizers: all that a network knows of the training code, as imports go downwards.

import type { ExtraRows } from "../engine/operands/row.ts";
import type { Tape } from "../engine/tape.ts";
import type { Json } from "../json.ts";
import type { DenseGradient } from "../layers/placed-layer.ts";

/** Places of a loss's inputs and results: heap offsets. */
export interface LossPlaces {
  /** Images of the mean: the n of the call, or more if those are a part of a batch. */
  readonly images: number;
  /** The model's last outputs [n, outputs], before a softmax or sigmoid. */
  readonly outputs: number;
  /** [n] class indices, or [n, outputs] values. */
  readonly targets: number;
  /** [n, outputs]: a share of each class, for losses that take them; 0 where the class in `targets` has all. */
  readonly softTargets: number;
  /** The loss's own `numbers`. */
  readonly numbers: number;
  /** [n]: factor of each sample in the gradient. */
  readonly weights: number;
  /** [n], written: the loss of each sample, without its weight. */
  readonly losses: number;
  /** [n], written by losses that know classes: 1 where the answer was right, else 0. */
  readonly correct: number;
  /** [n, outputs], written: gradient of the mean loss over `images`. */
  readonly gradient: number;
}

/** A loss function: one kernel call per batch. */
export interface Loss {
  /** Its type and options, as files keep them. */
  readonly config: { readonly type: string; readonly [option: string]: Json | undefined };
  /** The function from outputs to predictions; a last layer that does the same is folded into the loss. @internal */
  readonly activation: "softmax" | "sigmoid" | undefined;
  /** True: it takes class labels, one per image. False: target values, one per output. */
  readonly classes: boolean;
  /** Rows of the kernels of the extra file that it calls; as in `PlacedLayer`. @internal */
  readonly kernels?: ExtraRows;
  /** Numbers that its kernel reads from memory. @internal */
  readonly numbers?: readonly number[];
  /**
   * Throws a RangeError if it does not fit so many outputs.
   *
   * @internal
   */
  expectOutputs?(outputs: number): void;
  /** Class of images that count neither in the loss and its mean nor in the accuracy; undefined for none. */
  readonly ignoreIndex: number | undefined;
  /** Share of each target that is spread over all classes, for losses that take soft targets; undefined for others. @internal */
  readonly softSmoothing: number | undefined;
  /** Temperature of the soft targets that a data set must have beside its labels, for losses that take a teacher's. @internal */
  readonly temperature?: number | undefined;
  /**
   * Writes its calls onto a tape.
   *
   * @internal
   */
  emit(tape: Tape, n: number, places: LossPlaces, outputs: number): void;
}

/** A part of the trained parameters: runs of values, gradients and the optimizer's own numbers, of one length. */
export interface UpdateRange {
  readonly count: number;
  readonly values: number;
  readonly gradients: number;
  readonly slots: readonly number[];
  /** True if weight decay applies. */
  readonly decays: boolean;
  /** Offset of the four numbers that change from step to step. */
  readonly hyper: number;
}

/** An optimizer: one kernel call per range of parameters. */
export interface Optimizer {
  /** Its type and options, as files keep them. */
  readonly config: { readonly type: string; readonly [option: string]: Json | undefined };
  /** Learning rate before schedules. */
  readonly learningRate: number;
  /** Names of the numbers that it keeps for each element of the parameters. @internal */
  readonly slots: readonly string[];
  /** Bound on the gradient's global norm; undefined for none. @internal */
  readonly clipNorm: number | undefined;
  /** Factor of the learning rate from each layer to the one before it; undefined for the same rate for all. @internal */
  readonly layerDecay: number | undefined;
  /** Rows of the kernels of the extra file that it calls; as in `PlacedLayer`. @internal */
  readonly kernels?: ExtraRows;
  /**
   * Writes its calls onto a tape.
   *
   * @internal
   */
  emit(tape: Tape, range: UpdateRange): void;
  /**
   * Emits the step of a dense kernel with a single sample, and the data gradient, in place of its gradient: to the same
   * bits. Only optimizers that need nothing but the gradient have it. `hyper` as in `UpdateRange`.
   * @internal
   */
  emitDense?(tape: Tape, gradient: DenseGradient, hyper: number): void;
  /**
   * The numbers [learning rate, clip factor, first correction, second correction] of a step, counted from 1; more such rows where layers
   * have rates of their own.
   * @internal
   */
  hyper(step: number, learningRate: number): readonly number[];
}
