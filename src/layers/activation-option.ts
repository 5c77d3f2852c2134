import { choice } from "../options/kinds.ts";
import { GELU, LEAKY_RELU, RELU, SIGMOID, TANH } from "./activation.ts";
import type { Layer } from "./layer.ts";
import type { LayerType } from "./layer-type.ts";
import { SOFTMAX } from "./softmax.ts";

/** Layers that other layers can name as their activation. */
const ACTIVATIONS = [RELU, LEAKY_RELU, SIGMOID, TANH, GELU, SOFTMAX] as const;

/** What the `activation` option of a layer takes. */
export type ActivationName = "linear" | (typeof ACTIVATIONS)[number]["type"];

/** Names of activations; `linear` is none. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ["linear", ...ACTIVATIONS.map(({ type }) => type)];

/** The name of an activation. */
export function activation() {
  return choice(ACTIVATION_NAMES);
}

/** The layer that a name means, or undefined for `linear`. */
export function activationLayer(name: ActivationName): Layer | undefined {
  const found: LayerType | undefined = ACTIVATIONS.find(({ type }) => type === name);
  return found?.create({});
}
