import type { Region } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { type BackwardTapes, type Mode, sizeOf } from "../layers/layer.ts";
import type { Architecture } from "./architecture.ts";
import { type Layout, MODES, type NetworkOptions, NORM_BLOCK } from "./layout.ts";

/** Type of a batch's staged pixels. */
export type Pixels = "bytes" | "floats";

/** A tape, and the offsets of the outputs of its pass. */
export interface Recording {
  readonly tape: Tape;
  readonly outputs: readonly number[];
  /**
   * Computes the gradients that a training step left out, from the numbers that it leaves; undefined if it has them
   * all.
   */
  readonly owed?: Tape | undefined;
}

/** Variant of a tape of a training step, or of the first half of one. */
export interface TrainingTape {
  readonly n: number;
  readonly pixels: Pixels;
  readonly augmented: boolean;
  /** Images of the whole batch, of which these n may be a part: the gradient is that of the mean over all. */
  readonly images: number;
}

// Kinds of tapes; their variants are added.
const PACK = 0;
const UPDATE = 1;
const TRAIN = 2;
const GRADIENTS = 6;
const EVALUATE = 10;
const PACK_PLAIN = 26;
const KINDS = 27;

/** Bytes of activations that a chunk of samples may fill: a core's own cache and its share of the common one. */
const CACHE_BYTES = 2 ** 22;

/** Fewest samples of a chunk; its size is a multiple of this, as kernels work on several samples at once. */
const CHUNK = 16;

/** The tapes of a network, each written when it is first needed. */
export class Tapes {
  readonly #architecture: Architecture;
  readonly #options: Pick<NetworkOptions, "batchSize" | "loss" | "optimizer">;
  readonly #layout: Layout;
  readonly #pixels: number;
  /** See `Tape.chunk`. */
  readonly #chunk: number;
  /** By kind and batch size: see `#key`. */
  readonly #recordings = new Map<number, Recording>();

  constructor(
    architecture: Architecture,
    options: Pick<NetworkOptions, "batchSize" | "loss" | "optimizer">,
    layout: Layout,
  ) {
    this.#architecture = architecture;
    this.#options = options;
    this.#layout = layout;
    this.#pixels = sizeOf(architecture.input.shape);
    const bytes = (layout.plan.sizes().activations * Float32Array.BYTES_PER_ELEMENT) / options.batchSize;
    this.#chunk = Math.max(Math.floor(CACHE_BYTES / bytes / CHUNK), 1) * CHUNK;
  }

  /**
   * The tape that packs weights for evaluation, without panels for a backward pass: for `inference`, where weights may
   * hold a normalisation, or for all other modes.
   */
  packing(mode: Mode): Tape {
    const key = this.#key(mode === "inference" ? PACK : PACK_PLAIN, 0);
    return (this.#recordings.get(key) ?? this.#recordPacking(key, mode)).tape;
  }

  /** The tape of a whole step: forward, loss, backward, update. */
  training(n: number, pixels: Pixels, augmented: boolean): Recording {
    const key = this.#key(TRAIN + kindOf(pixels, augmented), n);
    return this.#recordings.get(key) ?? this.#recordTraining(key, { n, pixels, augmented, images: n });
  }

  /** The tape of a step without the update. */
  gradients(n: number, pixels: Pixels, augmented: boolean, images: number): Tape {
    const key = this.#key(GRADIENTS + kindOf(pixels, augmented), n, images);
    return (this.#recordings.get(key) ?? this.#recordGradients(key, { n, pixels, augmented, images })).tape;
  }

  /** The tape of the update of such a step. */
  update(): Tape {
    const key = this.#key(UPDATE, 0);
    return (this.#recordings.get(key) ?? this.#recordUpdate(key)).tape;
  }

  /** The tape of a forward pass and, if the targets are staged, its losses. */
  evaluation(n: number, pixels: Pixels, mode: Mode, withLoss: boolean): Recording {
    const kind = MODES.indexOf(mode) + (withLoss ? 4 : 0) + (pixels === "bytes" ? 0 : 8);
    const key = this.#key(EVALUATE + kind, n);
    return this.#recordings.get(key) ?? this.#recordEvaluation(key, n, pixels, mode, withLoss);
  }

  /** Every kind of tape, for the largest batch and for small ones that are trained in another way. */
  all(): readonly Recording[] {
    const { batchSize, loss, optimizer } = this.#options;
    const withLoss = loss !== undefined;
    const modes = MODES.filter((mode) => this.#layout.modes.has(mode));
    const evaluations = modes.map((mode) => this.evaluation(batchSize, "bytes", mode, withLoss));
    const packing = [...new Set(modes.map((mode) => this.packing(mode)))].map((tape) => ({ tape, outputs: [] }));
    if (optimizer === undefined) return [...packing, ...evaluations];
    const sizes = [...new Set([1, Math.min(2, batchSize), batchSize])];
    return [...packing, ...evaluations, ...sizes.map((n) => this.training(n, "bytes", true))];
  }

  /** A number for each kind of tape and batch size: a text would be made anew at every step. */
  #key(kind: number, n: number, images = 0): number {
    return (images * KINDS + kind) * (this.#options.batchSize + 1) + n;
  }

  #record(key: number, emit: (tape: Tape) => readonly number[], owed?: Tape): Recording {
    const tape = new Tape(this.#chunk, this.#layout.plan.turnArea);
    const outputs = emit(tape);
    const recording = { tape, outputs, owed: owed?.operations.length === 0 ? undefined : owed };
    this.#recordings.set(key, recording);
    return recording;
  }

  #recordPacking(key: number, mode: Mode): Recording {
    return this.#record(key, (tape) => {
      this.#layout.placed.prepare(tape, mode === "inference" ? mode : "batchStatistics", this.#options.batchSize);
      return [];
    });
  }

  #recordTraining(key: number, step: TrainingTape): Recording {
    const owed = new Tape();
    const emit = (tape: Tape) => {
      const descended: Region[] = [];
      const y = this.#emitGradients(tape, step, this.#descendDense(tape, owed, descended));
      this.#emitUpdate(tape, descended);
      return y;
    };
    return this.#record(key, emit, owed);
  }

