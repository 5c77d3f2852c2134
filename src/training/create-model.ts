import { Architecture } from "../model/architecture.ts";
import { type ArchitectureOptions, FUNCTIONAL_FORM, LIST_FORM } from "../model/forms.ts";
import { readFields } from "../options/objects.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { COMPILE_OPTIONS } from "./compile-options.ts";
import { FIT_OPTIONS } from "./fit-options.ts";
import { Model } from "./model.ts";
import { SEED } from "./model-settings.ts";

/** The options of `createModel` besides its network. */
export const MODEL_OPTIONS = {
  /** Seed of everything random: initial weights, order of the data, dropout, augmentation. */
  seed: { kind: SEED, default: 0 },
} as const satisfies OptionSchema;

const KEYS = Object.keys({ ...LIST_FORM, ...FUNCTIONAL_FORM, ...MODEL_OPTIONS });

/** Options of `createModel`: a network as a list of layers, or in functional form; and a seed. */
export type ModelOptions = ArchitectureOptions & OptionsOf<typeof MODEL_OPTIONS>;

/**
 * Makes a model: checks that layers and shapes fit. `compile` gives it memory and weights.
 *
 * A network is a list of layers, each of which takes the output of the one before it, or of those that its `inputs` name; or, as in
 * Keras, what layers are applied to, from `input()` to `outputs`. Both make the same model and the same file.
 *
 * @throws TypeError, RangeError naming the layer where something does not fit
 * @example
 * const model = createModel({
 *   input: { shape: [28, 28, 1], scale: 1 / 255 },
 *   layers: [conv2d({ filters: 8, kernelSize: 3, activation: "relu" }), flatten(), dense({ units: 10 })],
 * });
 * @example
 * const x = input({ shape: [28, 28, 1], scale: 1 / 255 });
 * const left = conv2d({ filters: 8, kernelSize: 3, padding: "same" }).apply(x);
 * const right = conv2d({ filters: 8, kernelSize: 5, padding: "same" }).apply(x);
 * const sum = relu().apply(add().apply([left, right]));
 * const model = createModel({ inputs: x, outputs: dense({ units: 10 }).apply(flatten().apply(sum)) });
 */
export function createModel(options: ModelOptions): Model {
  const { architecture, seed } = readModelOptions(options);
  return new Model(architecture, seed);
}

/** Reads a model's architecture and seed from the options of `createModel`. */
export function readModelOptions(options: ModelOptions) {
  readFields("createModel", options, KEYS, { compile: COMPILE_OPTIONS, fit: FIT_OPTIONS });
  const { seed: given, ...form } = options;
  const { seed } = readOptions("createModel", MODEL_OPTIONS, { seed: given });
  return { architecture: new Architecture(form), seed };
}
