/**
 * Our activations as Keras' layers.
 *
 * @module
 */

import { LEAKY_RELU, RELU } from "../../layers/activation.ts";
import { ELU, GELU } from "../../layers/smooth-activation.ts";
import { addHelper, addLayer, type Convert, type Given, optionsOf } from "./given.ts";
import type { KerasLayer } from "./keras-network.ts";

/** Names, in Keras 3 and TensorFlow.js, of the activations that both have. */
const NAMES: Readonly<Record<string, string>> = {
  relu: "relu",
  sigmoid: "sigmoid",
  tanh: "tanh",
  softmax: "softmax",
  softplus: "softplus",
  elu: "elu",
  selu: "selu",
  gelu: "gelu",
  mish: "mish",
};

/** Names of the activations that only Keras 3 has, or that it calls otherwise than TensorFlow.js. */
const KERAS_NAMES: Readonly<Record<string, string>> = {
  silu: "silu",
  hardSigmoid: "hard_sigmoid",
  hardSwish: "hard_silu",
};

/** Options that leave an activation as its name alone has it. */
const HARMLESS: Readonly<Record<string, unknown>> = { negativeSlope: 0, alpha: 1, approximate: false };

/** The name that an activation has in Keras; undefined where it takes a layer of its own, or several. */
export function activationName({ node: { layer }, dialect }: Given): string | undefined {
  const { type, config } = layer;
  const { name: _, inputs: __, trainable: ___, type: ____, ...options } = config;
  if (Object.entries(options).some(([key, value]) => !Object.is(HARMLESS[key], value))) return undefined;
  if (Object.hasOwn(NAMES, type)) return NAMES[type];
  if (dialect === "TensorFlow.js") return type === "silu" ? "swish" : undefined;
  return Object.hasOwn(KERAS_NAMES, type) ? KERAS_NAMES[type] : undefined;
}

/** An activation that has a name. */
const named: Convert = (given) => addLayer(given, "Activation", { activation: activationName(given) ?? "linear" });

/** The key of a slope below zero. */
const slopeKey = ({ dialect }: Given) => (dialect === "Keras" ? "negative_slope" : "alpha");

const leakyRelu: Convert = (given) =>
  addLayer(given, "LeakyReLU", { [slopeKey(given)]: optionsOf(given, LEAKY_RELU).negativeSlope });

const relu: Convert = (given) => {
  const { maxValue, negativeSlope } = optionsOf(given, RELU);
  if (maxValue === undefined) {
    return negativeSlope === 0 ? named(given) : addLayer(given, "LeakyReLU", { [slopeKey(given)]: negativeSlope });
  }
  if (negativeSlope === 0) return addLayer(given, "ReLU", { max_value: maxValue });
  if (given.dialect === "Keras") {
    return addLayer(given, "ReLU", { max_value: maxValue, negative_slope: negativeSlope });
  }
  // At most m is m less what is missing to it, where that is above zero.
  const leaky = addLayer(given, "LeakyReLU", { alpha: negativeSlope });
  const missing = addHelper(given, "Rescaling", "below", { scale: -1, offset: maxValue }, [leaky]);
  const positive = addHelper(given, "Activation", "bounded", { activation: "relu" }, [missing]);
  return addHelper(given, "Rescaling", "back", { scale: -1, offset: maxValue }, [positive]);
};

const elu: Convert = (given) => {
  const { alpha } = optionsOf(given, ELU);
  return alpha === 1 ? named(given) : addLayer(given, "ELU", { alpha });
};

/** Keras 2's hard sigmoid is 0.2 x + 0.5, ours and that of Keras 3 x / 6 + 0.5. */
const OLD_SLOPE = 1 / 6 / 0.2;

function oldHardSigmoid(given: Given, isLast: boolean): KerasLayer {
  const scaled = addHelper(given, "Rescaling", "scaled", { scale: OLD_SLOPE, offset: 0 }, given.inputs);
  const config = { activation: "hard_sigmoid" };
  return isLast
    ? addLayer(given, "Activation", config, { inputs: [scaled] })
    : addHelper(given, "Activation", "gate", config, [scaled]);
}

const hardSigmoid: Convert = (given) => (given.dialect === "Keras" ? named(given) : oldHardSigmoid(given, true));

const hardSwish: Convert = (given) => {
  if (given.dialect === "Keras") return named(given);
  return addLayer(given, "Multiply", {}, { inputs: [...given.inputs, oldHardSigmoid(given, false)] });
};

/** x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), which Keras has no layer for. */
const gelu: Convert = (given) => {
  if (!optionsOf(given, GELU).approximate) return named(given);
  const [x] = given.inputs;
  // A copy, as TensorFlow.js frees what stands twice among the inputs of a layer.
  const copy = addHelper(given, "Rescaling", "copy", { scale: 1, offset: 0 }, [x]);
  const square = addHelper(given, "Multiply", "square", {}, [x, copy]);
  const cube = addHelper(given, "Multiply", "cube", {}, [square, x]);
  const part = addHelper(given, "Rescaling", "part", { scale: 0.044715, offset: 0 }, [cube]);
  const sum = addHelper(given, "Add", "sum", {}, [x, part]);
  const scaled = addHelper(given, "Rescaling", "scaled", { scale: Math.sqrt(2 / Math.PI), offset: 0 }, [sum]);
  const tanh = addHelper(given, "Activation", "tanh", { activation: "tanh" }, [scaled]);
  const gate = addHelper(given, "Rescaling", "gate", { scale: 0.5, offset: 0.5 }, [tanh]);
  return addLayer(given, "Multiply", {}, { inputs: [x, gate] });
};

/** Activations by our names. */
export const ACTIVATION_LAYERS: Readonly<Record<string, Convert>> = {
  relu,
  leakyRelu,
  sigmoid: named,
  tanh: named,
  softmax: named,
  softplus: named,
  elu,
  selu: named,
  gelu,
  mish: named,
  silu: named,
  hardSigmoid,
  hardSwish,
};
