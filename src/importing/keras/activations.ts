/**
 * Keras' activations as layers here.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { isRecord, type Json } from "../../json.ts";
import { ACTIVATION_NAMES } from "../../layers/activation.ts";
import type { Draft, Ref } from "../draft.ts";

/** A layer without weights: its type and options. */
export type PlainLayer = readonly [type: string, options?: Readonly<Record<string, Json>>];

/** Layers in place of an activation, in their order, by its name in Keras. */
const ACTIVATIONS: Readonly<Record<string, readonly PlainLayer[]>> = {
  linear: [],
  relu: [["relu"]],
  relu6: [["relu", { maxValue: 6 }]],
  sigmoid: [["sigmoid"]],
  tanh: [["tanh"]],
  softmax: [["softmax"]],
  softplus: [["softplus"]],
  elu: [["elu"]],
  selu: [["selu"]],
  gelu: [["gelu"]],
  silu: [["silu"]],
  swish: [["silu"]],
  mish: [["mish"]],
  hard_silu: [["hardSwish"]],
  hard_swish: [["hardSwish"]],
  leaky_relu: [["leakyRelu", { negativeSlope: 0.2 }]],
  LeakyReLU: [["leakyRelu"]],
  ReLU: [["relu"]],
};

/** The hard sigmoid x / 6 + 0.5 of Keras 3 and of convasm, and that of earlier versions, 0.2 x + 0.5. */
const HARD_SIGMOID: readonly PlainLayer[] = [["hardSigmoid"]];
const OLD_HARD_SIGMOID: readonly PlainLayer[] = [["rescaling", { scale: 1.2 }], ["hardSigmoid"]];

/**
 * The layers that an activation is here.
 *
 * @param who the layer that has it, for messages
 * @param value its name, or a serialised function or layer
 * @throws RangeError naming it if there is none like it
 */
export function activationLayers(who: string, value: unknown, version: number): readonly PlainLayer[] {
  if (value === undefined || value === null) return [];
  const name = nameOf(value);
  if (name === "hard_sigmoid") return version < 3 ? OLD_HARD_SIGMOID : HARD_SIGMOID;
  const found = name !== undefined && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (found !== undefined) return found;
  const known = `an activation of ${Object.keys(ACTIVATIONS).join(", ")}, hard_sigmoid`;
  throw new InputRangeError(who, known, shown(name ?? value), "unsupported-file");
}

/** The name of an activation: `relu`, a function's, or of a layer without options. */
function nameOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!isRecord(value)) return undefined;
  if (typeof value.config === "string") return value.config;
  if (value.class_name === "ReLU" && isRecord(value.config) && value.config.max_value === 6) return "relu6";
  return undefined;
}

/** The `activation` option that stands for some layers; undefined if it cannot express them. */
export function activationOption(layers: readonly PlainLayer[]): string | undefined {
  const [first, ...others] = layers;
  if (first === undefined) return "linear";
  const [type, options] = first;
  const isNamed = ACTIVATION_NAMES.some((name) => name === type);
  return isNamed && options === undefined && others.length === 0 ? type : undefined;
}

/** Puts layers without weights behind a tensor. */
export function addPlain(draft: Draft, name: string, layers: readonly PlainLayer[], ref: Ref): Ref {
  return layers.reduce((before, [type, options = {}]) => draft.add(type, name, options, [before]).output, ref);
}
