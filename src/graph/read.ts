import { shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { readElementwise } from "../layers/activation.ts";
import { readAdd } from "../layers/add.ts";
import { readAverage } from "../layers/average.ts";
import { readAveragePooling2d } from "../layers/average-pooling2d.ts";
import { readBatchNormalization } from "../layers/batch-normalization.ts";
import { readConcatenate } from "../layers/concatenate.ts";
import { readConv2d } from "../layers/conv2d.ts";
import { readDense } from "../layers/dense.ts";
import { readDepthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { readDropout } from "../layers/dropout.ts";
import { readFlatten } from "../layers/flatten.ts";
import { readGlobalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { readMaxPooling2d } from "../layers/max-pooling2d.ts";
import { readMaximum } from "../layers/maximum.ts";
import { readMultiply } from "../layers/multiply.ts";
import { OptionReader } from "../layers/options.ts";
import { readSoftmax } from "../layers/softmax.ts";
import { readSubtract } from "../layers/subtract.ts";
import { residual } from "./residual.ts";

/** How each type of layer is made from the options in a file. */
const READERS: Readonly<Record<string, (options: object) => Layer>> = {
  add: readAdd,
  average: readAverage,
  averagePooling2d: readAveragePooling2d,
  batchNormalization: readBatchNormalization,
  concatenate: readConcatenate,
  conv2d: readConv2d,
  dense: readDense,
  depthwiseConv2d: readDepthwiseConv2d,
  dropout: readDropout,
  flatten: readFlatten,
  gelu: (options) => readElementwise("gelu", options),
  globalAveragePooling2d: readGlobalAveragePooling2d,
  leakyRelu: (options) => readElementwise("leakyRelu", options),
  maxPooling2d: readMaxPooling2d,
  maximum: readMaximum,
  multiply: readMultiply,
  relu: (options) => readElementwise("relu", options),
  residual: (options) => readResidual(options, "", 0, { layers: 0, inputs: 0 }),
  sigmoid: (options) => readElementwise("sigmoid", options),
  softmax: readSoftmax,
  subtract: readSubtract,
  tanh: (options) => readElementwise("tanh", options),
};

/** The types of layers that files may hold. */
export const LAYER_TYPES: readonly string[] = Object.keys(READERS);

/** Residuals in residuals in residuals: nobody needs more, and a hostile file could nest without end. */
const MAX_DEPTH = 8;

/** Layers in one list, for the same reason. */
const MAX_LAYERS = 1000;

/** Layers in all lists together: each takes some kilobytes, and lists in lists multiply. */
const MAX_TOTAL = 10_000;

/** Names of inputs in all lists together: the largest networks that concatenate have some thousands. */
const MAX_INPUTS = 100_000;

/** The numbers of layers and of names of inputs that were read so far. */
interface Count {
  layers: number;
  inputs: number;
}

/**
 * Layers from parsed JSON: a list of objects with a `type` and that layer's options.
 *
 * @throws TypeError, RangeError naming the place, what was expected and what was there
 * @example
 * readLayers([{ type: "flatten" }, { type: "dense", units: 10 }], "layers");
 */
export function readLayers(description: unknown, who: string): Layer[] {
  return readList(description, who, 0, { layers: 0, inputs: 0 });
}

function readList(description: unknown, who: string, depth: number, count: Count): Layer[] {
  if (!Array.isArray(description)) throw new TypeError(`${who}: expected a list of layers, got ${kindOf(description)}`);
  if (depth > MAX_DEPTH) throw new RangeError(`${who}: expected at most ${MAX_DEPTH} nested residuals, got more`);
  if (description.length > MAX_LAYERS) {
    throw new RangeError(`${who}: expected at most ${MAX_LAYERS} layers, got ${description.length}`);
  }
  count.layers += description.length;
  if (count.layers > MAX_TOTAL) throw new RangeError(`${who}: expected at most ${MAX_TOTAL} layers in all, got more`);
  return description.map((item: unknown, index) => {
    const place = `${who}[${index}]`;
    if (!isRecord(item)) throw new TypeError(`${place}: expected an object with a type, got ${kindOf(item)}`);
    const { type } = item;
    if (typeof type !== "string" || !Object.hasOwn(READERS, type)) {
      const known = Object.keys(READERS).join(", ");
      throw new TypeError(`${place}: expected type to be one of ${known}, got ${shown(type)}`);
    }
    count.inputs += Array.isArray(item.inputs) ? item.inputs.length : 1;
    if (count.inputs > MAX_INPUTS)
      throw new RangeError(`${place}: expected at most ${MAX_INPUTS} inputs in all, got more`);
    return type === "residual" ? readResidual(item, `${place}.`, depth, count) : READERS[type](item);
  });
}

function readResidual(options: object, who: string, depth: number, count: Count): Layer {
  const { type: _, layers, shortcut, ...rest }: Record<string, unknown> = { ...options };
  const { config } = new OptionReader("residual", { ...rest, layers: [], shortcut: [] }, ["layers", "shortcut"]);
  const { name, inputs, trainable } = config;
  return residual(readList(layers, `${who}layers`, depth + 1, count), {
    ...(name !== undefined && { name }),
    ...(inputs !== undefined && { inputs }),
    ...(trainable !== undefined && { trainable }),
    ...(shortcut !== undefined && { shortcut: readList(shortcut, `${who}shortcut`, depth + 1, count) }),
  });
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
