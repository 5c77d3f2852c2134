import { choice } from "../options/kinds.ts";
import { typesOf } from "../options/variants.ts";
import { GELU, LEAKY_RELU, RELU, SIGMOID, TANH } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { SOFTMAX } from "./softmax.ts";

/** Layers that other layers can name as their activation. */
const ACTIVATIONS = { relu: RELU, leakyRelu: LEAKY_RELU, sigmoid: SIGMOID, tanh: TANH, gelu: GELU, softmax: SOFTMAX };

/** What the `activation` option of a layer takes. */
export type ActivationName = "linear" | keyof typeof ACTIVATIONS;

/** Names of activations; `linear` is none. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ["linear", ...typesOf(ACTIVATIONS)];

/** The name of an activation. */
export function activation() {
  return choice(ACTIVATION_NAMES);
}

/** The layer that a name means, or undefined for `linear`. */
export function activationLayer(name: ActivationName): Layer | undefined {
  return name === "linear" ? undefined : ACTIVATIONS[name].create({});
}
