import { activationRows } from "../engine/operands/extra/activations.ts";
import { InputRangeError } from "../errors.ts";
import { choice, number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { typesOf } from "../options/variants.ts";
import { elementwise } from "./elementwise.ts";
import { FURTHER_ACTIVATIONS } from "./further-activations.ts";
import type { Layer, LayerDefinition, LayerHeader } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { emitRelu, emitReluGradient, PLAIN_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";
import { SOFTMAX } from "./softmax.ts";

const negativeSlope = number({ minimum: 0, maximum: 1 });

const RELU_OPTIONS = {
  /** The largest output, such as 6 for ReLU6; where it is not given, there is none. */
  maxValue: { kind: number({ above: 0 }), optional: true },
  /** Factor on negative inputs. */
  negativeSlope: { kind: negativeSlope, default: 0 },
} as const satisfies OptionSchema;

/** Options of `relu`. */
export interface ReluOptions extends LayerOptions, OptionsOf<typeof RELU_OPTIONS> {}

const LEAKY_RELU_OPTIONS = {
  /** Factor on negative inputs. The default is that of Keras. */
  negativeSlope: { kind: negativeSlope, default: 0.3 },
} as const satisfies OptionSchema;

/** Options of `leakyRelu`. */
export interface LeakyReluOptions extends LayerOptions, OptionsOf<typeof LEAKY_RELU_OPTIONS> {}

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
  return RELU.create(options);
}

/** The type of `relu` layers. */
export const RELU = layerType("relu", RELU_OPTIONS, ({ maxValue, negativeSlope: slope }, header, who) => {
  if (maxValue === undefined) return rectifying(header, { ...PLAIN_RELU, slope });
  // As float32, since outputs are compared with it.
  const upper = Math.fround(maxValue);
  if (upper === 0) throw new InputRangeError(who, "maxValue to be above 0 in float32", `${maxValue}`);
  return rectifying(header, { upper, slope });
});

/**
 * x, or `negativeSlope` x where x is negative (Maas et al., 2013); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * leakyRelu({ negativeSlope: 0.1 });
 */
export function leakyRelu(options: LeakyReluOptions = {}): Layer {
  return LEAKY_RELU.create(options);
}

/** The type of `leakyRelu` layers. */
export const LEAKY_RELU = layerType("leakyRelu", LEAKY_RELU_OPTIONS, ({ negativeSlope: slope }, header) =>
  rectifying(header, { ...PLAIN_RELU, slope }),
);

function rectifying(header: LayerHeader, rectifier: Rectifier): LayerDefinition {
  const layer = elementwise(header, {
    forward: (tape, n, x, y, size) => emitRelu(tape, n, x, y, size, rectifier),
    backward: (tape, n, places, size) => emitReluGradient(tape, n, places, size, rectifier),
  });
  return { ...layer, rectifier, ...stopsAtZero(rectifier) };
}

/**
 * 1 / (1 + e^-x), any shape.
 *
 * As a model's last layer it is folded into the loss `sigmoidBinaryCrossEntropy`, which works on the sums before it: nothing is
 * lost where probabilities round to 0 or 1. `predict` and `activations` give probabilities as without the loss; without such a
 * last layer `predict` does so under that loss all the same. Under other losses it is a layer like any other.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * sigmoid();
 */
export function sigmoid(options: LayerOptions = {}): Layer {
  return SIGMOID.create(options);
}

/** The type of `sigmoid` layers. */
export const SIGMOID = layerType("sigmoid", {}, (_, header) =>
  elementwise(header, {
    forward: (tape, n, x, y, size) => tape.add("sigmoid_forward", "sample", n, x, y, size),
    backward: (tape, n, { y, dy, dx }, size) => tape.add("sigmoid_backward", "sample", n, y, dy, dx, size),
  }),
);

/**
 * Hyperbolic tangent, any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * tanh();
 */
export function tanh(options: LayerOptions = {}): Layer {
  return TANH.create(options);
}

/** The type of `tanh` layers. */
export const TANH = layerType("tanh", {}, (_, header) =>
  elementwise(header, {
    kernels: activationRows,
    forward: (tape, n, x, y, size) => tape.add("tanh_forward", "sample", n, x, y, size),
    backward: (tape, n, { y, dy, dx }, size) => tape.add("tanh_backward", "sample", n, y, dy, dx, size),
  }),
);

/** Layers that other layers can name as their activation. */
export const ACTIVATIONS = {
  relu: RELU,
  leakyRelu: LEAKY_RELU,
  sigmoid: SIGMOID,
  tanh: TANH,
  softmax: SOFTMAX,
  ...FURTHER_ACTIVATIONS,
};

/** Values of a layer's `activation` option; `linear` is none. */
export type ActivationName = "linear" | keyof typeof ACTIVATIONS;

/** Names of activations. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ["linear", ...typesOf(ACTIVATIONS)];

/** The `activation` option of a layer. */
export function activation() {
  return choice(ACTIVATION_NAMES);
}

/** The layer that a name means, or undefined for `linear`. */
export function activationLayer(name: ActivationName): Layer | undefined {
  return name === "linear" ? undefined : ACTIVATIONS[name].create({});
}