  #recordGradients(key: number, step: TrainingTape): Recording {
    return this.#record(key, (tape) => this.#emitGradients(tape, step));
  }

  #recordUpdate(key: number): Recording {
    return this.#record(key, (tape) => {
      this.#emitUpdate(tape);
      return [];
    });
  }

  #recordEvaluation(key: number, n: number, pixels: Pixels, mode: Mode, withLoss: boolean): Recording {
    return this.#record(key, (tape) => this.#emitEvaluation(tape, n, pixels, mode, withLoss));
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

  #emitLoss(tape: Tape, n: number, outputs: number, images: number): void {
    const { targets, losses, correct, gradient } = this.#layout;
    const places = {
      images,
      outputs,
      targets: targets.offset,
      losses: losses.offset,
      correct: correct.offset,
      gradient: gradient.offset,
    };
    this.#options.loss?.emit(tape, n, places, this.#architecture.outputs);
  }

  /**
   * Function that updates dense kernels during the backward pass (see `BackwardTapes`).
   *
   * @param owed takes calls that compute the gradients later, if they are read
   * @param descended takes the kernels that are updated
   */
  #descendDense(tape: Tape, owed: Tape, descended: Region[]): BackwardTapes["descendDense"] {
    const { optimizer } = this.#options;
    return (call) => {
      if (optimizer?.emitDense === undefined) return false;
      optimizer.emitDense(tape, call, this.#layout.hyper.offset);
      const { kernel, gradient, x, dy, inputs, units } = call;
      owed.add("dense_backward_weights", "weight", inputs, x, dy, gradient.offset, 1, inputs, units, 0);
      descended.push(kernel);
      return true;
    };
  }

  #emitGradients(
    tape: Tape,
    { n, pixels, augmented, images }: TrainingTape,
    descendDense?: BackwardTapes["descendDense"],
  ): readonly number[] {
    const { placed, gradient } = this.#layout;
    placed.prepare(tape, "training", n);
    const x = this.#emitInput(tape, n, pixels, augmented);
    const outputs = placed.forward(tape, n, x, "training");
    this.#emitLoss(tape, n, outputs[0], images);
    // In large networks weight gradients are computed beside the data gradients: the memory of their inputs is free
    // afterwards.
    const weights = this.#layout.compact ? tape : new Tape();
    placed.backward({ samples: tape, weights, descendDense }, n, x, gradient.offset);
    if (weights !== tape) tape.append(weights);
    return outputs;
  }

  /**
   * Emits the update of all parameters.
   *
   * @param descended kernels that have been updated already
   */
  #emitUpdate(tape: Tape, descended: readonly Region[] = []): void {
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
    for (const { offset, count, decays } of parameters.updated(descended)) {
      const slots = parameters.slotShifts.map((slotShift) => offset + slotShift);
      optimizer?.emit(tape, { count, values: offset, gradients: offset + shift, slots, decays, hyper: hyper.offset });
    }
  }

  #emitEvaluation(tape: Tape, n: number, pixels: Pixels, mode: Mode, withLoss: boolean): readonly number[] {
    const { placed, predictions } = this.#layout;
    const { loss } = this.#options;
    const x = this.#emitInput(tape, n, pixels, false);
    const offsets = placed.forward(tape, n, x, mode);
    const [y] = offsets;
    if (withLoss) this.#emitLoss(tape, n, y, n);
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

function kindOf(pixels: Pixels, augmented: boolean): number {
  return (augmented ? 1 : 0) + (pixels === "bytes" ? 0 : 2);
}
