/**
 * Shape inference: the shapes of a node's outputs from those of its inputs, the batch being the first axis.
 *
 * @module
 */

import { sizeOf } from "../../layers/shape.ts";
import { broadcast } from "./constant.ts";
import type { OpNode } from "./op-node.ts";
import { imageAxes, padsOf, windowOutputs, windowsOf } from "./windows.ts";

type Dims = readonly number[];

/** Shape of the first output of an operator. */
type Infer = (node: OpNode) => Dims;

const same: Infer = (node) => node.input(0).dims;

const merged: Infer = (node) => {
  const shapes = node.inputs.flatMap((value) => (value === undefined ? [] : [value.dims]));
  const dims = broadcast(...shapes);
  if (dims !== undefined) return dims;
  throw node.damaged("shapes that fit", shapes.map((shape) => `[${shape}]`).join(" and "));
};

const pooled: Infer = (node) => {
  const [batch, channels] = node.input(0).dims;
  return [batch, channels, ...windowOutputs(node, windowsOf(node, 1))];
};

const globallyPooled: Infer = (node) => {
  const [batch, channels] = node.input(0).dims;
  return [batch, channels, ...imageAxes(node).map(() => 1)];
};

/** Operators of each element alone. */
export const ELEMENTWISE = [
  ...["Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Elu", "Selu", "Softplus", "HardSigmoid", "HardSwish", "Gelu"],
  ...["Mish", "Swish", "Celu", "Clip", "Erf", "Exp", "Log", "Sqrt", "Neg", "Abs", "Reciprocal", "Softsign", "Floor"],
  ...["Softmax", "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LayerNormalization", "Affine"],
];

/** Operators of several tensors, element by element. */
const MERGING = [
  ...["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Mean", "Sum"],
  ...["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Where"],
];

const SHAPES: Readonly<Record<string, Infer>> = {
  ...Object.fromEntries(ELEMENTWISE.map((op) => [op, same])),
  ...Object.fromEntries(MERGING.map((op) => [op, merged])),
  Conv: (node) => {
    const weights = node.input(1).dims;
    const [batch] = node.input(0).dims;
    return [batch, weights[0] ?? 0, ...windowOutputs(node, windowsOf(node, weights.slice(2)))];
  },
  ConvTranspose: (node) => {
    const { dims, sizes } = transposedOf(node);
    return [...dims, ...sizes];
  },
  MaxPool: pooled,
  AveragePool: pooled,
  GlobalAveragePool: globallyPooled,
  GlobalMaxPool: globallyPooled,
  Gemm: (node) => {
    const [a, b] = [node.input(0).dims, node.input(1).dims];
    const [rows, shared] = node.number("transA", 0) === 0 ? a : [a[1], a[0]];
    const [inner, columns] = node.number("transB", 0) === 0 ? b : [b[1], b[0]];
    if (a.length === 2 && b.length === 2 && shared === inner) return [rows, columns];
    throw node.damaged("two matrices that fit", `[${a}] and [${b}]`);
  },
  MatMul: (node) => {
    const [a, b] = [node.input(0).dims, node.input(1).dims];
    if (a.length >= 2 && b.length === 2 && a.at(-1) === b[0]) return [...a.slice(0, -1), b[1]];
    // A matrix for the rows of images.
    const isLeft = node.inputs[0]?.constant !== undefined && a.length === 2 && b.length >= 3 && a[1] === b.at(-2);
    if (isLeft) return [...b.slice(0, -2), a[0], b[b.length - 1]];
    throw node.unsupported("images and a matrix of weights that fit", `[${a}] and [${b}]`);
  },
  Concat: (node) => {
    const shapes = node.inputs.map((_, i) => node.input(i).dims);
    const axis = node.axis(node.number("axis", 1), shapes[0]?.length ?? 0);
    const rest = (dims: Dims) => dims.map((extent, i) => (i === axis ? "any" : extent)).join();
    if (shapes.every((dims) => rest(dims) === rest(shapes[0]))) {
      const extent = shapes.reduce((sum, dims) => sum + dims[axis], 0);
      return shapes[0].map((value, i) => (i === axis ? extent : value));
    }
    throw node.damaged(`shapes that differ along axis ${axis} alone`, shapes.map((dims) => `[${dims}]`).join(" and "));
  },
  Pad: (node) => {
    const { dims } = node.input(0);
    return paddingOf(node).map(([before, after], i) => before + dims[i] + after);
  },
  Reshape: (node) => reshapedDims(node),
  Flatten: (node) => {
    const { dims } = node.input(0);
    const given = node.number("axis", 1);
    const axis = given === dims.length ? given : node.axis(given, dims.length);
    return [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))];
  },
  Squeeze: (node) => squeezedDims(node, node.input(0).dims),
  Unsqueeze: (node) => unsqueezedDims(node),
  Transpose: (node) => orderOf(node).map((axis) => node.input(0).dims[axis]),
  ReduceMean: (node) => reducedDims(node),
  ReduceMax: (node) => reducedDims(node),
  Resize: (node) => resizedDims(node),
  Upsample: (node) => resizedDims(node),
  Slice: (node) => slicesOf(node).map(({ count }) => count),
};

