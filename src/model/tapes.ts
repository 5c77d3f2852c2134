import { NORM_BLOCK } from "../engine/kernel-sizes.ts";
import type { Region } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import type { BackwardTapes, Mode } from "../layers/placed-layer.ts";
import { sizeOf } from "../layers/shape.ts";
import type { Architecture } from "./architecture.ts";
import { type Layout, MODES, type NetworkOptions } from "./layout.ts";
import { memoized } from "./memo.ts";
import type { TargetPlaces } from "./staging.ts";

/** Type of a batch's staged pixels. */
export type Pixels = "bytes" | "floats";

/** A tape, and the offsets of the outputs of its pass. */
export interface Recording {
  readonly tape: Tape;
  readonly outputs: readonly number[];
  /** Computes the gradients that a training step deferred, from the numbers that it leaves; undefined if it has them all. */
  readonly deferredGradients?: Tape | undefined;
}

/** Floats of activations that a chunk of samples may fill: 4 MiB, a core's own cache and its share of the common one. */
const CACHE_FLOATS = 2 ** 20;

/**
 * Fewest samples of a chunk; its size is a multiple of this, as kernels work on several samples at once. Runs of calls whose samples are
 * large take fewer (`program.ts`).
 */
const CHUNK = 16;

/** The tapes of a network, each written when it is first needed. */
export class Tapes {
  readonly #architecture: Architecture;
  readonly #options: Pick<NetworkOptions, "batchSize" | "loss" | "optimizer">;
  readonly #layout: Layout;
  readonly #pixels: number;
  /** See `Tape.chunk`. */
  readonly #chunk: number;

  constructor(
    architecture: Architecture,
    options: Pick<NetworkOptions, "batchSize" | "loss" | "optimizer">,
    layout: Layout,
  ) {
    this.#architecture = architecture;
    this.#options = options;
    this.#layout = layout;
    this.#pixels = sizeOf(architecture.input.shape);
    const floats = layout.plan.sizes().activations / options.batchSize;
    this.#chunk = (Math.floor(CACHE_FLOATS / floats / CHUNK) || 1) * CHUNK;
  }

  /**
   * The tape that packs weights for evaluation, without panels for a backward pass: for `inference`, where weights may
   * hold a normalisation, or for all other modes.
   */
  packing(mode: Mode): Tape {
    return this.#packing(mode === "inference" ? mode : "batchStatistics");
  }

