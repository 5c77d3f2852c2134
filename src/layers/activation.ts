import type { KernelName } from "../engine/kernels.ts";
import type { Tape } from "../engine/tape.ts";
import { shown } from "../json-fields.ts";
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
import { readSoftmax } from "./softmax.ts";

/** What the `activation` option of a layer takes. */
export type ActivationName = "linear" | "relu" | "leakyRelu" | "sigmoid" | "tanh" | "gelu" | "softmax";

/** The layers here: each is one forward and one backward kernel over all elements. */
type ElementwiseName = Exclude<ActivationName, "linear" | "softmax">;

/** Whether the derivative is a function of the output (else of the input). */
const FROM_OUTPUT: Record<ElementwiseName, boolean> = {
  relu: true,
  leakyRelu: false,
  sigmoid: true,
  tanh: true,
  gelu: false,
};

/** Options of an activation layer. */
export type ActivationOptions = LayerOptions;

export interface LeakyReluOptions extends ActivationOptions {
  /** Factor on negative inputs. Default 0.3, as in Keras. */
  negativeSlope?: number;
}

export interface GeluOptions extends ActivationOptions {
  /** The form by tanh, x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, as in Keras and PyTorch's "tanh". Default false. */
  approximate?: boolean;
}

/**
 * max(x, 0), any shape.
 *
 * @example
 * relu();
 */
export function relu(options: ActivationOptions = {}): Layer {
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
export function sigmoid(options: ActivationOptions = {}): Layer {
  return readElementwise("sigmoid", options);
}

/**
 * Hyperbolic tangent, any shape.
 *
 * @example
 * tanh();
 */
export function tanh(options: ActivationOptions = {}): Layer {
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
  leakyRelu: ["negativeSlope"],
  gelu: ["approximate"],
};

/** An activation layer from options of unknown origin. */
export function readElementwise(type: ElementwiseName, options: object): Layer {
  const reader = new OptionReader(type, options, OPTIONS[type] ?? []);
  const option =
    type === "leakyRelu"
      ? reader.number("negativeSlope", 0, 1, 0.3)
      : Number(type === "gelu" && reader.boolean("approximate", false));
  return defineLayer({
    type,
    config: reader.config,
    ...(type === "relu" && { isRelu: true, stopsAtZero: "always" as const }),
    outputShape: ([input]) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ output }) => new PlacedElementwise(sizeOf(output), type, option),
  });
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
  readonly #type: ElementwiseName;
  /** The slope of leaky ReLU; for GELU 1 where it is approximate. */
  readonly #option: number;
  readonly #size: number;

  constructor(size: number, type: ElementwiseName, option: number) {
    this.#type = type;
    this.#option = option;
    this.#size = size;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    if (this.#type === "leakyRelu") {
      tape.add("leaky_relu_forward", "sample", n, x, y, this.#size, this.#option);
    } else if (this.#type === "gelu") {
      tape.add("gelu_forward", "sample", n, x, y, this.#size, this.#option);
    } else {
      tape.add(`${this.#type}_forward` satisfies KernelName, "sample", n, x, y, this.#size);
    }
  }

  backward({ samples }: BackwardTapes, n: number, { x: [x], y, dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    const known = FROM_OUTPUT[this.#type] ? y : x;
    if (this.#type === "leakyRelu") {
      samples.add("leaky_relu_backward", "sample", n, known, dy, dx, this.#size, this.#option);
    } else if (this.#type === "gelu") {
      samples.add("gelu_backward", "sample", n, known, dy, dx, this.#size, this.#option);
    } else {
      samples.add(`${this.#type}_backward` satisfies KernelName, "sample", n, known, dy, dx, this.#size);
    }
  }
}
