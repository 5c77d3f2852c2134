/**
 * Constant folding: nodes whose inputs are all known become their values. Programs write out how they compute shapes, and turn weights
 * round, as nodes.
 *
 * @module
 */

import { kindOfType, type TensorKind, type TensorValues, tensorValues } from "../../formats/onnx/values.ts";
import { sizeOf } from "../../layers/shape.ts";
import { rowStrides } from "../../numeric/strides.ts";
import { arrayOf, broadcast, broadcastIndex, Constant, stridedIndex } from "./constant.ts";
import type { OpNode } from "./op-node.ts";
import { orderOf, outputShapes, reducedAxes, reducedDims, slicesOf, splitOf } from "./shapes.ts";

/** The value of ConstantOfShape where it names none. */
const ZERO: TensorValues = { kind: "float", data: new Float32Array(1) };

type Fold = (node: OpNode, inputs: readonly Constant[]) => Constant;

const OF_ONE: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Exp: Math.exp,
  Log: Math.log,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Relu: (x) => Math.max(x, 0),
  Not: (x) => (x === 0 ? 1 : 0),
};

const OF_TWO: Readonly<Record<string, (a: number, b: number, kind: TensorKind) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, kind) => (kind === "float" ? a / b : Math.trunc(a / b)),
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - Math.floor(a / b) * b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
};

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
};

const REDUCTIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ReduceSum: (values) => values.reduce((sum, value) => sum + value, 0),
  ReduceProd: (values) => values.reduce((product, value) => product * value, 1),
  ReduceMean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  ReduceMax: (values) => Math.max(...values),
  ReduceMin: (values) => Math.min(...values),
};

