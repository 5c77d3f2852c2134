/**
 * Arrays of numbers in files, of any type and byte order, and their conversion to pixels.
 *
 * @module
 */

import { forEachStrided } from "../../numeric/strides.ts";
import type { Pixels } from "../pixels.ts";

/** Types of numbers, in NumPy's names. */
export type NumberType =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

/** Bytes of one number. */
export const NUMBER_BYTES: Readonly<Record<NumberType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** Numbers in memory, the last dimension running fastest. */
export interface NumberArray {
  readonly type: NumberType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Reads the rows at some indices along the first axis, stacked in that order. */
export type RowReader = (indices: Uint32Array) => Promise<NumberArray>;

/** An array in a file, not read yet. */
export interface ArrayFile {
  /** Name in the file, such as `x_train`. */
  readonly name: string;
  /** Stands in error messages, such as `readNpy "mnist.npz", "x_train"`. */
  readonly who: string;
  readonly shape: readonly number[];
  /** Type of its numbers; undefined for other content, about which `read` throws. */
  readonly type: NumberType | undefined;
  read(): Promise<NumberArray>;
  /** A reader of its rows, which leaves the rest in the file; undefined where that cannot be done. */
  rows?(): Promise<RowReader | undefined>;
}

/** The number of elements of a shape. */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A half-precision number (IEEE 754 binary16) by its bits. */
function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Reads number `i` of an array. Beyond 2^53 whole numbers are rounded. */
export function numberReader({ type, bytes, littleEndian: little }: NumberArray): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const low = little ? 0 : 4;
  const high = 4 - low;
  switch (type) {
    case "bool":
      return (i) => (bytes[i] === 0 ? 0 : 1);
    case "uint8":
      return (i) => bytes[i];
    case "int8":
      return (i) => view.getInt8(i);
    case "int16":
      return (i) => view.getInt16(2 * i, little);
    case "uint16":
      return (i) => view.getUint16(2 * i, little);
    case "int32":
      return (i) => view.getInt32(4 * i, little);
    case "uint32":
      return (i) => view.getUint32(4 * i, little);
    case "int64":
      return (i) => view.getInt32(8 * i + high, little) * 2 ** 32 + view.getUint32(8 * i + low, little);
    case "uint64":
      return (i) => view.getUint32(8 * i + high, little) * 2 ** 32 + view.getUint32(8 * i + low, little);
    case "float16":
      return (i) => fromHalf(view.getUint16(2 * i, little));
    case "float32":
      return (i) => view.getFloat32(4 * i, little);
    case "float64":
      return (i) => view.getFloat64(8 * i, little);
  }
}

/** The range of some numbers. */
interface NumberRange {
  readonly highest: number;
  /** True if all are whole and from 0 to 255. */
  readonly isBytes: boolean;
}

function rangeOf(array: NumberArray): NumberRange {
  const read = numberReader(array);
  const count = sizeOfShape(array.shape);
  let highest = Number.NEGATIVE_INFINITY;
  let isBytes = true;
  for (let i = 0; i < count; i++) {
    const value = read(i);
    if (value > highest) highest = value;
    if (!(value >= 0 && value <= 255 && value === Math.floor(value))) isBytes = false;
  }
  return { highest, isBytes };
}

/**
 * Pixels of arrays that belong together: bytes where all of them hold whole numbers from 0 to 255 and some go beyond 1,
 * else floats, as the file has them.
 */
export function pixelsOf(arrays: readonly NumberArray[]): Pixels[] {
  const areBytes =
    arrays.every(({ type }) => type === "uint8") ||
    (arrays.every(({ type }) => type !== "bool") && holdBytes(arrays.map(rangeOf)));
  return arrays.map((array) => {
    if (areBytes && array.type === "uint8") return array.bytes;
    const read = numberReader(array);
    const count = sizeOfShape(array.shape);
    const pixels = areBytes ? new Uint8Array(count) : new Float32Array(count);
    for (let i = 0; i < count; i++) pixels[i] = read(i);
    return pixels;
  });
}

/** Pixels of some rows of an array: bytes where its numbers are, else floats. */
export function rowPixels(array: NumberArray): Pixels {
  if (array.type === "uint8") return array.bytes;
  const read = numberReader(array);
  return Float32Array.from({ length: sizeOfShape(array.shape) }, (_, i) => read(i));
}

function holdBytes(ranges: readonly NumberRange[]): boolean {
  return ranges.every(({ isBytes }) => isBytes) && ranges.some(({ highest }) => highest > 1);
}

/**
 * An array with its axes in another order, the last one running fastest.
 *
 * @param axes the array's axis for each axis of the result: `[0, 2, 3, 1]` puts channels last
 * @param strides distance of neighbours along each axis of the array, in numbers
 */
export function reordered(array: NumberArray, axes: readonly number[], strides: readonly number[]): NumberArray {
  const shape = axes.map((axis) => array.shape[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const width = NUMBER_BYTES[array.type];
  const bytes = new Uint8Array(sizeOfShape(shape) * width);
  const source = array.bytes;
  forEachStrided(shape, steps, (from, to) => {
    for (let b = 0; b < width; b++) bytes[to * width + b] = source[from * width + b];
  });
  return { ...array, shape, bytes };
}

/** Distance of neighbours along each axis if the first axis runs fastest, as in Fortran. */
export function columnStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOfShape(shape.slice(0, axis)));
}
