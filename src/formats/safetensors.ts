/**
 * safetensors: named tensors and text metadata in one file that other tools read too.
 *
 * Layout (Hugging Face, github.com/huggingface/safetensors): the header's length as a little-endian 64-bit number; the
 * header, a JSON object that gives for each tensor `dtype`, `shape` and `data_offsets`, and for `__metadata__` texts;
 * the tensors' values, little-endian, which cover the rest of the file without holes.
 *
 * @module
 */

import { LENGTH_BYTES, MAX_HEADER_BYTES, METADATA_KEY } from "../data/read/safetensors-format.ts";
import {
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderBytes,
  whoIs,
} from "../data/read/safetensors-header.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { asBytes, type FileBytes, kindOf } from "../numeric/array-kinds.ts";
import { CONVERTED_TYPES, tensorFloats } from "./tensor-floats.ts";

/** The data begins at a multiple of this, so that tensors can be viewed in place. */
const ALIGNMENT = 8;

/** A tensor of 32-bit floats. */
export interface SafetensorsTensor {
  /** The type of the values. */
  readonly dtype: "F32";
  /** Empty for a single number. */
  readonly shape: readonly number[];
  /** The values in row order. */
  readonly data: Float32Array;
}

/** A tensor to write: 32-bit floats, the bits of 16-bit ones, or whole numbers. */
export interface WrittenTensor {
  /** The type of the values. */
  readonly dtype: "F32" | "F16" | "I64";
  /** Empty for a single number. */
  readonly shape: readonly number[];
  /** The values in row order. */
  readonly data: Float32Array | Uint16Array | BigInt64Array;
}

/** The content of a file. */
export interface Safetensors {
  /** In the order of the file's header. */
  readonly tensors: Map<string, SafetensorsTensor>;
  /** The texts of the file's header. */
  readonly metadata: Record<string, string>;
}

/** Options of {@link decodeSafetensors}. */
export interface DecodeSafetensorsOptions {
  /** Stands in error messages: `safetensors "model": ...`; default `"data"`. */
  readonly name?: string | undefined;
  /**
   * Turn F16, BF16 and F64 into F32, and whole numbers and BOOL too where F32 holds all of their values exactly, as it
   * does those up to 2^24. (PyTorch saves a count of batches, I64, beside the weights of a batch normalisation.)
   * Default false: other types than F32 are refused.
   */
  readonly convert?: boolean | undefined;
}

/**
 * Writes a file of F32, F16 or I64 tensors. The same tensors and metadata in the same order give the same bytes.
 *
 * @throws RangeError if a tensor's shape doesn't give its number of values, or a name is `__metadata__`
 *
 * @example
 * const tensors = new Map([["bias", { dtype: "F32" as const, shape: [2], data: Float32Array.of(1, 2) }]]);
 * const bytes = encodeSafetensors(tensors, { format: "convasm" });
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, WrittenTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header = headerText(tensors, metadata);
  const unpadded = new TextEncoder().encode(header);
  const headerBytes = Math.ceil(unpadded.length / ALIGNMENT) * ALIGNMENT;
  if (headerBytes > MAX_HEADER_BYTES) {
    const limit = `a header of at most ${MAX_HEADER_BYTES} bytes`;
    throw new InputRangeError("encodeSafetensors", limit, `${headerBytes}`, "too-large");
  }
  let dataBytes = 0;
  for (const { data } of tensors.values()) dataBytes += data.byteLength;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(bytes.buffer).setUint32(0, headerBytes, true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  bytes.set(unpadded, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

function headerText(tensors: ReadonlyMap<string, WrittenTensor>, metadata: Readonly<Record<string, string>>): string {
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`${JSON.stringify(METADATA_KEY)}:${JSON.stringify(metadata)}`);
  let begin = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === METADATA_KEY)
      throw new InputRangeError("encodeSafetensors", `another name than ${METADATA_KEY}`, "it");
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (size !== data.length) {
      const who = `encodeSafetensors ${JSON.stringify(name)}`;
      throw new InputRangeError(
        who,
        `${size} values for shape [${shape.join(", ")}]`,
        `${data.length}`,
        "shape-mismatch",
      );
    }
    const end = begin + data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
    begin = end;
  }
  return `{${fields.join(",")}}`;
}

/**
 * Reads a file that is in memory. F32 tensors are views of its bytes where alignment allows, so it must not be changed.
 *
 * @throws RangeError if anything is wrong with the file, before memory is allocated for it
 * @example
 * const { tensors } = decodeSafetensors(bytes);
 * for (const [name, { shape }] of tensors) console.log(name, shape);
 */
export function decodeSafetensors(file: FileBytes, options: DecodeSafetensorsOptions = {}): Safetensors {
  const name = options.name ?? "data";
  const bytes = asBytes(file);
  if (bytes === undefined) throw new InputTypeError(whoIs(name), "the bytes of a file", kindOf(file));
  const dataBegin = LENGTH_BYTES + safetensorsHeaderBytes(bytes, bytes.length, name);
  const dataBytes = bytes.length - dataBegin;
  const header = parseSafetensorsHeader(bytes.subarray(LENGTH_BYTES, dataBegin), dataBytes, name);
  return { tensors: decodeTensors(header, bytes.subarray(dataBegin), options), metadata: header.metadata };
}

/**
 * The tensors of a checked header.
 *
 * @param data all that comes after the header
 * @throws RangeError if a tensor is of a type that is not read, or not asked for
 */
export function decodeTensors(
  header: SafetensorsHeader,
  data: Uint8Array,
  options: DecodeSafetensorsOptions = {},
): Map<string, SafetensorsTensor> {
  const wanted = options.convert ? ["F32", ...CONVERTED_TYPES] : ["F32"];
  const whoOf = (name: string) => `${whoIs(options.name ?? "data")}: tensor ${JSON.stringify(name)}`;
  for (const { name, dtype } of header.entries) {
    if (wanted.includes(dtype)) continue;
    const advice = options.convert || dtype.startsWith("F8") ? "" : "; convert turns others into F32";
    throw new InputRangeError(whoOf(name), `dtype ${wanted.join(", ")}`, `${dtype}${advice}`, "unsupported-file");
  }
  const tensors = new Map<string, SafetensorsTensor>();
  for (const { name, dtype, shape, begin, end } of header.entries) {
    tensors.set(name, { dtype: "F32", shape, data: tensorFloats(whoOf(name), dtype, data.subarray(begin, end)) });
  }
  return tensors;
}
