import { readLayers } from "convasm";
import { describeOptions, type OptionDescription, optionTypes } from "convasm/options";
import type { FieldSpec } from "../ui/fields.ts";
import { optionFields } from "../ui/option-fields.ts";
import type { LayerConfig } from "./draft.ts";

/** Types of layers that can be added. */
export const LAYER_TYPES = optionTypes("layer");

/** The fields of a layer, its name last. Its inputs and the layers of a block have controls of their own. */
export function layerFields(type: string): readonly FieldSpec[] {
  const own = describeOptions("layer", type)
    .filter(({ key, field }) => field !== "layers" && key !== "inputs" && key !== "name")
    .map(({ key }) => key);
  return optionFields("layer", type, [...own, "name"]);
}

/** True if layers of a type merge several inputs, as the library says; those that do need no options. */
export function merges(type: string): boolean {
  try {
    const [{ arity = [1, 1] }] = readLayers([{ type }], "layer");
    return arity[1] > 1;
  } catch {
    return false;
  }
}

/** Options that new layers begin with, where the library requires some or its defaults are rarely wanted. */
const NEW_LAYERS: Readonly<Record<string, Omit<LayerConfig, "type">>> = {
  conv2d: { filters: 16, kernelSize: 3, activation: "relu" },
  conv2dTranspose: { filters: 16, kernelSize: 4, strides: 2, padding: "same" },
  depthwiseConv2d: { kernelSize: 3 },
  separableConv2d: { filters: 16, kernelSize: 3, padding: "same" },
  dense: { units: 64, activation: "relu" },
  dropout: { rate: 0.25 },
  reshape: { targetShape: [-1] },
  permute: { dims: [2, 1, 3] },
  residual: { layers: [{ type: "relu" }] },
};

/** A new layer of a type. */
export function newLayer(type: string): LayerConfig {
  const required = describeOptions("layer", type).filter(({ isRequired }) => isRequired);
  return {
    ...Object.fromEntries(required.map((option) => [option.key, leastValue(option)])),
    ...NEW_LAYERS[type],
    type,
  };
}

/** The least that a required option may be. */
function leastValue({ rule, choices }: OptionDescription): number | string {
  return choices?.[0] ?? rule?.minimum ?? 1;
}

/** The main options of a layer, in a few words. */
export function layerHint(config: LayerConfig): string {
  const { type, filters, kernelSize, units, poolSize = 2, rate, strides: step, padding: around, layers } = config;
  const words: string[] = [];
  if (filters !== undefined) words.push(String(filters));
  if (kernelSize !== undefined) words.push(pair(kernelSize));
  if (units !== undefined) words.push(String(units));
  if (/^(max|average)Pooling2d$/.test(type)) words.push(pair(poolSize));
  if (rate !== undefined) words.push(String(rate));
  if (step !== undefined && step !== 1) words.push(`stride ${Array.isArray(step) ? step.join(" × ") : String(step)}`);
  if (typeof around === "number" && around > 0) words.push(`pad ${around}`);
  if (typeof around === "string" && around !== "valid") words.push(around);
  if (typeof config.activation === "string" && config.activation !== "linear") words.push(config.activation);
  if (Array.isArray(layers)) words.push(`${layers.length} layers`);
  return words.join(" · ");
}

function pair(value: LayerConfig[string]): string {
  return Array.isArray(value) ? value.join(" × ") : `${String(value)} × ${String(value)}`;
}