  readonly #packing = memoized((mode: Mode): Tape => {
    const tape = this.#newTape();
    this.#layout.placed.prepare(tape, mode, this.#options.batchSize);
    return tape;
  });

  /** The tape that packs frozen weights for training: its steps find them packed. */
  readonly frozenPacking = memoized((): Tape => {
    const tape = this.#newTape();
    this.#layout.placed.prepare(tape, "training", this.#options.batchSize, ({ frozen }) => frozen);
    return tape;
  });

  /** The tape of a whole step on n images: forward, loss, backward, update. */
  readonly training = memoized((n: number, pixels: Pixels, augmented: boolean, soft: boolean): Recording => {
    const tape = this.#newTape();
    const deferred = new Tape();
    const updated: Region[] = [];
    const descendDense = this.#descendDense(tape, deferred, updated);
    const outputs = this.#emitGradients(tape, n, pixels, augmented, soft, n, descendDense);
    this.#emitUpdate(tape, updated);
    return { tape, outputs, deferredGradients: deferred.operations.length === 0 ? undefined : deferred };
  });

  /**
   * The tape of a step without the update, on n images.
   *
   * @param images of the whole batch, of which these n may be a part: the gradient is that of the mean over them
   */
  readonly gradients = memoized(
    (n: number, pixels: Pixels, augmented: boolean, soft: boolean, images: number): Recording => {
      const tape = this.#newTape();
      return { tape, outputs: this.#emitGradients(tape, n, pixels, augmented, soft, images) };
    },
  );

  /** The tape that updates the parameters by the gradients of `gradients`. */
  readonly update = memoized((): Tape => {
    const tape = this.#newTape();
    this.#emitUpdate(tape);
    return tape;
  });

  /** The tape of a forward pass and, if the targets are staged, its losses. */
  readonly evaluation = memoized(
    (n: number, pixels: Pixels, mode: Mode, withLoss: boolean, soft: boolean): Recording => {
      const tape = this.#newTape();
      return { tape, outputs: this.#emitEvaluation(tape, n, pixels, mode, withLoss, soft) };
    },
  );

  /** Every kind of tape, for the largest batch and for small ones that are trained in another way. */
  all(): readonly Recording[] {
    const { batchSize, loss, optimizer } = this.#options;
    const withLoss = loss !== undefined;
    const modes = MODES.filter((mode) => this.#layout.modes.has(mode));
    const evaluations = modes.map((mode) => this.evaluation(batchSize, "bytes", mode, withLoss, false));
    const packing = [...new Set(modes.map((mode) => this.packing(mode)))].map((tape) => ({ tape, outputs: [] }));
    if (optimizer === undefined) return [...packing, ...evaluations];
    const sizes = [...new Set([1, Math.min(2, batchSize), batchSize])];
    return [...packing, ...evaluations, ...sizes.map((n) => this.training(n, "bytes", true, false))];
  }

  #newTape(): Tape {
    return new Tape(this.#chunk, this.#layout.plan.turnArea);
  }

  #emitInput(tape: Tape, n: number, pixels: Pixels, augmented: boolean): number {
    const { staging, images, scale, offset, augmented: target, transforms, fill } = this.#layout;
    const kernel = pixels === "bytes" ? "normalize_bytes" : "normalize_floats";
    const [h, w, c] = this.#architecture.input.shape;
    tape.add(kernel, "sample", n, staging.offset, images.offset, this.#pixels, c, scale.offset, offset.offset);
    if (!augmented || target === undefined || transforms === undefined || fill === undefined) return images.offset;
    tape.add("augment", "sample", n, images.offset, target.offset, h, w, c, transforms.offset, fill.offset);
    return target.offset;
  }

  /** Places of what the loss reads beside the outputs. */
  get targetPlaces(): TargetPlaces {
    const { targets, softTargets, weights } = this.#layout;
    return { targets: targets.offset, softTargets: softTargets.offset, weights: weights.offset };
  }

  #emitLoss(tape: Tape, n: number, outputs: number, soft: boolean, images: number): void {
    const { losses, correct, gradient, lossNumbers } = this.#layout;
    const { softTargets, ...targetPlaces } = this.targetPlaces;
    const places = {
      images,
      outputs,
      ...targetPlaces,
      softTargets: soft ? softTargets : 0,
      numbers: lossNumbers.offset,
      losses: losses.offset,
      correct: correct.offset,
      gradient: gradient.offset,
    };
    this.#options.loss?.emit(tape, n, places, this.#architecture.outputs);
  }

  /**
   * Function that updates dense kernels during the backward pass (see `BackwardTapes`).
   *
   * @param deferred takes calls that compute the gradients later, if they are read
   * @param updated takes the kernels that are updated
   */
  #descendDense(tape: Tape, deferred: Tape, updated: Region[]): BackwardTapes["descendDense"] {
    const { optimizer } = this.#options;
    return (call) => {
      if (optimizer?.emitDense === undefined) return false;
      optimizer.emitDense(tape, call, this.#layout.hyper.offset);
      const { kernel, gradient, x, dy, inputs, units } = call;
      deferred.add("dense_backward_weights", "weight", inputs, x, dy, gradient.offset, 1, inputs, units, 0);
      updated.push(kernel);
      return true;
    };
  }

  #emitGradients(
    tape: Tape,
    n: number,
    pixels: Pixels,
    augmented: boolean,
    soft: boolean,
    images: number,
    descendDense?: BackwardTapes["descendDense"],
  ): readonly number[] {
    const { placed, gradient } = this.#layout;
    placed.prepare(tape, "training", n, ({ frozen }) => !frozen);
    const x = this.#emitInput(tape, n, pixels, augmented);
    const outputs = placed.forward(tape, n, x, "training");
    this.#emitLoss(tape, n, outputs[0], soft, images);
    // In large networks weight gradients are computed beside the data gradients: the memory of their inputs is free
    // afterwards.
    const weights = this.#layout.compact ? tape : new Tape();
    placed.backward({ samples: tape, weights, descendDense }, n, x, gradient.offset);
    if (weights !== tape) tape.append(weights);
    return outputs;
  }

  /** @param updated kernels that have been updated already */
  #emitUpdate(tape: Tape, updated: readonly Region[] = []): void {
    const { optimizer } = this.#options;
    const { parameters, hyper, normPartials } = this.#layout;
    const shift = parameters.gradientShift;
    if (normPartials !== undefined && optimizer?.clipNorm !== undefined) {
      const { count } = parameters.gradients;
      const blocks = Math.ceil(count / NORM_BLOCK);
      const partials = normPartials.offset;
      tape.add("gradient_norm", "parameter", blocks, parameters.gradients.offset, partials, count);
      tape.add("gradient_clip", "single", 1, partials, blocks, hyper.offset, optimizer.clipNorm);
    }
    for (const { offset, count, decays } of parameters.updated(updated)) {
      const slots = parameters.slotShifts.map((slotShift) => offset + slotShift);
      optimizer?.emit(tape, { count, values: offset, gradients: offset + shift, slots, decays, hyper: hyper.offset });
    }
  }

  #emitEvaluation(
    tape: Tape,
    n: number,
    pixels: Pixels,
    mode: Mode,
    withLoss: boolean,
    soft: boolean,
  ): readonly number[] {
    const { placed, predictions } = this.#layout;
    const { loss } = this.#options;
    const x = this.#emitInput(tape, n, pixels, false);
    const offsets = placed.forward(tape, n, x, mode);
    const [y] = offsets;
    if (withLoss) this.#emitLoss(tape, n, y, soft, n);
    // A last layer that already is the loss's activation was folded; one of another kind stays as it is.
    if (loss?.activation === undefined) return offsets;
    const { outputs, output } = this.#architecture;
    if (loss.activation === "softmax") {
      const classes = output[output.length - 1];
      tape.add("softmax_forward", "sample", n, y, predictions.offset, outputs / classes, classes);
    } else {
      tape.add("sigmoid_forward", "sample", n, y, predictions.offset, outputs);
    }
    return [predictions.offset];
  }
}
