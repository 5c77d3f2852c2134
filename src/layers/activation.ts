import type { KernelName } from "../engine/kernels.ts";
import type { Tape } from "../engine/tape.ts";
import { shown } from "../errors.ts";
import {
  type BackwardPlaces,
  type BackwardTapes,
  defineLayer,
  type ForwardPlaces,
  type Layer,
  type PlacedLayer,
  sizeOf,
} from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";
import { emitRelu, emitReluGradient, NO_RELU, PLAIN_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";
import { readSoftmax } from "./softmax.ts";

/** What the `activation` option of a layer takes. */
export type ActivationName = "linear" | "relu" | "leakyRelu" | "sigmoid" | "tanh" | "gelu" | "softmax";

/** The layers here: each is one forward and one backward kernel over all elements. */
type ElementwiseName = Exclude<ActivationName, "linear" | "softmax">;

/** Whether the derivative is a function of the output (else of the input). */
const FROM_OUTPUT: Record<ElementwiseName, boolean> = {
  relu: true,
  leakyRelu: true,
  sigmoid: true,
  tanh: true,
  gelu: false,
};

export interface ReluOptions extends LayerOptions {
  /** The largest output, above 0: 6 for ReLU6. Default: none. */
  maxValue?: number;
  /** Factor on negative inputs, 0 to 1. Default 0. */
  negativeSlope?: number;
}

export interface LeakyReluOptions extends LayerOptions {
  /** Factor on negative inputs. Default 0.3, as in Keras. */
  negativeSlope?: number;
}

export interface GeluOptions extends LayerOptions {
  /** The form by tanh, x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, as in Keras and PyTorch's "tanh". Default false. */
  approximate?: boolean;
}

/**
 * max(x, 0), any shape; at most `maxValue`, and `negativeSlope` x where x is negative (Keras' ReLU).
 *
 * Where the output is at `maxValue` there is no gradient, and where it is 0 that of negative inputs, as in PyTorch.
 *
 * @throws RangeError for a `maxValue` that is not above 0, or a `negativeSlope` outside 0 to 1
 * @example
 * relu({ maxValue: 6 });
 */
export function relu(options: ReluOptions = {}): Layer {
  return readElementwise("relu", options);
}

/**
 * x, or `negativeSlope` x where x is negative (Maas et al., 2013); any shape.
 *
 * @example
 * leakyRelu({ negativeSlope: 0.1 });
 */
export function leakyRelu(options: LeakyReluOptions = {}): Layer {
  return readElementwise("leakyRelu", options);
}

/**
 * 1 / (1 + e^-x), any shape.
 *
 * As a model's last layer it is folded into the loss `sigmoidBinaryCrossEntropy`, which works on the sums before it: nothing is
 * lost where probabilities round to 0 or 1. `predict` and `activations` give probabilities as without the loss; without such a
 * last layer `predict` does so under that loss all the same. Under other losses it is a layer like any other.
 *
 * @example
 * sigmoid();
 */
export function sigmoid(options: LayerOptions = {}): Layer {
  return readElementwise("sigmoid", options);
}

/**
 * Hyperbolic tangent, any shape.
 *
 * @example
 * tanh();
 */
export function tanh(options: LayerOptions = {}): Layer {
  return readElementwise("tanh", options);
}

/**
 * x times the normal distribution function of x (Hendrycks & Gimpel, 2016); any shape. The exact form, as the option
 * `activation: "gelu"` of other layers has it, unless `approximate` asks for the other.
 *
 * @example
 * gelu({ approximate: true });
 */
export function gelu(options: GeluOptions = {}): Layer {
  return readElementwise("gelu", options);
}

/** The options that some have besides their name. */
const OPTIONS: Partial<Record<ElementwiseName, readonly string[]>> = {
  relu: ["maxValue", "negativeSlope"],
  leakyRelu: ["negativeSlope"],
  gelu: ["approximate"],
};

/** An activation layer from options of unknown origin. */
export function readElementwise(type: ElementwiseName, options: object): Layer {
  const reader = new OptionReader(type, options, OPTIONS[type] ?? []);
  const isRelu = type === "relu" || type === "leakyRelu";
  const rectifier = isRelu ? readRectifier(reader, type === "relu" ? 0 : 0.3) : NO_RELU;
  const approximate = type === "gelu" && reader.boolean("approximate", false);
  return defineLayer({
    type,
    config: reader.config,
    ...(isRelu && { rectifier, ...stopsAtZero(rectifier) }),
    outputShape: ([input]) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ output }) => new PlacedElementwise(sizeOf(output), type, rectifier, approximate),
  });
}

function readRectifier(reader: OptionReader, defaultSlope: number): Rectifier {
  const slope = reader.number("negativeSlope", 0, 1, defaultSlope);
  if ((reader.raw("maxValue") ?? null) === null) return { ...PLAIN_RELU, slope };
  const maxValue = reader.number("maxValue", 0, Number.MAX_VALUE, 0);
  // Outputs are held against it, so it has to be a number that they can be.
  const upper = Math.fround(maxValue);
  if (upper === 0) throw new RangeError(`${reader.who}: expected maxValue to be above 0, got ${maxValue}`);
  return { upper, slope };
}

/** The layer that an `activation` option names, or undefined for none. */
export function activationOption(reader: OptionReader): Layer | undefined {
  const name: unknown = reader.raw("activation") ?? "linear";
  switch (name) {
    case "linear":
      return undefined;
    case "softmax":
      return readSoftmax({});
    case "relu":
    case "leakyRelu":
    case "sigmoid":
    case "tanh":
    case "gelu":
      return readElementwise(name, {});
    default: {
      const names = ["linear", "softmax", ...Object.keys(FROM_OUTPUT)].join(", ");
      throw new TypeError(`${reader.who}: expected activation to be one of ${names}, got ${shown(name)}`);
    }
  }
}

class PlacedElementwise implements PlacedLayer {
  readonly #size: number;
  readonly #type: ElementwiseName;
  /** Of the ReLUs. */
  readonly #rectifier: Rectifier;
  /** Of GELU: 1 where it is approximate. */
  readonly #approximate: number;

  constructor(size: number, type: ElementwiseName, rectifier: Rectifier, approximate: boolean) {
    this.#size = size;
    this.#type = type;
    this.#rectifier = rectifier;
    this.#approximate = Number(approximate);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const type = this.#type;
    if (type === "relu" || type === "leakyRelu") {
      emitRelu(tape, n, x, y, this.#size, this.#rectifier);
    } else if (type === "gelu") {
      tape.add("gelu_forward", "sample", n, x, y, this.#size, this.#approximate);
    } else {
      tape.add(`${type}_forward` satisfies KernelName, "sample", n, x, y, this.#size);
    }
  }

  backward({ samples }: BackwardTapes, n: number, { x: [x], y, dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    const type = this.#type;
    const known = FROM_OUTPUT[type] ? y : x;
    if (type === "relu" || type === "leakyRelu") {
      emitReluGradient(samples, n, { y, dy, dx }, this.#size, this.#rectifier);
    } else if (type === "gelu") {
      samples.add("gelu_backward", "sample", n, known, dy, dx, this.#size, this.#approximate);
    } else {
      samples.add(`${type}_backward` satisfies KernelName, "sample", n, known, dy, dx, this.#size);
    }
  }
}
