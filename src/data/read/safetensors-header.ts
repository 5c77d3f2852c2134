/**
 * The header of a safetensors file: its length, and what it says of tensors and texts, checked.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { decodeJson } from "../../numeric/json-keys.ts";
import { standInOf } from "../../numeric/stand-ins.ts";
import { LENGTH_BYTES, MAX_HEADER_BYTES, METADATA_KEY } from "./safetensors-format.ts";

/** Bytes per value of each type that the format names. */
const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["F8_E5M2", 1],
  ["F8_E4M3", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["I64", 8],
  ["U64", 8],
  ["F64", 8],
]);

/** Place and type of a tensor in a file. */
export interface SafetensorsEntry {
  readonly name: string;
  /** A type that the format names, such as `"F32"` or `"I64"`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Record<string, string>;
}

/** A file in messages. */
export function whoIs(name: string): string {
  return `safetensors ${JSON.stringify(name)}`;
}

/**
 * Checks a file by its first 8 bytes and its size alone.
 *
 * @param start the file's first 8 bytes or more; 64 show what else it may be
 * @param fileBytes the file's size
 * @returns the length of the header, which begins at byte 8
 * @throws RangeError if the header would be too long or go beyond the file
 */
export function safetensorsHeaderBytes(start: Uint8Array, fileBytes: number, name: string): number {
  const who = whoIs(name);
  if (start.length < LENGTH_BYTES || fileBytes < LENGTH_BYTES + 2) {
    throw new InputRangeError(who, `at least ${LENGTH_BYTES + 2} bytes`, `${fileBytes}`, "damaged-file");
  }
  const standIn = standInOf(start);
  if (standIn !== undefined) throw new InputRangeError(who, "a safetensors file", standIn, "damaged-file");
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new InputRangeError(who, `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`, "too-large");
  }
  if (Number(length) > fileBytes - LENGTH_BYTES) {
    throw new InputRangeError(who, `a header inside the file of ${fileBytes} bytes`, `${length} bytes`, "damaged-file");
  }
  return Number(length);
}

/**
 * Parses a header and checks all that it says.
 *
 * @param header its bytes, without the length before it
 * @param dataBytes how many bytes come after it
 * @throws RangeError if it is not as the format wants it, or does not fit the data
 */
export function parseSafetensorsHeader(header: Uint8Array, dataBytes: number, name: string): SafetensorsHeader {
  const who = whoIs(name);
  const fields = parseObject(who, header);
  let metadata: Record<string, string> = {};
  const entries: SafetensorsEntry[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (key === METADATA_KEY) metadata = checkMetadata(who, value);
    else entries.push(checkEntry(`${who}: tensor ${JSON.stringify(key)}`, key, value, dataBytes));
  }
  checkCover(who, entries, dataBytes);
  return { entries, metadata };
}

function parseObject(who: string, header: Uint8Array): object {
  if (header[0] !== 0x7b) throw new InputRangeError(who, "a JSON object as header", "something else", "damaged-file");
  const { value, twice } = decoded(who, header);
  if (twice !== undefined) {
    throw new InputRangeError(who, "each key once in the header", `${JSON.stringify(twice)} twice`, "damaged-file");
  }
  if (!isObject(value)) throw new InputRangeError(who, "a JSON object as header", "something else", "damaged-file");
  return value;
}

function decoded(who: string, header: Uint8Array) {
  try {
    return decodeJson(header);
  } catch (cause) {
    throw new InputRangeError(who, "a JSON object as header", "text that is not JSON", "damaged-file", { cause });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkMetadata(who: string, value: unknown): Record<string, string> {
  if (!isObject(value)) throw new InputRangeError(who, `texts in ${METADATA_KEY}`, shown(value), "damaged-file");
  const pairs: [string, string][] = [];
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new InputRangeError(
        who,
        `a text for ${JSON.stringify(key)} in ${METADATA_KEY}`,
        shown(text),
        "damaged-file",
      );
    }
    pairs.push([key, text]);
  }
  return Object.fromEntries(pairs);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item: unknown) => Number.isSafeInteger(item) && Number(item) >= 0);
}

interface EntryFields {
  readonly dtype?: unknown;
  readonly shape?: unknown;
  readonly data_offsets?: unknown;
}

function checkEntry(who: string, name: string, value: unknown, dataBytes: number): SafetensorsEntry {
  if (!isObject(value)) throw new InputRangeError(who, "dtype, shape and data_offsets", shown(value), "damaged-file");
  const { dtype, shape, data_offsets: offsets }: EntryFields = value;
  const valueBytes = typeof dtype === "string" ? DTYPE_BYTES.get(dtype) : undefined;
  if (typeof dtype !== "string" || valueBytes === undefined) {
    throw new InputRangeError(who, 'a dtype such as "F32"', shown(dtype), "unsupported-file");
  }
  if (!isCounts(shape)) {
    throw new InputRangeError(who, "whole numbers from 0 as shape", shown(shape), "damaged-file");
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
    throw new InputRangeError(who, `data_offsets from 0 to ${dataBytes}`, shown(offsets), "damaged-file");
  }
  const [begin, end] = offsets;
  // Zero dimensions first: with them no product can overflow.
  const bytes = shape.includes(0) ? 0 : shape.reduce((product, dim) => product * dim, valueBytes);
  if (bytes !== end - begin) {
    throw new InputRangeError(who, `${bytes} bytes for ${dtype} ${shown(shape)}`, `${end - begin}`, "damaged-file");
  }
  return { name, dtype, shape, begin, end };
}

/** Checks that every byte of the data belongs to exactly one tensor. */
function checkCover(who: string, entries: readonly SafetensorsEntry[], dataBytes: number): void {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    if (begin !== covered) {
      const what = begin < covered ? "overlaps the tensor before it" : "leaves a hole before it";
      throw new InputRangeError(
        `${who}: tensor ${JSON.stringify(name)}`,
        `to begin at ${covered}`,
        `${begin}: ${what}`,
        "damaged-file",
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) throw new InputRangeError(who, `${covered} bytes of data`, `${dataBytes}`, "damaged-file");
}
