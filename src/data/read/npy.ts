/**
 * NumPy's `.npy` files ("NEP 1: A simple file format for NumPy arrays"): a magic string, a version, a description of the
 * array as the text of a Python dictionary, then the values.
 *
 * Arrays of Python objects are pickled, which to read would mean to run what they say: they are refused.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { rowReader } from "./array-rows.ts";
import { checkSize, type DataFile } from "./data-file.ts";
import {
  type ArrayFile,
  columnStrides,
  NUMBER_BYTES,
  type NumberArray,
  type NumberType,
  reordered,
  sizeOfShape,
} from "./number-array.ts";

/** Longest description that is read; those of plain arrays have about 120 bytes. */
const MAX_HEADER = 64 * 1024;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** True if the bytes start as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

interface Header {
  /** NumPy's code, such as `<f4`. */
  readonly code: string;
  readonly type: NumberType | undefined;
  readonly littleEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly headerBytes: number;
}

const TYPES: Readonly<Record<string, NumberType>> = {
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

function parseHeader(who: string, start: Uint8Array): Header {
  if (!isNpy(start)) throw new InputRangeError(who, "a .npy file", "something else", "damaged-file");
  const [version, minor] = start.subarray(6, 8);
  const lengthBytes = version === 1 ? 2 : 4;
  if (start.length < 8 + lengthBytes)
    throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
  if (version < 1 || version > 3 || minor !== 0) {
    throw new InputRangeError(who, "version 1.0, 2.0 or 3.0", `${version}.${minor}`, "unsupported-file");
  }
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerBytes = 8 + lengthBytes + length;
  if (length > MAX_HEADER)
    throw new InputRangeError(who, `a header of at most ${MAX_HEADER} bytes`, `${length}`, "too-large");
  if (start.length < headerBytes) {
    throw new InputRangeError(who, `a header of ${headerBytes} bytes`, `${start.length}`, "damaged-file");
  }
  return {
    ...parseDescription(who, new TextDecoder().decode(start.subarray(8 + lengthBytes, headerBytes))),
    headerBytes,
  };
}

/** The values that a description's keys may have; Python 2 wrote whole numbers with an L. */
const VALUES = {
  descr: /^'([^']*)'|^\[[^{}]*\]/,
  fortran_order: /^(True|False)/,
  shape: /^\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?\s*)?)\)/,
};

const KEYS = ["descr", "fortran_order", "shape"] as const;

/**
 * The three values of a description: just these, each once, and nothing but blanks around, as NumPy wants it.
 *
 * @returns what the expressions of {@link VALUES} found, by key; undefined if it is another text
 */
function descriptionFields(text: string): Map<string, RegExpExecArray> | undefined {
  const fields = new Map<string, RegExpExecArray>();
  let rest = text.trimStart();
  if (!rest.startsWith("{")) return undefined;
  rest = rest.slice(1).trimStart();
  while (!rest.startsWith("}")) {
    const key = KEYS.find((name) => rest.startsWith(`'${name}'`) && !fields.has(name));
    if (key === undefined) return undefined;
    const afterKey = rest.slice(key.length + 2).trimStart();
    const value = afterKey.startsWith(":") ? VALUES[key].exec(afterKey.slice(1).trimStart()) : null;
    if (value === null) return undefined;
    fields.set(key, value);
    rest = value.input.slice(value[0].length).trimStart();
    if (rest.startsWith(",")) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith("}")) return undefined;
  }
  return fields.size === KEYS.length && rest.trim() === "}" ? fields : undefined;
}

function parseDescription(who: string, text: string): Omit<Header, "headerBytes"> {
  const fields = descriptionFields(text);
  if (fields === undefined) {
    const got = JSON.stringify(text.trim().slice(0, 80));
    throw new InputRangeError(who, `a description with ${KEYS.join(", ")} and nothing else`, got, "damaged-file");
  }
  const extents = fields.get("shape")?.[1] ?? "";
  const shape = extents
    .split(",")
    .map((extent) => extent.trim().replace("L", ""))
    .filter((extent) => extent !== "")
    .map(Number);
  // Records have a list of fields in place of one code.
  const code = fields.get("descr")?.[1] ?? "records";
  const type = Object.hasOwn(TYPES, code.slice(1)) && /^[<>|=]/.test(code) ? TYPES[code.slice(1)] : undefined;
  return { code, type, littleEndian: code[0] !== ">", fortran: fields.get("fortran_order")?.[1] === "True", shape };
}

/**
 * The array in a `.npy` file. Its header is read at once, its values later.
 *
 * @param name of the array; default the file's name without `.npy`
 * @throws RangeError if the header is wrong
 *
 * @example
 * const { shape, type } = await openNpy(file);
 */
export async function openNpy(file: DataFile, name: string = file.name.replace(/\.npy$/i, "")): Promise<ArrayFile> {
  const who = `readNpy ${JSON.stringify(file.name)}`;
  const header = parseHeader(who, await file.start(MAX_HEADER + 12));
  const { type, shape } = header;
  const { fortran, littleEndian, headerBytes: begin } = header;
  const rows = async () =>
    type === undefined || (fortran && shape.length > 1)
      ? undefined
      : rowReader(file, { who, type, littleEndian, shape, begin });
  return { name, who, shape, type, read: () => readValues(who, file, header), rows };
}

async function readValues(who: string, file: DataFile, header: Header): Promise<NumberArray> {
  const { type, code, shape, fortran, littleEndian, headerBytes } = header;
  if (type === undefined) throw new InputRangeError(who, "numbers", describeCode(code), "damaged-file");
  const count = sizeOfShape(shape);
  if (count === 0) throw new InputRangeError(who, "at least one value", `shape [${shape.join(", ")}]`, "damaged-file");
  const size = headerBytes + count * NUMBER_BYTES[type];
  checkSize(file.name, size);
  const bytes = await file.bytes();
  if (bytes.length !== size) {
    throw new InputRangeError(
      who,
      `${size} bytes for [${shape.join(", ")}] of ${type}`,
      `${bytes.length}`,
      "shape-mismatch",
    );
  }
  const array = { type, littleEndian, shape, bytes: bytes.subarray(headerBytes) };
  return fortran && shape.length > 1 ? reordered(array, [...shape.keys()], columnStrides(shape)) : array;
}

function describeCode(code: string): string {
  if (code === "|O" || code === "O") return "pickled Python objects, which are never run";
  return code === "records" ? "records of several fields" : `type ${JSON.stringify(code)}`;
}
