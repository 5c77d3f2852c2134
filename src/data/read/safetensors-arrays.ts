/**
 * The tensors of safetensors files as arrays of images and labels.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { rowReader } from "./array-rows.ts";
import { checkSize, type DataFile } from "./data-file.ts";
import { type ArrayFile, type NumberType, sizeOfShape } from "./number-array.ts";
import { parseSafetensorsHeader, safetensorsHeaderBytes } from "./safetensors-header.ts";

/** Bytes before the header, which tell its length. */
const LENGTH_BYTES = 8;

/** Longest header of a file of data: names of a few tensors. */
const MAX_HEADER = 1024 * 1024;

const TYPES: Readonly<Record<string, NumberType>> = {
  BOOL: "bool",
  I8: "int8",
  U8: "uint8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  I64: "int64",
  U64: "uint64",
  F64: "float64",
};

/** True if bytes start as a safetensors file does: the length of a header, which is a JSON object. */
export function isSafetensors(start: Uint8Array): boolean {
  if (start.length < LENGTH_BYTES + 2 || start[LENGTH_BYTES] !== 0x7b) return false;
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(MAX_HEADER);
}

/**
 * The tensors in a safetensors file. Its header is read at once, their values later.
 *
 * @throws RangeError if the header is wrong, or does not fit the file
 * @example
 * const names = (await openSafetensors(file)).map(({ name }) => name); // such as x_train, y_train
 */
export async function openSafetensors(file: DataFile): Promise<ArrayFile[]> {
  const size = await file.size();
  const headerBytes = safetensorsHeaderBytes(await file.start(64), size, file.name);
  const begin = LENGTH_BYTES + headerBytes;
  const header = (await file.start(begin)).subarray(LENGTH_BYTES);
  const { entries } = parseSafetensorsHeader(header, size - begin, file.name);
  return entries.map((entry): ArrayFile => {
    const { name, shape, dtype } = entry;
    const who = `readSafetensors ${JSON.stringify(file.name)}, ${JSON.stringify(name)}`;
    const type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
    const read = async () => {
      if (type === undefined) throw new InputRangeError(who, "numbers as NumPy has them", dtype, "unsupported-file");
      if (sizeOfShape(shape) === 0)
        throw new InputRangeError(who, "at least one value", `shape [${shape.join(", ")}]`, "damaged-file");
      checkSize(file.name, entry.end - entry.begin);
      const bytes =
        (await file.range?.(begin + entry.begin, begin + entry.end)) ??
        (await file.bytes()).subarray(begin + entry.begin, begin + entry.end);
      return { type, littleEndian: true, shape, bytes };
    };
    const rows = async () =>
      type === undefined
        ? undefined
        : rowReader(file, { who, type, littleEndian: true, shape, begin: begin + entry.begin });
    return { name, who, shape, type, read, rows };
  });
}
