/**
 * The operations of TensorFlow that there are here.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import { sizeOf } from "../../layers/shape.ts";
import type { Ref } from "../draft.ts";
import { arrayAt, rowsAndColumns, tensorAt, windows } from "./graph-inputs.ts";
import { convolution, denseLayer, depthwiseConvolution, normalization, transposedConvolution } from "./graph-layers.ts";
import type { Placed } from "./placed-node.ts";

type Operation = (placed: Placed) => Ref;

/** Adds a layer without weights. */
export function plain(
  placed: Placed,
  type: string,
  options: Readonly<Record<string, Json>> = {},
  inputs = [tensorAt(placed, 0)],
): Ref {
  return placed.draft.add(type, placed.name, options, inputs).output;
}

function activation(type: string, options: Readonly<Record<string, Json>> = {}): Operation {
  return (placed) => plain(placed, type, options);
}

/** An operation of two inputs: of two tensors a layer, of one and a constant a factor or a summand. */
function binary(
  type: string,
  affine: (constant: number, isFirst: boolean) => readonly [scale: number, offset: number] | undefined,
): Operation {
  return (placed) => {
    const { node, inputs, draft, name } = placed;
    const [a, b] = inputs;
    if (a === undefined || b === undefined) throw node.wrong("two inputs", inputs.length);
    if ("ref" in a && "ref" in b) return plain(placed, type, {}, [a.ref, b.ref]);
    const isFirst = "array" in a;
    const { values } = arrayAt(placed, isFirst ? 0 : 1);
    const ref = tensorAt(placed, isFirst ? 1 : 0);
    const channels = ref.tensor.shape.at(-1);
    const pairs = Array.from(values, (value) => affine(value, isFirst));
    const known = pairs.flatMap((pair) => (pair === undefined ? [] : [pair]));
    if (known.length !== pairs.length) throw node.wrong("another tensor made of images", "a constant");
    if (values.length !== 1 && values.length !== channels) {
      throw node.wrong(`one number, or ${channels}, one for each channel`, `${values.length}`);
    }
    const [scale, offset] = [known.map(([factor]) => factor), known.map(([, summand]) => summand)];
    if (ref.pixels) {
      draft.scalePixels(scale, offset);
      return ref;
    }
    if (values.length === 1) return plain(placed, "rescaling", { scale: scale[0], offset: offset[0] }, [ref]);
    const scaling = draft.channelScaling(name, ref);
    scaling.set(scale, offset);
    return scaling.output;
  };
}

function pooling(type: string): Operation {
  return (placed) => {
    const { dilationRate: _, ...options } = windows(placed);
    return plain(placed, type, { poolSize: rowsAndColumns(placed, "ksize"), ...options });
  };
}

/** A mean or maximum over rows and columns. */
function reduction(type: string): Operation {
  return (placed) => {
    const { node, draft, name } = placed;
    const ref = tensorAt(placed, 0);
    const axes = [...arrayAt(placed, 1).values].map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
    if (ref.tensor.shape.length !== 3 || axes.join() !== "1,2")
      throw node.wrong("axes of rows and columns, 1 and 2", axes);
    const output = plain(placed, type, {}, [ref]);
    if (!node.flag("keep_dims")) return output;
    return draft.add("reshape", `${name}_keepdims`, { targetShape: [1, 1, ref.tensor.shape[2]] }, [output]).output;
  };
}

const reshape: Operation = (placed) => {
  const ref = tensorAt(placed, 0);
  const [, ...shape] = arrayAt(placed, 1).values;
  if (shape.join() === ref.tensor.shape.join()) return ref;
  const isFlat = shape.length === 1 && (shape[0] === -1 || shape[0] === sizeOf(ref.tensor.shape));
  return isFlat ? plain(placed, "flatten") : plain(placed, "reshape", { targetShape: shape });
};

const squeeze: Operation = (placed) => {
  const ref = tensorAt(placed, 0);
  const dims = placed.node
    .numbers("squeeze_dims")
    .map((axis) => (axis < 0 ? axis + ref.tensor.shape.length + 1 : axis));
  const rest = ref.tensor.shape.filter((_, i) => !dims.includes(i + 1));
  return plain(placed, "reshape", { targetShape: [...rest] });
};