const FOLDS: Readonly<Record<string, Fold>> = {
  ...Object.fromEntries(
    Object.entries(OF_ONE).map(([op, f]): [string, Fold] => [
      op,
      (_, [x]) => x.mapped(x.dims, (data, i) => f(data[i])),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(OF_TWO).map(([op, f]): [string, Fold] => [
      op,
      (node, inputs) => inputs.reduce((a, b) => together(node, a, b, a.kind, (x, y) => f(x, y, a.kind))),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(COMPARISONS).map(([op, f]): [string, Fold] => [
      op,
      (node, [a, b]) => together(node, a, b, "flag", (x, y) => Number(f(x, y))),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(REDUCTIONS).map(([op, f]): [string, Fold] => [op, (node, [x]) => reduced(node, x, f)]),
  ),
  Identity: (_, [x]) => x,
  Cast: (node, [x]) => cast(node, x),
  DequantizeLinear: (node, [x, scale, zero]) => dequantized(node, x, scale, zero),
  Reshape: sameValues,
  Flatten: sameValues,
  Squeeze: sameValues,
  Unsqueeze: sameValues,
  Transpose: (node, [x]) => x.transposed(orderOf(node)),
  Concat: (node, inputs) => concatenated(node, inputs),
  Slice: (node, [x]) => {
    const slices = slicesOf(node);
    const strides = rowStrides(x.dims);
    const dims = slices.map(({ count }) => count);
    const first = slices.reduce((at, { start }, axis) => at + start * strides[axis], 0);
    const index = stridedIndex(
      dims,
      slices.map(({ step }, axis) => step * strides[axis]),
    );
    return x.mapped(dims, (data, i) => data[first + index(i)]);
  },
  Gather: (node, [x, indices]) => gathered(node, x, indices),
  Expand: (node, [x, shape]) => {
    const dims = broadcast(x.dims, [...shape.data]);
    if (dims === undefined) throw node.damaged(`a shape to which [${x.dims}] fits`, `[${[...shape.data]}]`);
    const index = broadcastIndex(x.dims, dims);
    return x.mapped(dims, (data, i) => data[index(i)]);
  },
  ConstantOfShape: (node, [shape]) => {
    const tensor = node.tensor("value");
    const { kind, data } = tensor === undefined ? ZERO : tensorValues(tensor, node.who);
    const value = data[0] ?? 0;
    const dims = [...shape.data];
    return new Constant(node.output.name, dims, kind, () => arrayOf(kind, sizeOf(dims)).fill(value));
  },
  Range: (node, [start, limit, step]) => {
    const [from, to, by] = [start, limit, step].map(({ data }) => data[0]);
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (!Number.isSafeInteger(count)) throw node.damaged("a range that ends", `${from} to ${to} by ${by}`);
    return new Constant(node.output.name, [count], start.kind, () =>
      arrayOf(start.kind, count).map((_, i) => from + i * by),
    );
  },
  Where: (node, [condition, a, b]) => {
    const chosen = together(node, a, b, a.kind, (x) => x);
    const dims = broadcast(condition.dims, chosen.dims);
    if (dims === undefined) throw node.damaged("shapes that fit", `[${condition.dims}] and [${chosen.dims}]`);
    const [ofCondition, ofA, ofB] = [condition, a, b].map((x) => broadcastIndex(x.dims, dims));
    return a.mapped(dims, (data, i) => (condition.data[ofCondition(i)] !== 0 ? data[ofA(i)] : b.data[ofB(i)]));
  },
};

/** True for an operator that is folded where its inputs are known. */
export function isFoldable(op: string): boolean {
  return Object.hasOwn(FOLDS, op) || op === "Split";
}

/** The values of a node's outputs, given those of its inputs. */
export function folded(node: OpNode, inputs: readonly Constant[]): readonly Constant[] {
  if (inputs.length === 0) throw node.damaged("inputs", "none");
  return node.op === "Split" ? parts(node, inputs[0]) : [FOLDS[node.op](node, inputs)];
}

function sameValues(node: OpNode, [x]: readonly Constant[]): Constant {
  return x.reshaped(outputShapes(node)?.[0] ?? x.dims);
}

function together(
  node: OpNode,
  a: Constant,
  b: Constant,
  kind: TensorKind,
  f: (x: number, y: number) => number,
): Constant {
  const dims = broadcast(a.dims, b.dims);
  if (dims === undefined) throw node.damaged("shapes that fit", `[${a.dims}] and [${b.dims}]`);
  const [ofA, ofB] = [broadcastIndex(a.dims, dims), broadcastIndex(b.dims, dims)];
  const name = a.size >= b.size ? a.name : b.name;
  return new Constant(name, dims, kind, () => {
    const values = arrayOf(kind, sizeOf(dims));
    for (let i = 0; i < values.length; i++) values[i] = f(a.data[ofA(i)], b.data[ofB(i)]);
    return values;
  });
}

function cast(node: OpNode, x: Constant): Constant {
  const kind = kindOfType(node.number("to", 1));
  if (kind === undefined)
    throw node.unsupported("floats, whole numbers or truth values", `type ${node.number("to", 1)}`);
  if (kind === x.kind) return x;
  return new Constant(x.name, x.dims, kind, () => {
    const values = arrayOf(kind, x.size);
    const convert =
      kind === "float" ? (v: number) => v : kind === "whole" ? Math.trunc : (v: number) => Number(v !== 0);
    for (let i = 0; i < values.length; i++) values[i] = convert(x.data[i]);
    return values;
  });
}

/** Whole numbers as what they stand for: with one factor, or one for each place along an axis. */
function dequantized(node: OpNode, x: Constant, scale: Constant, zero: Constant | undefined): Constant {
  const axis = scale.size === 1 ? 0 : node.axis(node.number("axis", 1), x.dims.length);
  if (scale.size !== 1 && scale.size !== x.dims[axis]) {
    throw node.unsupported(`one scale, or ${x.dims[axis]}`, `[${scale.dims}]`);
  }
  const inner = sizeOf(x.dims.slice(axis + 1));
  return new Constant(x.name, x.dims, "float", () => {
    const values = new Float32Array(x.size);
    for (let i = 0; i < values.length; i++) {
      const place = scale.size === 1 ? 0 : Math.floor(i / inner) % scale.size;
      values[i] = (x.data[i] - (zero?.data[place] ?? 0)) * scale.data[place];
    }
    return values;
  });
}

function reduced(node: OpNode, x: Constant, f: (values: readonly number[]) => number): Constant {
  const axes = reducedAxes(node);
  const strides = rowStrides(x.dims);
  const kept = x.dims.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const pick = (list: readonly number[]) => (axis: number) => list[axis];
  const outer = stridedIndex(kept.map(pick(x.dims)), kept.map(pick(strides)));
  const inner = stridedIndex(axes.map(pick(x.dims)), axes.map(pick(strides)));
  const count = sizeOf(axes.map(pick(x.dims)));
  return x.mapped(reducedDims(node), (data, i) => {
    const first = outer(i);
    return f(Array.from({ length: count }, (_, j) => data[first + inner(j)]));
  });
}

function concatenated(node: OpNode, inputs: readonly Constant[]): Constant {
  const dims = outputShapes(node)?.[0] ?? [];
  const axis = node.axis(node.number("axis", 1), dims.length);
  const [{ name, kind }] = inputs;
  return new Constant(name, dims, kind, () => {
    const values = arrayOf(kind, sizeOf(dims));
    const row = sizeOf(dims.slice(axis));
    let column = 0;
    for (const { data, dims: own } of inputs) {
      const width = sizeOf(own.slice(axis));
      for (let from = 0, to = column; from < data.length; from += width, to += row) {
        values.set(data.subarray(from, from + width), to);
      }
      column += width;
    }
    return values;
  });
}

function gathered(node: OpNode, x: Constant, indices: Constant): Constant {
  const axis = node.axis(node.number("axis", 0), x.dims.length);
  const extent = x.dims[axis];
  const inner = sizeOf(x.dims.slice(axis + 1));
  const places = [...indices.data].map((index) => (index < 0 ? index + extent : index));
  const wrong = places.find((place) => !(place >= 0 && place < extent));
  if (wrong !== undefined) throw node.damaged(`indices below ${extent}`, `${wrong}`);
  const dims = [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
  return x.mapped(dims, (data, i) => {
    const column = i % inner;
    const row = Math.floor(i / inner);
    const outer = Math.floor(row / places.length);
    return data[(outer * extent + places[row % places.length]) * inner + column];
  });
}

function parts(node: OpNode, x: Constant): readonly Constant[] {
  const { axis, extents } = splitOf(node);
  const inner = sizeOf(x.dims.slice(axis + 1));
  let first = 0;
  return extents.map((extent) => {
    const start = first;
    first += extent;
    const dims = x.dims.map((value, i) => (i === axis ? extent : value));
    const width = extent * inner;
    return x.mapped(dims, (data, i) => data[(Math.floor(i / width) * x.dims[axis] + start) * inner + (i % width)]);
  });
}
