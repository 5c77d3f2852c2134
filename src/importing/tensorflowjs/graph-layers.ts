/**
 * TensorFlow's operations that have weights.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import { sizeOf } from "../../layers/shape.ts";
import type { Ref } from "../draft.ts";
import { arrayAt, tensorAt, windows } from "./graph-inputs.ts";
import type { Placed } from "./placed-node.ts";
import type { WeightArray } from "./weights.ts";

/** Activations that fused operations end in. */
const FUSED: Readonly<Record<string, readonly [type: string, options?: Readonly<Record<string, Json>>]>> = {
  Relu: ["relu"],
  Relu6: ["relu", { maxValue: 6 }],
  Elu: ["elu"],
  Sigmoid: ["sigmoid"],
  Tanh: ["tanh"],
  LeakyRelu: ["leakyRelu"],
};

/** The bias of an operation that may be fused with it, or stand before an addition. */
function biasOf(placed: Placed, channels: number): { readonly bias?: WeightArray; readonly source: string } {
  const fused = placed.node.texts("fused_ops");
  if (fused[0] === "BiasAdd") return { bias: arrayAt(placed, 2), source: placed.node.inputs[2] };
  if (fused.length > 0) throw placed.node.wrong("fused_ops that begin with BiasAdd", fused);
  const bias = placed.biasBehind(channels);
  return { ...(bias !== undefined && { bias }), source: `${placed.node.name}, bias` };
}

/** Adds a layer with kernel and bias, and the activation that is fused with it. */
function withKernel(
  placed: Placed,
  type: string,
  options: Readonly<Record<string, Json>>,
  ref: Ref,
  kernel: { readonly array: WeightArray; readonly values?: Float32Array; readonly channels: number },
): Ref {
  const { node, draft } = placed;
  const { bias, source } = biasOf(placed, kernel.channels);
  const { output, name, parameters } = draft.add(type, placed.name, { ...options, useBias: bias !== undefined }, [ref]);
  for (const spec of parameters) {
    const size = sizeOf(spec.shape);
    const array = spec.name === "bias" ? bias : kernel.array;
    if (array === undefined || array.values.length !== size)
      throw node.wrong(`${size} numbers as ${spec.name}`, array?.shape);
    if (spec.name === "bias") placed.take(`${name}/bias`, array, source);
    else placed.take(`${name}/kernel`, array, node.inputs[1], kernel.values ?? array.values);
  }
  const last = node.texts("fused_ops")[1];
  if (last === undefined) return output;
  if (!Object.hasOwn(FUSED, last)) throw node.wrong(`a fused activation of ${Object.keys(FUSED).join(", ")}`, last);
  const [activation, own = last === "LeakyRelu" ? { negativeSlope: node.number("leakyrelu_alpha", 0.2) } : {}] =
    FUSED[last];
  return draft.add(activation, `${placed.name}_activation`, own, [output]).output;
}

/** Extents of a kernel of four axes. */
function kernelShape(placed: Placed, { shape }: WeightArray): readonly number[] {
  if (shape.length !== 4 || shape.some((extent) => extent < 1)) throw placed.node.wrong("a kernel of four axes", shape);
  return shape;
}

export function convolution(placed: Placed): Ref {
  const array = arrayAt(placed, 1);
  const [rows, columns, inputs, filters] = kernelShape(placed, array);
  const ref = tensorAt(placed, 0);
  const groups = (ref.tensor.shape[2] ?? 0) / inputs;
  const options = { filters, kernelSize: [rows, columns], groups, ...windows(placed) };
  return withKernel(placed, "conv2d", options, ref, { array, channels: filters });
}

export function depthwiseConvolution(placed: Placed): Ref {
  const array = arrayAt(placed, 1);
  const [rows, columns, channels, multiplier] = kernelShape(placed, array);
  const options = { kernelSize: [rows, columns], depthMultiplier: multiplier, ...windows(placed) };
  return withKernel(placed, "depthwiseConv2d", options, tensorAt(placed, 0), {
    array,
    channels: channels * multiplier,
  });
}

/** The gradient of a convolution: its output's shape, the kernel [rows, columns, outputs, inputs], the images. */
export function transposedConvolution(placed: Placed): Ref {
  const array = arrayAt(placed, 1);
  const [rows, columns, filters] = kernelShape(placed, array);
  const ref = tensorAt(placed, 2);
  const options = { filters, kernelSize: [rows, columns], ...windows(placed) };
  const output = withKernel(placed, "conv2dTranspose", options, ref, { array, channels: filters });
  const wanted = [...arrayAt(placed, 0).values].slice(1, 3);
  const { shape } = output.tensor;
  if (wanted.join() !== shape.slice(0, 2).join())
    throw placed.node.wrong(`an output of ${shape[0]} x ${shape[1]}`, wanted);
  return output;
}

export function denseLayer(placed: Placed): Ref {
  const { node } = placed;
  const array = arrayAt(placed, 1);
  const isTransposed = node.flag("transpose_b");
  const [rows, columns] = array.shape;
  if (array.shape.length !== 2 || node.flag("transpose_a")) throw node.wrong("images times a matrix", array.shape);
  const [inputs, units] = isTransposed ? [columns, rows] : [rows, columns];
  const turned = () => array.values.map((_, i) => array.values[(i % units) * inputs + Math.floor(i / units)]);
  const kernel = { array, channels: units, ...(isTransposed && { values: turned() }) };
  return withKernel(placed, "dense", { units }, tensorAt(placed, 0), kernel);
}

/** Normalisation by running statistics: scale, offset, mean, variance. */
export function normalization(placed: Placed): Ref {
  const { node, draft } = placed;
  if (node.flag("is_training")) throw node.wrong("is_training of false", true);
  const epsilon = node.number("epsilon", 1e-3);
  const { output, name, parameters } = draft.add("batchNormalization", placed.name, { epsilon }, [tensorAt(placed, 0)]);
  for (const [i, spec] of parameters.entries()) {
    const array = arrayAt(placed, i + 1);
    if (array.values.length !== spec.shape[0])
      throw node.wrong(`${spec.shape[0]} numbers as ${spec.name}`, array.shape);
    placed.take(`${name}/${spec.name}`, array, node.inputs[i + 1]);
  }
  return output;
}