/** Operators whose shapes are known. */
export const KNOWN_OPERATORS: readonly string[] = [...Object.keys(SHAPES), "Split"];

/** The shapes of a node's outputs; undefined for an operator that is not known. */
export function outputShapes(node: OpNode): readonly Dims[] | undefined {
  if (node.op === "Split") return splitShapes(node);
  return Object.hasOwn(SHAPES, node.op) ? [SHAPES[node.op](node)] : undefined;
}

/** The order of axes of a Transpose. */
export function orderOf(node: OpNode): readonly number[] {
  const rank = node.input(0).dims.length;
  const order = node.numbers("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if ([...order].sort((a, b) => a - b).join() === Array.from({ length: rank }, (_, i) => i).join()) return order;
  throw node.damaged(`an order of ${rank} axes`, `[${order}]`);
}

export function reshapedDims(node: OpNode): Dims {
  const { dims } = node.input(0);
  const wanted = node.list("shape", 1);
  if (wanted === undefined) throw node.damaged("a shape", "none");
  const keepsZero = node.number("allowzero", 0) !== 0;
  const target = wanted.map((extent, i) => (extent === 0 && !keepsZero ? (dims[i] ?? 0) : extent));
  const known = sizeOf(target.filter((extent) => extent !== -1));
  const rest = target.includes(-1) ? sizeOf(dims) / known : 1;
  const result = target.map((extent) => (extent === -1 ? rest : extent));
  const isRight =
    target.filter((extent) => extent === -1).length <= 1 && result.every((e) => Number.isInteger(e) && e >= 0);
  if (isRight && sizeOf(result) === sizeOf(dims)) return result;
  throw node.damaged(`a shape of ${sizeOf(dims)} elements`, `[${wanted}]`);
}

/** The axes in the attribute or input `axes`; undefined where it is left out. */
export function axesOf(node: OpNode, rank: number): readonly number[] | undefined {
  return node.list("axes", 1)?.map((axis) => node.axis(axis, rank));
}

/** @param dims those of the input */
export function squeezedDims(node: OpNode, dims: Dims): Dims {
  // Where no axes are named, the batch stays: it is one image by chance.
  const isConstant = node.inputs[0]?.constant !== undefined;
  const axes = axesOf(node, dims.length) ?? dims.flatMap((e, i) => (e === 1 && (isConstant || i > 0) ? [i] : []));
  const wrong = axes.find((axis) => dims[axis] !== 1);
  if (wrong !== undefined) throw node.damaged(`an extent of 1 at axis ${wrong}`, `[${dims}]`);
  return dims.filter((_, i) => !axes.includes(i));
}

export function unsqueezedDims(node: OpNode): Dims {
  const { dims } = node.input(0);
  const given = node.list("axes", 1) ?? [];
  const rank = dims.length + given.length;
  const axes = given.map((axis) => node.axis(axis, rank));
  if (new Set(axes).size !== axes.length) throw node.damaged("axes, each once", `[${given}]`);
  const rest = [...dims];
  return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? 1)));
}

/** The axes that a reduction runs over. */
export function reducedAxes(node: OpNode): readonly number[] {
  const { dims } = node.input(0);
  const axes = axesOf(node, dims.length);
  if (axes !== undefined && axes.length > 0) return axes;
  return node.number("noop_with_empty_axes", 0) === 0 ? dims.map((_, i) => i) : [];
}

export function reducedDims(node: OpNode): Dims {
  const { dims } = node.input(0);
  const axes = reducedAxes(node);
  const keeps = node.number("keepdims", 1) !== 0;
  return dims.flatMap((extent, i) => (!axes.includes(i) ? [extent] : keeps ? [1] : []));
}

