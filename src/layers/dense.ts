import { DENSE_COPY_ROWS, DENSE_COPY_SAMPLES, PANEL } from "../engine/kernel-sizes.ts";
import type { Region, ThreadArea } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError } from "../errors.ts";
import { flag, whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { activation, activationLayer } from "./activation.ts";
import { fans } from "./initializers.ts";
import type { Layer, LayerDefinition, ParameterSpec } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { initializer, type LayerOptions } from "./options.ts";
import type {
  BackwardPlaces,
  BackwardTapes,
  FoldedWeights,
  ForwardPlaces,
  Mode,
  Normalization,
  ParameterPlace,
  PlacedLayer,
  Site,
} from "./placed-layer.ts";
import { emitReluGradient, emitRest, isNone, lowerOf, NO_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Outputs. */
  units: { kind: whole(1) },
  /** Applied to the output. */
  activation: { kind: activation(), default: "linear" },
  /** True: a number of its own is added to each output. */
  useBias: { kind: flag(), default: true },
  /** Values with which the weights start. */
  kernelInitializer: { kind: initializer(), default: "glorotUniform" },
  /** Values with which the biases start. */
  biasInitializer: { kind: initializer(), default: "zeros" },
} as const satisfies OptionSchema;

/** Options of `dense`. */
export interface DenseOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Fully connected layer (Keras' Dense): [inputs] to [units]. Put `flatten()` before it where the input is an image.
 *
 * Parameters: `kernel` [inputs, units], `bias` [units].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * dense({ units: 128, activation: "relu" });
 */
export function dense(options: DenseOptions): Layer {
  return DENSE.create(options);
}

/** The type of `dense` layers. */
export const DENSE = layerType("dense", OPTIONS, (options, header) => {
  const { units, useBias, kernelInitializer, biasInitializer } = options;
  const activation = activationLayer(options.activation);
  const connected = (rectifier: Rectifier, normalization?: Normalization): LayerDefinition => ({
    ...header,
    ...stopsAtZero(rectifier),
    absorb: (next) =>
      next.rectifier !== undefined && isNone(rectifier) ? connected(next.rectifier, normalization) : undefined,
    fold: (found) => (isNone(rectifier) && normalization === undefined ? connected(rectifier, found) : undefined),
    activation,

    outputShape([input], who) {
      if (input.length === 1) return [units];
      throw new InputRangeError(who, "an input of [inputs]", `[${input}]; put flatten before it`, "shape-mismatch");
    },

    parameters([[inputs]]): readonly ParameterSpec[] {
      const shape = [inputs, units];
      const kernelFans = fans(shape, "dense");
      const kernel: ParameterSpec = {
        name: "kernel",
        shape,
        role: "kernel",
        initializer: kernelInitializer,
        fans: kernelFans,
      };
      if (!useBias) return [kernel];
      return [kernel, { name: "bias", shape: [units], role: "bias", initializer: biasInitializer, fans: kernelFans }];
    },

    multiplyAdds: ([[inputs]]) => inputs * units,
    place: (site) => new PlacedDense(site, useBias, rectifier, normalization),
  });
  return connected(NO_RELU);
});

/** Floats into which a thread copies what a part of the weight gradient reads (assembly/dense.ts): the inputs, and dy of two panels of units. */
export const DENSE_COPY_SIZE = DENSE_COPY_SAMPLES * (DENSE_COPY_ROWS + 2 * PANEL);

/**
 * Samples up to which a training step reads the weights as they are: they change with every step, and packing them
 * costs more than so few products. Both ways sum in another order, so runs repeat only with the same number.
 */
const UNPACKED_SAMPLES = 2;

/**
 * True if a pass over `n` samples reads unpacked weights. Weights that do not change are packed once, whatever the
 * batch.
 */
function readsUnpacked(mode: Mode, n: number): boolean {
  return mode === "training" && n <= UNPACKED_SAMPLES;
}

/**
 * True if the weight gradient copies its inputs: rows a multiple of 512 bytes long share a few sets of the cache, and
 * more than four panels of units share the copy. False where copying measured slower.
 */
function copiesSamples(inputs: number, units: number): boolean {
  return inputs % 128 === 0 && units > 4 * PANEL;
}

class PlacedDense implements PlacedLayer {
  readonly #inputs: number;
  readonly #units: number;
  readonly #kernel: ParameterPlace;
  readonly #bias: ParameterPlace | undefined;
  readonly #folded: FoldedWeights | undefined;
  readonly #rectifier: Rectifier;
  readonly #dz: Region | undefined;
  readonly #panels: Region;
  readonly #panelsBackward: Region | undefined;
  readonly #copies: ThreadArea | undefined;
  readonly #stopsAtZero: boolean;

  constructor(site: Site, useBias: boolean, rectifier: Rectifier, normalization: Normalization | undefined) {
    const inputs = sizeOf(site.inputs[0]);
    const units = sizeOf(site.output);
    this.#inputs = inputs;
    this.#units = units;
    this.#stopsAtZero = site.stopsAtZero;
    this.#kernel = site.parameter("kernel");
    if (useBias) this.#bias = site.parameter("bias");
    if (normalization !== undefined) {
      this.#folded = normalization.fold(site, this.#kernel, this.#bias);
    }
    this.#rectifier = rectifier;
    this.#panels = site.reserve("panels", "packed", Math.ceil(units / PANEL) * PANEL * inputs);
    if (!site.hasBackward) return;
    if (this.#kernel.gradient !== undefined && copiesSamples(inputs, units)) {
      this.#copies = site.threadScratch(DENSE_COPY_SIZE);
    }
    if (!isNone(rectifier)) this.#dz = site.reserve("dz", "activations", site.batch * units);
    if (!site.needsInputGradient) return;
    const size = Math.ceil(inputs / PANEL) * PANEL * units;
    this.#panelsBackward = site.reserve("backward panels", "packed", size);
  }

  /** The kernel, with the normalisation after it if there is one. */
  get #weights(): Region {
    return this.#folded?.kernel ?? this.#kernel.value;
  }

  pack(tape: Tape, mode: Mode, n: number): void {
    if (readsUnpacked(mode, n)) return;
    this.#folded?.pack(tape);
    const weights = this.#weights.offset;
    const panels = Math.ceil(this.#units / PANEL);
    tape.add("pack_forward", "weight", panels, weights, this.#panels.offset, this.#inputs, this.#units, 1);
  }

  packBackward(tape: Tape, n: number): void {
    if (readsUnpacked("training", n) || this.#panelsBackward === undefined) return;
    const weights = this.#kernel.value.offset;
    const backward = this.#panelsBackward.offset;
    // A dense layer is a 1 x 1 convolution of a 1 x 1 image.
    const geometry = [1, 1, this.#inputs, this.#units, 1, 1, 1, 1, 1] as const;
    tape.add("pack_backward", "weight", Math.ceil(this.#inputs / PANEL), weights, backward, ...geometry);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    tape.add(
      "dense_forward",
      "batch",
      n,
      x,
      this.#weights.offset,
      readsUnpacked(mode, n) ? 0 : this.#panels.offset,
      this.#folded?.bias ?? this.#bias?.value.offset ?? 0,
      y,
      this.#inputs,
      this.#units,
      lowerOf(this.#rectifier),
    );
    emitRest(tape, n, y, this.#units, this.#rectifier);
  }

  backward(
    { samples, weights, descendDense }: BackwardTapes,
    n: number,
    { x: [x], y, dy, dx: [dx] }: BackwardPlaces,
  ): void {
    const inputs = this.#inputs;
    const units = this.#units;
    let dz = dy;
    if (this.#dz !== undefined) {
      dz = this.#dz.offset;
      emitReluGradient(samples, n, { y, dy, dx: dz }, units, this.#rectifier);
    }
    if (this.#bias?.gradient !== undefined) {
      weights.add("bias_backward", "weight", units, dz, this.#bias.gradient.offset, n, units);
    }
    const { value: kernel, gradient } = this.#kernel;
    if (gradient !== undefined) {
      const call = { kernel, gradient, x, dy: dz, dx, inputs, units, stopsAtZero: this.#stopsAtZero };
      if (n === 1 && descendDense?.(call) === true) return;
      const places = [x, dz, gradient.offset] as const;
      const shapes = [n, inputs, units] as const;
      if (this.#copies === undefined) {
        weights.add("dense_backward_weights", "weight", inputs, ...places, ...shapes, 0);
      } else {
        const { offset, elements } = this.#copies;
        const scratch = { argument: places.length + shapes.length, elements };
        weights.addWithScratch("dense_backward_weights", "weight", inputs, scratch, ...places, ...shapes, offset);
      }
    }
    if (dx === 0) return;
    const panels = readsUnpacked("training", n) ? 0 : (this.#panelsBackward?.offset ?? 0);
    samples.add("dense_backward_data", "batch", n, dz, kernel.offset, panels, dx, inputs, units);
  }
}
