/**
 * Weights as the options `half` and `int8` make them: fewer bits each.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { halvesOf, MAX_HALF } from "../formats/half-floats.ts";
import { tensorFloats } from "../formats/tensor-floats.ts";
import type { Node, NodeParameter } from "../graph/graph.ts";
import { sizeOf } from "../layers/shape.ts";

/** The numbers that weights are kept in. */
export type Precision = "float32" | "float16" | "int8" | "uint8";

/** Whole numbers from 0 to 255, and what they stand for: each times the scale, plus the least value. */
export interface Steps {
  readonly values: Uint8Array;
  readonly scale: number;
  readonly min: number;
}

/** Whole numbers from -127 to 127, and what they stand for: each times the scale of its output channel. */
export interface WholeNumbers {
  readonly values: Int8Array;
  /** A factor for each place along the axis. */
  readonly scales: Float32Array;
  /** The axis of output channels in our order of axes. */
  readonly axis: number;
}

/** A weight to write. */
export interface ExportedWeight extends NodeParameter {
  /** Values of the weight, rounded to what the files can hold. */
  readonly data: Float32Array;
  /** The whole numbers that make up `data`; undefined for weights that are kept as floats. */
  readonly whole?: WholeNumbers;
  /** Steps of one size that make up `data`, in formats that know no others. */
  readonly steps?: Steps;
}

/** A weight with its values rounded to a precision: of whole numbers kernels alone, as all else is small. */
export function roundedWeight(
  node: Node,
  parameter: NodeParameter,
  data: Float32Array,
  precision: Precision,
): ExportedWeight {
  if (precision === "float16") return { ...parameter, data: halfFloats(parameter.name, data) };
  if (precision === "float32" || parameter.role !== "kernel") return { ...parameter, data };
  if (precision === "uint8") return inSteps(parameter, data);
  // The kernel of a transposed convolution is that of the convolution that it turns round.
  const axis = node.layer.type === "conv2dTranspose" ? 2 : parameter.shape.length - 1;
  const inner = sizeOf(parameter.shape.slice(axis + 1));
  const channels = parameter.shape[axis];
  const channelOf = (index: number) => Math.floor(index / inner) % channels;
  const scales = new Float32Array(channels);
  for (let i = 0; i < data.length; i++) {
    const channel = channelOf(i);
    scales[channel] = Math.max(scales[channel], Math.abs(data[i]));
  }
  for (let c = 0; c < channels; c++) scales[c] = scales[c] / 127 || 1;
  const values = Int8Array.from(data, (value, i) => Math.round(value / scales[channelOf(i)]));
  return {
    ...parameter,
    data: Float32Array.from(values, (value, i) => value * scales[channelOf(i)]),
    whole: { values, scales, axis },
  };
}

/** A weight in 255 steps from its least to its largest value. */
function inSteps(parameter: NodeParameter, data: Float32Array): ExportedWeight {
  let [min, max] = [data[0], data[0]];
  for (const value of data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const scale = (max - min) / 255 || 1;
  const values = Uint8Array.from(data, (value) => Math.round((value - min) / scale));
  return {
    ...parameter,
    data: Float32Array.from(values, (value) => value * scale + min),
    steps: { values, scale, min },
  };
}

function halfFloats(name: string, data: Float32Array): Float32Array {
  const at = data.findIndex((value) => Math.abs(value) >= MAX_HALF + 16);
  if (at >= 0) {
    const wanted = `weights "${name}" of at most ${MAX_HALF}, the largest number of half precision`;
    throw new InputRangeError("exportModel", wanted, `${data[at]} at index ${at}`, "out-of-range");
  }
  return tensorFloats(name, "F16", new Uint8Array(halvesOf(data).buffer));
}
