/**
 * Reading HDF5 files by h5wasm, the HDF Group's library compiled to wasm, which is loaded when the first one comes.
 *
 * The library sees the file in a file system of its own, in memory: links to other files lead nowhere.
 *
 * @module
 */

import type { Dataset, Group, Metadata } from "h5wasm";
import { HostError, InputRangeError, isInputError } from "../../errors.ts";
import { allowedBytes, checkExpansion } from "../expansion.ts";
import { checkSize, type DataFile } from "./data-file.ts";
import {
  describeFloats,
  type FloatBits,
  type IntegerBits,
  isIeee,
  numberBits,
  widenIntegers,
} from "./hdf5-datatype.ts";
import { checkFilters } from "./hdf5-filters.ts";
import { dropIfFailed, type H5Module, hdf5Instance } from "./hdf5-instance.ts";
import { type ArrayFile, NUMBER_BYTES, type NumberArray, type NumberType, sizeOfShape } from "./number-array.ts";
import type { ReadSettings } from "./settings.ts";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Files may start with a block of their own; then the signature stands at 512, or a power of two of it. */
const USER_BLOCK = 512;

/** Bytes that a start must have for {@link isHdf5}. */
export const HDF5_START = USER_BLOCK + SIGNATURE.length;

/** Values pass through the library's memory in parts of at most this size, but at least one row. */
const PART_BYTES = 16 * 2 ** 20;

/** A larger row, or chunk of a dataset, would fill the library's memory. */
const MAX_PART_BYTES = 128 * 2 ** 20;

const MAX_DEPTH = 4;
const MAX_ARRAYS = 1000;

/** Names in groups that are looked at: links may lead from every group to all others. */
const MAX_NAMES = 10_000;

/** True if the bytes start as an HDF5 file does. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signatureAt(bytes) !== undefined;
}

function signatureAt(bytes: Uint8Array): number | undefined {
  return [0, USER_BLOCK].find((at) => SIGNATURE.every((byte, i) => bytes[at + i] === byte));
}

let opened = 0;

/**
 * Calls `work` with the arrays in an HDF5 file, named by their paths such as `train/images`.
 *
 * Each array may be as large as `maxExpansion` lets the file grow.
 *
 * @throws RangeError if it is not a whole HDF5 file
 */
export async function withHdf5<T>(
  file: DataFile,
  { maxExpansion }: ReadSettings,
  work: (arrays: readonly ArrayFile[]) => Promise<T>,
): Promise<T> {
  const who = `readHdf5 ${JSON.stringify(file.name)}`;
  const allowed = allowedBytes(await file.packed(), maxExpansion);
  checkSize(file.name, await file.size());
  const bytes = await file.bytes();
  const { module, open } = await hdf5Instance();
  opened += 1;
  const name = `convasm-${opened}.h5`;
  // Not copied: the file system holds the bytes themselves.
  module.FS.createDataFile("/", name, bytes, true, false, true);
  try {
    const { root, close } = guarded(who, () => open(`/${name}`));
    try {
      const arrays = guarded(who, () => findDatasets(who, module, root)).map((dataset) =>
        arrayOf(who, module, bytes, dataset, allowed),
      );
      return await work(arrays);
    } finally {
      // A broken file may not close either; its memory goes with the library.
      try {
        close();
      } catch {}
    }
  } finally {
    module.FS.unlink(`/${name}`);
  }
}

/** Does work of the library, whose errors mean that the file is damaged. */
function guarded<T>(who: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isInputError(cause) || cause instanceof HostError) throw cause;
    dropIfFailed(cause);
    throw new InputRangeError(who, "a whole HDF5 file", "one that is cut off or corrupt", "damaged-file", { cause });
  }
}

/** The arrays in a file's groups. Each group is looked into once: hard and soft links may lead in circles. */
function findDatasets(who: string, module: H5Module, root: Group): Dataset[] {
  const found: Dataset[] = [];
  const seen = new Set<string>();
  let names = 0;
  const visit = (group: Group, depth: number) => {
    const address = module.create_object_reference(group.file_id, group.path).join();
    if (seen.has(address)) return;
    seen.add(address);
    for (const key of group.keys()) {
      names += 1;
      if (names > MAX_NAMES)
        throw new InputRangeError(who, `at most ${MAX_NAMES} names in groups`, "more", "too-large");
      const entity = group.get(key);
      if (entity === null) continue;
      if (isDataset(entity)) found.push(entity);
      else if (isGroup(entity) && depth < MAX_DEPTH) visit(entity, depth + 1);
      if (found.length >= MAX_ARRAYS) return;
    }
  };
  visit(root, 0);
  return found;
}

function isDataset(entity: object): entity is Dataset {
  return "type" in entity && entity.type === "Dataset";
}

function isGroup(entity: object): entity is Group {
  return "type" in entity && entity.type === "Group";
}

function arrayOf(file: string, module: H5Module, content: Uint8Array, dataset: Dataset, allowed: number): ArrayFile {
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