const transpose: Operation = (placed) => {
  const [batch, ...dims] = arrayAt(placed, 1).values;
  if (batch !== 0) throw placed.node.wrong("the batch as the first axis", batch);
  return plain(placed, "permute", { dims });
};

const pad: Operation = (placed) => {
  const paddings = [...arrayAt(placed, 1).values];
  const isZero = placed.inputs.length < 3 || arrayAt(placed, 2).values[0] === 0;
  const others = [0, 1, 6, 7].some((i) => paddings[i] !== 0);
  if (paddings.length !== 8 || others || !isZero) throw placed.node.wrong("zeros around rows and columns", paddings);
  return plain(placed, "zeroPadding2d", { padding: [paddings.slice(2, 4), paddings.slice(4, 6)] });
};

const concatenate: Operation = (placed) => {
  const last = placed.inputs.length - 1;
  const refs = placed.inputs.slice(0, last).map((_, i) => tensorAt(placed, i));
  return plain(placed, "concatenate", { axis: arrayAt(placed, last).values[0] }, refs);
};

function resize(interpolation: string): Operation {
  return (placed) => {
    const { node } = placed;
    const ref = tensorAt(placed, 0);
    const size = [...arrayAt(placed, 1).values].map((extent, i) => extent / ref.tensor.shape[i]);
    if (size.length !== 2 || !size.every(Number.isInteger)) throw node.wrong("sizes that are multiples", size);
    const alignCorners = node.flag("align_corners");
    const isCentred = node.flag("half_pixel_centers") || interpolation === "nearest";
    if (alignCorners && interpolation === "nearest") throw node.wrong("nearest without align_corners", "with it");
    if (!isCentred && !alignCorners) throw node.wrong("half_pixel_centers or align_corners", "neither");
    return plain(placed, "upSampling2d", { size, interpolation, ...(alignCorners && { alignCorners }) });
  };
}

const prelu: Operation = (placed) => {
  const ref = tensorAt(placed, 0);
  const alpha = arrayAt(placed, 1);
  const { shape } = ref.tensor;
  const isShared = alpha.values.length === shape.at(-1) && shape.length === 3;
  const { output, name } = placed.draft.add("prelu", placed.name, isShared ? { sharedAxes: [1, 2] } : {}, [ref]);
  if (!isShared && alpha.values.length !== sizeOf(shape))
    throw placed.node.wrong("a factor of each channel, or number", alpha.shape);
  placed.take(`${name}/alpha`, alpha, placed.node.inputs[1]);
  return output;
};

const leakyRelu: Operation = (placed) =>
  plain(placed, "leakyRelu", { negativeSlope: placed.node.number("alpha", 0.2) });

/** Operations by TensorFlow's names. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwiseConvolution,
  FusedDepthwiseConv2dNative: depthwiseConvolution,
  Conv2DBackpropInput: transposedConvolution,
  MatMul: denseLayer,
  _FusedMatMul: denseLayer,
  FusedBatchNorm: normalization,
  FusedBatchNormV2: normalization,
  FusedBatchNormV3: normalization,
  BiasAdd: binary("add", (constant) => [1, constant]),
  Add: binary("add", (constant) => [1, constant]),
  AddV2: binary("add", (constant) => [1, constant]),
  Sub: binary("subtract", (constant, isFirst) => (isFirst ? [-1, constant] : [1, -constant])),
  Mul: binary("multiply", (constant) => [constant, 0]),
  RealDiv: binary("divide", (constant, isFirst) => (isFirst ? undefined : [1 / constant, 0])),
  Maximum: binary("maximum", () => undefined),
  Relu: activation("relu"),
  Relu6: activation("relu", { maxValue: 6 }),
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Elu: activation("elu"),
  Selu: activation("selu"),
  Sigmoid: activation("sigmoid"),
  Tanh: activation("tanh"),
  Softplus: activation("softplus"),
  Softmax: activation("softmax"),
  MaxPool: pooling("maxPooling2d"),
  AvgPool: pooling("averagePooling2d"),
  Mean: reduction("globalAveragePooling2d"),
  Max: reduction("globalMaxPooling2d"),
  Reshape: reshape,
  Squeeze: squeeze,
  Transpose: transpose,
  Pad: pad,
  PadV2: pad,
  ConcatV2: concatenate,
  ResizeBilinear: resize("bilinear"),
  ResizeNearestNeighbor: resize("nearest"),
};
