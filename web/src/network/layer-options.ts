// What the editor shows of each layer: the library's own options and defaults.

import { readLayers } from "convasm";
import type { FieldSpec } from "../ui/fields.ts";
import type { LayerConfig } from "./draft.ts";

const ACTIVATIONS = ["linear", "relu", "leakyRelu", "sigmoid", "tanh", "gelu", "softmax"];
const INITIALIZERS = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "zeros",
  "ones",
];

const activation: FieldSpec = {
  key: "activation",
  label: "Activation",
  kind: "choice",
  choices: ACTIVATIONS,
  fallback: "linear",
};
const useBias: FieldSpec = { key: "useBias", label: "Bias", kind: "flag", fallback: true };
const strides: FieldSpec = { key: "strides", label: "Strides", kind: "value", fallback: 1 };
const padding: FieldSpec = {
  key: "padding",
  label: "Padding",
  kind: "value",
  fallback: "valid",
  hint: "valid, same, a number, or height, width",
};
const name: FieldSpec = { key: "name", label: "Name", kind: "value" };
const kernelInitializer: FieldSpec = {
  key: "kernelInitializer",
  label: "Initial weights",
  kind: "choice",
  choices: INITIALIZERS,
  fallback: "glorotUniform",
};
const dilationRate: FieldSpec = { key: "dilationRate", label: "Dilation", kind: "value", fallback: 1 };
const window: readonly FieldSpec[] = [strides, padding, activation, kernelInitializer, dilationRate, useBias];
const kernelSize: FieldSpec = { key: "kernelSize", label: "Kernel size", kind: "value" };
const pooling: readonly FieldSpec[] = [
  { key: "poolSize", label: "Pool size", kind: "value", fallback: 2 },
  { key: "strides", label: "Strides", kind: "value", hint: "the pool size unless told" },
  padding,
  dilationRate,
  { key: "ceilMode", label: "Round sizes up", kind: "flag", fallback: false },
];

/** Options by type. Blocks have none of their own but a name: the editor shows their layers. */
export const LAYER_OPTIONS: Readonly<Record<string, readonly FieldSpec[]>> = {
  conv2d: [
    { key: "filters", label: "Filters", kind: "whole" },
    kernelSize,
    ...window,
    { key: "groups", label: "Groups", kind: "whole", fallback: 1 },
    name,
  ],
  depthwiseConv2d: [
    kernelSize,
    { key: "depthMultiplier", label: "Filters per channel", kind: "whole", fallback: 1 },
    ...window,
    name,
  ],
  dense: [{ key: "units", label: "Units", kind: "whole" }, activation, kernelInitializer, name, useBias],
  maxPooling2d: [...pooling, name],
  averagePooling2d: [
    ...pooling,
    { key: "countIncludePad", label: "Padding counts", kind: "flag", fallback: false },
    name,
  ],
  globalAveragePooling2d: [name],
  batchNormalization: [
    { key: "momentum", label: "Momentum", kind: "number", fallback: 0.99 },
    { key: "epsilon", label: "Epsilon", kind: "number", fallback: 1e-3 },
    name,
  ],
  dropout: [{ key: "rate", label: "Share dropped", kind: "number", step: 0.05 }, name],
  flatten: [{ key: "axis", label: "From axis", kind: "whole", fallback: 1 }, name],
  relu: [
    { key: "maxValue", label: "At most", kind: "number", hint: "6 for ReLU6" },
    { key: "negativeSlope", label: "Slope below zero", kind: "number", fallback: 0 },
    name,
  ],
  leakyRelu: [{ key: "negativeSlope", label: "Slope below zero", kind: "number", fallback: 0.3 }, name],
  sigmoid: [name],
  tanh: [name],
  gelu: [{ key: "approximate", label: "By tanh", kind: "flag", fallback: false }, name],
  softmax: [name],
  add: [name],
  subtract: [name],
  multiply: [name],
  average: [name],
  maximum: [name],
  concatenate: [{ key: "axis", label: "Axis", kind: "whole", fallback: -1 }, name],
  residual: [name],
};

/** Whether layers of a type merge several inputs, as the library says; those that do need no options. */
export function merges(type: string): boolean {
  try {
    const [{ arity = [1, 1] }] = readLayers([{ type }], "layer");
    return arity[1] > 1;
  } catch {
    return false;
  }
}

/** What a new layer of a type begins with. */
export function newLayer(type: string): LayerConfig {
  switch (type) {
    case "conv2d":
      return { type, filters: 16, kernelSize: 3, activation: "relu" };
    case "depthwiseConv2d":
      return { type, kernelSize: 3 };
    case "dense":
      return { type, units: 64, activation: "relu" };
    case "dropout":
      return { type, rate: 0.25 };
    case "residual":
      return { type, layers: [{ type: "relu" }] };
    default:
      return { type };
  }
}

/** What is particular about a layer, in a few words. */
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
