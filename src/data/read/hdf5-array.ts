/**
 * The numbers of an array in an HDF5 file.
 *
 * @module
 */

import type { Dataset, Metadata } from "h5wasm";
import { HostError, InputRangeError } from "../../errors.ts";
import { checkExpansion } from "../expansion.ts";
import { checkSize } from "./data-file.ts";
import {
  describeFloats,
  type FloatBits,
  type IntegerBits,
  isIeee,
  numberBits,
  widenIntegers,
} from "./hdf5-datatype.ts";
import { guarded, type OpenHdf5, signatureAt } from "./hdf5-file.ts";
import { checkFilters } from "./hdf5-filters.ts";
import type { H5Module } from "./hdf5-instance.ts";
import { type ArrayFile, NUMBER_BYTES, type NumberArray, type NumberType, sizeOfShape } from "./number-array.ts";

/** Values pass through the library's memory in parts of at most this size, but at least one row. */
const PART_BYTES = 16 * 2 ** 20;

/** A larger row, or chunk of a dataset, would fill the library's memory. */
const MAX_PART_BYTES = 128 * 2 ** 20;

/**
 * An array of an open file, not read yet.
 *
 * @param file stands in messages
 * @param allowed most bytes that it may have
 */
export function hdf5Array(file: string, { module, content }: OpenHdf5, dataset: Dataset, allowed: number): ArrayFile {
  const name = dataset.path.replace(/^\//, "");
  const who = `${file}, ${JSON.stringify(name)}`;
  const metadata = guarded(file, () => dataset.metadata);
  const bits = guarded(file, () => bitsOf(module, content, dataset, metadata));
  const isOther = bits?.kind === "float" && !isIeee(bits);
  const type = isOther ? undefined : typeOf(module, metadata);
  const shape = metadata.shape ?? [];
  const read = async () => {
    if (isOther) {
      throw new InputRangeError(who, "IEEE floats of 16, 32 or 64 bits", describeFloats(bits), "unsupported-file");
    }
    if (type === undefined) throw new InputRangeError(who, "numbers", describeType(module, metadata), "damaged-file");
    checkFilters(
      who,
      guarded(who, () => module.get_dataset_filters(dataset.file_id, dataset.path)),
    );
    const array = guarded(who, () => readValues(who, module, dataset, type, shape, allowed));
    if (bits?.kind === "integer" && bits.precision < 8 * bits.bytes) widenIntegers(array, bits);
    return array;
  };
  return { name, who, shape, type, read };
}

/** The bits of a dataset's numbers; undefined for what is none, or where the file does not tell. */
function bitsOf(
  { H5T_class_t: classes, create_object_reference: referenceTo }: H5Module,
  content: Uint8Array,
  { file_id: id, path }: Dataset,
  { type, size }: Metadata,
): IntegerBits | FloatBits | undefined {
  if (type !== classes.H5T_FLOAT.value && type !== classes.H5T_INTEGER.value) return undefined;
  // A reference to an object is the address of its header, counted from the signature.
  const address = new DataView(Uint8Array.from(referenceTo(id, path)).buffer).getBigUint64(0, true);
  const bits = numberBits(content, signatureAt(content) ?? Number.NaN, Number(address));
  const kind = type === classes.H5T_FLOAT.value ? "float" : "integer";
  return bits?.kind === kind && bits.bytes === size ? bits : undefined;
}

function typeOf(module: H5Module, { type, enum_type: members, size, signed, vlen }: Metadata): NumberType | undefined {
  const { H5T_INTEGER, H5T_FLOAT, H5T_ENUM } = module.H5T_class_t;
  if (vlen) return undefined;
  // Booleans, as h5py writes them.
  if (type === H5T_ENUM.value) return size === 1 && members?.nmembers === 2 ? "bool" : undefined;
  const kind = type === H5T_FLOAT.value ? "float" : type === H5T_INTEGER.value ? (signed ? "int" : "uint") : "none";
  const name = `${kind}${8 * size}`;
  return Object.keys(NUMBER_BYTES).find((known): known is NumberType => known === name);
}

function describeType({ H5T_class_t: classes }: H5Module, { type, size, vlen }: Metadata): string {
  if (vlen || type === classes.H5T_VLEN.value) return "values of varying length";
  if (type === classes.H5T_STRING.value) return "text";
  if (type === classes.H5T_COMPOUND.value) return "records of several fields";
  return `another type of ${size} bytes`;
}

function readValues(
  who: string,
  module: H5Module,
  { file_id: id, path, metadata }: Dataset,
  type: NumberType,
  shape: readonly number[],
  allowed: number,
): NumberArray {
  const width = NUMBER_BYTES[type];
  const size = sizeOfShape(shape) * width;
  if (!(size > 0)) throw new InputRangeError(who, "at least one value", `shape [${shape.join(", ")}]`, "damaged-file");
  checkSize(who, size);
  checkExpansion(who, size, allowed);
  const dims = shape.length === 0 ? [1] : shape;
  const rowBytes = size / dims[0];
  const chunkBytes = sizeOfShape(metadata.chunks ?? []) * width;
  if (rowBytes > MAX_PART_BYTES || chunkBytes > MAX_PART_BYTES) {
    const got = Math.max(rowBytes, chunkBytes);
    throw new InputRangeError(who, `rows and chunks of at most ${MAX_PART_BYTES} bytes`, `${got}`, "too-large");
  }
  const rows = Math.max(1, Math.floor(PART_BYTES / rowBytes));
  const bytes = new Uint8Array(size);
  const memory = module._malloc(Math.min(rows, dims[0]) * rowBytes);
  if (memory === 0) throw new HostError(who, `expected memory for ${rowBytes} bytes, got none`, "no-memory");
  try {
    for (let begin = 0; begin < dims[0]; begin += rows) {
      const count = Math.min(rows, dims[0] - begin);
      const status =
        shape.length === 0
          ? module.get_dataset_data(id, path, null, null, null, BigInt(memory))
          : readRows(module, id, path, shape, begin, count, memory);
      if (status < 0) throw new InputRangeError(who, "whole values", "ones that cannot be read", "damaged-file");
      // The library's memory may have moved.
      bytes.set(module.HEAPU8.subarray(memory, memory + count * rowBytes), begin * rowBytes);
    }
  } finally {
    module._free(memory);
  }
  // The library gives numbers in the order of wasm.
  return { type, littleEndian: true, shape, bytes };
}

function readRows(
  module: H5Module,
  id: bigint,
  path: string,
  shape: readonly number[],
  begin: number,
  count: number,
  memory: number,
): number {
  const counts = [count, ...shape.slice(1)].map(BigInt);
  const offsets = shape.map((_, axis) => BigInt(axis === 0 ? begin : 0));
  const steps = shape.map(() => 1n);
  return module.get_dataset_data(id, path, counts, offsets, steps, BigInt(memory));
}