/** The elements that a Slice takes along each axis. */
export function slicesOf(
  node: OpNode,
): readonly { readonly start: number; readonly step: number; readonly count: number }[] {
  const { dims } = node.input(0);
  const starts = node.list("starts", 1) ?? [];
  const ends = node.list("ends", 2) ?? [];
  const axes = (node.list("axes", 3) ?? starts.map((_, i) => i)).map((axis) => node.axis(axis, dims.length));
  const steps = node.list("steps", 4) ?? starts.map(() => 1);
  const isRight = [ends, axes, steps].every(({ length }) => length === starts.length) && !steps.includes(0);
  if (!isRight) throw node.damaged("as many starts as ends, axes and steps", `${starts.length}`);
  return dims.map((extent, axis) => {
    const i = axes.indexOf(axis);
    if (i < 0) return { start: 0, step: 1, count: extent };
    const step = steps[i];
    const counted = (value: number) => (value < 0 ? value + extent : value);
    const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
    const bounded = (value: number) => Math.min(Math.max(counted(value), least), most);
    const start = step > 0 ? bounded(starts[i]) : Math.max(bounded(starts[i]), 0);
    const end = step < 0 && ends[i] < -extent ? -1 : bounded(ends[i]);
    return { start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

/** The extents of a Split's outputs, and its axis. */
export function splitOf(node: OpNode): { readonly axis: number; readonly extents: readonly number[] } {
  const { dims } = node.input(0);
  const axis = node.axis(node.number("axis", 0), dims.length);
  const count = Math.max(node.outputs.length, 1);
  const each = Math.ceil(dims[axis] / count);
  const even = Array.from({ length: count }, (_, i) => Math.min(each, dims[axis] - i * each));
  const extents = node.list("split", 1) ?? even;
  const isRight = extents.length === count && extents.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (isRight && extents.reduce((sum, extent) => sum + extent, 0) === dims[axis]) return { axis, extents };
  throw node.damaged(`${count} parts of ${dims[axis]}`, `[${extents}]`);
}

function splitShapes(node: OpNode): readonly Dims[] {
  const { axis, extents } = splitOf(node);
  return extents.map((extent) => node.input(0).dims.map((value, i) => (i === axis ? extent : value)));
}

/** Elements before and after each axis, of which negative ones are cut off. */
export function paddingOf(node: OpNode): readonly (readonly [before: number, after: number])[] {
  const rank = node.input(0).dims.length;
  const list = node.list("pads", 1) ?? node.list("paddings", 1) ?? [];
  const axes = node.inputs[3] === undefined ? undefined : node.list("axes", 3)?.map((axis) => node.axis(axis, rank));
  const count = axes?.length ?? rank;
  if (list.length !== 2 * count) throw node.damaged(`${2 * count} numbers of padding`, `${list.length}`);
  return Array.from({ length: rank }, (_, axis) => {
    const i = axes === undefined ? axis : axes.indexOf(axis);
    return i < 0 ? [0, 0] : [list[i], list[count + i]];
  });
}

/** A transposed convolution's output, and what is cut off of it and added to it. */
export function transposedOf(node: OpNode) {
  const weights = node.input(1).dims;
  const [batch] = node.input(0).dims;
  const axes = imageAxes(node);
  const { kernel, strides, dilations } = windowsOf(node.with({}), weights.slice(2));
  const added = node.numbers("output_padding") ?? axes.map(() => 0);
  const full = axes.map((size, i) => strides[i] * (size - 1) + (kernel[i] - 1) * dilations[i] + 1 + added[i]);
  const auto = node.text("auto_pad", "NOTSET");
  const isSame = auto.startsWith("SAME");
  const wanted =
    node.numbers("output_shape")?.slice(-axes.length) ?? (isSame ? axes.map((s, i) => s * strides[i]) : undefined);
  const pads =
    wanted === undefined
      ? auto === "VALID"
        ? axes.map((): [number, number] => [0, 0])
        : padsOf(node, axes.length).map(([before, after]): [number, number] => [before, after])
      : axes.map((_, i): [number, number] => {
          const total = full[i] - wanted[i];
          const less = Math.floor(total / 2);
          return auto === "SAME_UPPER" ? [less, total - less] : [total - less, less];
        });
  const sizes = full.map((size, i) => size - pads[i][0] - pads[i][1]);
  if (!sizes.every((size) => size >= 1)) throw node.damaged("an output of at least 1", `[${sizes}]`);
  const dims = [batch, (weights[1] ?? 0) * node.number("group", 1)];
  return { dims, sizes, kernel, strides, dilations, pads, added };
}

/** The shape that a Resize or Upsample gives. */
export function resizedDims(node: OpNode): Dims {
  const { dims } = node.input(0);
  // Upsample and the first Resize have the scales as input 1, later ones a region there, then scales and sizes.
  const isOld = node.op === "Upsample" || node.opset < 11;
  const scales = node.list("scales", isOld ? 1 : 2);
  const sizes = isOld ? undefined : node.list("sizes", 3);
  const axes = node.numbers("axes")?.map((axis) => node.axis(axis, dims.length)) ?? dims.map((_, i) => i);
  const list = sizes !== undefined && sizes.length > 0 ? sizes : scales;
  if (list?.length !== axes.length) throw node.damaged(`${axes.length} scales or sizes`, `${list?.length ?? 0}`);
  return dims.map((extent, axis) => {
    const i = axes.indexOf(axis);
    if (i < 0) return extent;
    const made = list === sizes ? list[i] : Math.floor(extent * list[i]);
    if (Number.isSafeInteger(made) && made >= 1) return made;
    throw node.damaged("an output of at least 1", `${made}`);
  });
}
