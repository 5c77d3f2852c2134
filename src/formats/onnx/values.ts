/**
 * The values of ONNX' tensors.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { tensorFloats } from "../tensor-floats.ts";
import type { OnnxTensor } from "./messages.ts";

/** A type of elements: its name in safetensors, and bytes of a value. */
interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly kind: TensorKind;
}

/** The kind of a tensor's values: fractions, whole numbers, or truth values as 0 and 1. */
export type TensorKind = "float" | "whole" | "flag";

/** Types by their numbers: https://onnx.ai/onnx/api/classes.html#tensorproto. */
const TYPES: ReadonlyMap<number, ElementType> = new Map([
  [1, { name: "F32", bytes: 4, kind: "float" }],
  [2, { name: "U8", bytes: 1, kind: "whole" }],
  [3, { name: "I8", bytes: 1, kind: "whole" }],
  [4, { name: "U16", bytes: 2, kind: "whole" }],
  [5, { name: "I16", bytes: 2, kind: "whole" }],
  [6, { name: "I32", bytes: 4, kind: "whole" }],
  [7, { name: "I64", bytes: 8, kind: "whole" }],
  [9, { name: "BOOL", bytes: 1, kind: "flag" }],
  [10, { name: "F16", bytes: 2, kind: "float" }],
  [11, { name: "F64", bytes: 8, kind: "float" }],
  [12, { name: "U32", bytes: 4, kind: "whole" }],
  [13, { name: "U64", bytes: 8, kind: "whole" }],
  [16, { name: "BF16", bytes: 2, kind: "float" }],
]);

/** The kind of values of a type; undefined for texts, complex numbers and those of fewer than 8 bits. */
export function kindOfType(type: number): TensorKind | undefined {
  return TYPES.get(type)?.kind;
}

/** Most elements of a tensor: those of the largest array of floats. */
const MOST_ELEMENTS = 2 ** 29;

/**
 * The elements of a shape.
 *
 * @throws RangeError that starts with `who` for extents that are no sizes, or too many elements
 */
export function elementsOf(dims: readonly number[], who: string): number {
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (dims.every((extent) => Number.isSafeInteger(extent) && extent >= 0) && size <= MOST_ELEMENTS) return size;
  throw new InputRangeError(who, `a shape of at most ${MOST_ELEMENTS} elements`, `[${dims}]`, "damaged-file");
}

/** The values of a tensor: floats, or whole numbers as doubles. */
export interface TensorValues {
  readonly kind: TensorKind;
  readonly data: Float32Array | Float64Array;
}

/**
 * The values of a tensor.
 *
 * @param raw its bytes, where they are not in the tensor itself
 * @throws RangeError that starts with `who` for a type that is not read, or another number of values than its shape has
 */
export function tensorValues(
  { dims, type, raw: own, values }: OnnxTensor,
  who: string,
  raw: Uint8Array | undefined = own,
): TensorValues {
  const known = TYPES.get(type);
  if (known === undefined) {
    throw new InputRangeError(who, "floats, whole numbers or truth values", `type ${type}`, "unsupported-file");
  }
  const size = elementsOf(dims, who);
  const count = raw === undefined ? values.length : raw.length / known.bytes;
  if (count !== size) {
    throw new InputRangeError(who, `${size} values of [${dims}]`, `${count}`, "damaged-file");
  }
  const { kind, name } = known;
  if (kind !== "float") return { kind, data: raw === undefined ? Float64Array.from(values) : wholeNumbers(name, raw) };
  if (raw !== undefined) return { kind, data: tensorFloats(who, name, raw) };
  if (name === "F32" || name === "F64") return { kind, data: Float32Array.from(values) };
  const bits = Uint16Array.from(values);
  return { kind, data: tensorFloats(who, name, new Uint8Array(bits.buffer)) };
}

/** Reads one whole number of a type. */
const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  BOOL: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  U8: (view, at) => view.getUint8(at),
  I8: (view, at) => view.getInt8(at),
  U16: (view, at) => view.getUint16(at, true),
  I16: (view, at) => view.getInt16(at, true),
  U32: (view, at) => view.getUint32(at, true),
  I32: (view, at) => view.getInt32(at, true),
  U64: (view, at) => Number(view.getBigUint64(at, true)),
  I64: (view, at) => Number(view.getBigInt64(at, true)),
};

function wholeNumbers(name: string, raw: Uint8Array): Float64Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const step = Number(name.match(/\d+/)?.[0] ?? 8) / 8;
  return Float64Array.from({ length: raw.length / step }, (_, i) => READERS[name](view, i * step));
}
