/**
 * The numbers of an array in an HDF5 file.
 *
 * @module
 */

import type { Dataset, Metadata } from "h5wasm";
import { HostError, InputRangeError } from "../../errors.ts";
import { checkExpansion } from "../expansion.ts";
import { stretches } from "./array-rows.ts";
import { checkSize } from "./data-file.ts";
import type { ByteSource } from "./hdf5-bytes.ts";
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
 * @param reopen opens the file again, for its rows; undefined where it cannot be read by range
 */
export function hdf5Array(
  file: string,
  { module, content }: OpenHdf5,
  dataset: Dataset,
  allowed: number,
  reopen?: Reopen | undefined,
): ArrayFile {
  const name = dataset.path.replace(/^\//, "");
  const who = `${file}, ${JSON.stringify(name)}`;
  const metadata = guarded(file, () => dataset.metadata);
  const bits = guarded(file, () => bitsOf(module, content, dataset, metadata));
  const isOther = bits?.kind === "float" && !isIeee(bits);
  const type = isOther ? undefined : typeOf(module, metadata);
  const shape = metadata.shape ?? [];
  const checkedType = () => {
    if (isOther) {
      throw new InputRangeError(who, "IEEE floats of 16, 32 or 64 bits", describeFloats(bits), "unsupported-file");
    }
    if (type === undefined) throw new InputRangeError(who, "numbers", describeType(module, metadata), "damaged-file");
    checkFilters(
      who,
      guarded(who, () => module.get_dataset_filters(dataset.file_id, dataset.path)),
    );
    return type;
  };
  const whole = (array: NumberArray) => {
    if (bits?.kind === "integer" && bits.precision < 8 * bits.bytes) widenIntegers(array, bits);
    return array;
  };
  const read = async () => {
    const known = checkedType();
    return whole(guarded(who, () => readValues(who, module, dataset, known, shape, allowed)));
  };
  const rows = async () => {
    const known = checkedType();
    if (reopen === undefined || shape.length === 0) return undefined;
    const layout: Layout = { path: dataset.path, type: known, shape, chunk: metadata.chunks?.[0] ?? 1 };
    checkParts(who, shape, known, metadata);
    return async (indices: Uint32Array) =>
      whole(await reopen((open) => guarded(who, () => readSome(who, open, layout, indices))));
  };
  return { name, who, shape, type, read, rows };
}

/** Opens a file again for some work. */
export type Reopen = <T>(work: (file: OpenHdf5) => T) => Promise<T>;

/** The place of an array in its file, and its numbers. */
interface Layout {
  readonly path: string;
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** Rows that are packed together. */
  readonly chunk: number;
}

/** The rows at some indices, in this order; those of one chunk are unpacked together. */
function readSome(
  who: string,
  { module, root: { file_id: id } }: OpenHdf5,
  { path, type, shape, chunk }: Layout,
  indices: Uint32Array,
): NumberArray {
  const row = sizeOfShape(shape.slice(1)) * NUMBER_BYTES[type];
  const bytes = new Uint8Array(indices.length * row);
  for (const { first, last, places } of stretches(indices, row, chunk)) {
    const count = last - first + 1;
    withMemory(who, module, count * row, (memory) => {
      if (readRows(module, id, path, shape, first, count, memory) < 0) throw unreadable(who);
      for (const place of places) {
        const from = memory + (indices[place] - first) * row;
        bytes.set(module.HEAPU8.subarray(from, from + row), place * row);
      }
    });
  }
  return { type, littleEndian: true, shape: [indices.length, ...shape.slice(1)], bytes };
}

function unreadable(who: string): InputRangeError {
  return new InputRangeError(who, "whole values", "ones that cannot be read", "damaged-file");
}

/** Does work with some of the library's memory. */
function withMemory(who: string, module: H5Module, bytes: number, work: (memory: number) => void): void {
  const memory = module._malloc(bytes);
  if (memory === 0) throw new HostError(who, `expected memory for ${bytes} bytes, got none`, "no-memory");
  try {
    work(memory);
  } finally {
    module._free(memory);
  }
}

/** The bytes of a row, if neither it nor a chunk fills the library's memory. */
function checkParts(
  who: string,
  shape: readonly number[],
  type: NumberType,
  { chunks }: Pick<Metadata, "chunks">,
): number {
  const rowBytes = sizeOfShape(shape.slice(1)) * NUMBER_BYTES[type];
  const got = Math.max(rowBytes, sizeOfShape(chunks ?? []) * NUMBER_BYTES[type]);
  if (got <= MAX_PART_BYTES) return rowBytes;
  throw new InputRangeError(who, `rows and chunks of at most ${MAX_PART_BYTES} bytes`, `${got}`, "too-large");
}

/** The bits of a dataset's numbers; undefined for what is none, or where the file does not tell. */
function bitsOf(
  { H5T_class_t: classes, create_object_reference: referenceTo }: H5Module,
  content: ByteSource,
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
  const rowBytes = checkParts(who, dims, type, metadata);
  const rows = Math.max(1, Math.floor(PART_BYTES / rowBytes));
  const bytes = new Uint8Array(size);
  withMemory(who, module, Math.min(rows, dims[0]) * rowBytes, (memory) => {
    for (let begin = 0; begin < dims[0]; begin += rows) {
      const count = Math.min(rows, dims[0] - begin);
      const status =
        shape.length === 0
          ? module.get_dataset_data(id, path, null, null, null, BigInt(memory))
          : readRows(module, id, path, shape, begin, count, memory);
      if (status < 0) throw unreadable(who);
      // The library's memory may have moved.
      bytes.set(module.HEAPU8.subarray(memory, memory + count * rowBytes), begin * rowBytes);
    }
  });
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
