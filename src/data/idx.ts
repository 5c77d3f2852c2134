/**
 * IDX, the file format of MNIST and its relatives: a magic number, the dimensions, then the values.
 *
 * Layout (Y. LeCun, "The MNIST database"): two zero bytes, the type of the values (8 is unsigned byte), the number of
 * dimensions; each dimension as a big-endian 32-bit number; the values in row order.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { standInOf } from "../numeric/stand-ins.ts";
import { createDataset, type Dataset } from "./dataset.ts";
import { allowedBytes, checkExpansion } from "./expansion.ts";
import { gunzip, gunzipStart, isGzip } from "./gzip.ts";
import type { ImageShape } from "./pixels.ts";

/** Values of unsigned bytes, the only type read here. */
const UNSIGNED_BYTE = 8;

/** Bytes of a start that hold the header, and show what else a file may be. */
const START_BYTES = 64;

/** Larger files are refused: a Uint8Array must hold them. */
const MAX_BYTES = 2 ** 31 - 1;

/** A file's bytes under the name that stands in error messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The most bytes that may come out of them, where they are packed. Default: see `allowedBytes`. */
  readonly allowed?: number;
}

/** The content of an IDX file. */
export interface IdxArray {
  /** Dimensions: one for labels; three for grey images `[n, h, w]`, four with channels `[n, h, w, c]`. */
  readonly dims: readonly number[];
  /** The values in row order, viewed where the file was not packed. */
  readonly data: Uint8Array;
}

/** Images of an IDX file. */
export interface IdxImages {
  readonly length: number;
  readonly shape: ImageShape;
  /** `[n, h, w, c]`. */
  readonly images: Uint8Array;
}

interface IdxHeader {
  readonly dims: readonly number[];
  readonly headerBytes: number;
  readonly fileBytes: number;
}

/** Checks everything but the length of the file. `start` is the first bytes, or all of a shorter file. */
/** The extents that the start of an IDX file of bytes tells, and the sizes of header and file. */
export function parseHeader(who: string, start: Uint8Array, maxBytes = MAX_BYTES): IdxHeader {
  const magic = [...start.subarray(0, 4)];
  if (magic.length < 4 || magic[0] !== 0 || magic[1] !== 0 || magic[2] !== UNSIGNED_BYTE) {
    const got = standInOf(start) ?? `a start of ${magic.join(" ")}`;
    throw new InputRangeError(who, "an IDX file of bytes (starting 0 0 8)", got, "damaged-file");
  }
  const rank = magic[3];
  if (rank !== 1 && rank !== 3 && rank !== 4) {
    throw new InputRangeError(who, "1 dimension (labels), 3 or 4 (images)", `${rank}`, "damaged-file");
  }
  const headerBytes = 4 + 4 * rank;
  if (start.length < headerBytes) {
    throw new InputRangeError(who, `a header of ${headerBytes} bytes`, `${start.length}`, "damaged-file");
  }
  const view = new DataView(start.buffer, start.byteOffset, headerBytes);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (dims.includes(0))
    throw new InputRangeError(who, "at least one value", `dimensions ${dims.join(" x ")}`, "damaged-file");
  const fileBytes = headerBytes + dims.reduce((product, dim) => product * dim, 1);
  if (fileBytes > maxBytes) {
    throw new InputRangeError(who, `at most ${maxBytes} bytes`, `a header for ${dims.join(" x ")} values`, "too-large");
  }
  return { dims, headerBytes, fileBytes };
}

/**
 * Reads an IDX file of unsigned bytes that is already unpacked.
 *
 * @throws RangeError if the header is wrong, or the length is not exactly what the header says
 *
 * @example
 * const { dims, data } = parseIdx({ name: "labels", bytes: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 1) });
 */
export function parseIdx(file: NamedBytes): IdxArray {
  const who = `readIdx ${JSON.stringify(file.name)}`;
  const { bytes } = file;
  const { dims, headerBytes, fileBytes } = parseHeader(who, bytes.subarray(0, START_BYTES));
  if (bytes.length !== fileBytes) {
    throw new InputRangeError(who, `${fileBytes} bytes`, `${bytes.length}`, "damaged-file");
  }
  return { dims, data: bytes.subarray(headerBytes) };
}

/**
 * Reads an IDX file of unsigned bytes, plain or packed with gzip.
 *
 * A packed file's header is looked at first, and no more is unpacked than it says.
 *
 * @throws RangeError if the header is wrong, the length is not what it says or beyond what may come out of so small a file, or gzip
 *   data is corrupt or cut off
 */
export async function readIdx(file: NamedBytes): Promise<IdxArray> {
  if (!isGzip(file.bytes)) return parseIdx(file);
  const who = `readIdx ${JSON.stringify(file.name)}`;
  const { fileBytes } = parseHeader(who, await gunzipStart(file.bytes, 20, file.name));
  checkExpansion(who, fileBytes, file.allowed ?? allowedBytes(file.bytes.length));
  return parseIdx({ name: file.name, bytes: await gunzip(file.bytes, { name: file.name, maxBytes: fileBytes }) });
}

/**
 * Reads images `[n, h, w]` or `[n, h, w, c]`, plain or packed with gzip.
 *
 * @throws RangeError as {@link readIdx} does, or if the file holds labels
 */
export async function readIdxImages(file: NamedBytes): Promise<IdxImages> {
  const { dims, data } = await readIdx(file);
  if (dims.length < 3) {
    throw new InputRangeError(
      `readIdx ${JSON.stringify(file.name)}`,
      "images (3 or 4 dimensions)",
      "labels (1)",
      "damaged-file",
    );
  }
  return { length: dims[0], shape: [dims[1], dims[2], dims[3] ?? 1], images: data };
}

/**
 * Reads labels `[n]`, plain or packed with gzip.
 *
 * @throws RangeError as {@link readIdx} does, or if the file holds images
 */
export async function readIdxLabels(file: NamedBytes): Promise<Uint8Array> {
  const { dims, data } = await readIdx(file);
  if (dims.length !== 1) {
    const who = `readIdx ${JSON.stringify(file.name)}`;
    throw new InputRangeError(who, "labels (1 dimension)", `images (${dims.length})`, "damaged-file");
  }
  return data;
}

/** Options of {@link readIdxPair}. */
export interface IdxPairOptions {
  /** The data set's name; default `"data"`. */
  readonly name?: string | undefined;
  /** Default: the number of names, else the highest label + 1. */
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Makes a data set of a file of images and its file of labels.
 *
 * @throws RangeError if a file is wrong, the numbers of images and labels differ, or a label is outside the classes
 */
export async function readIdxPair(
  imageFile: NamedBytes,
  labelFile: NamedBytes,
  options: IdxPairOptions = {},
): Promise<Dataset> {
  const labels = await readIdxLabels(labelFile);
  const { length, shape, images } = await readIdxImages(imageFile);
  if (labels.length !== length) {
    const who = `readIdx ${JSON.stringify(labelFile.name)}`;
    throw new InputRangeError(who, `${length} labels, one per image`, `${labels.length}`, "shape-mismatch");
  }
  return createDataset({ ...options, shape, images, labels });
}

/**
 * Writes an IDX file of unsigned bytes.
 *
 * @param dims `[n]`, `[n, h, w]` or `[n, h, w, c]`
 * @throws RangeError if the dimensions don't give the number of values
 */
export function encodeIdx(dims: readonly number[], data: Uint8Array): Uint8Array {
  const headerBytes = 4 + 4 * dims.length;
  const bytes = new Uint8Array(headerBytes + data.length);
  bytes.set([0, 0, UNSIGNED_BYTE, dims.length]);
  const view = new DataView(bytes.buffer);
  dims.forEach((dim, i) => {
    view.setUint32(4 + 4 * i, dim);
  });
  bytes.set(data, headerBytes);
  parseIdx({ name: "encodeIdx", bytes });
  return bytes;
}

/** The two IDX files of a data set. */
export interface IdxPair {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * Writes a data set as IDX: grey images with three dimensions, others with four.
 *
 * @throws RangeError if pixels or labels are not bytes, or there are targets in place of labels
 */
export function encodeIdxPair(dataset: Dataset): IdxPair {
  const who = `encodeIdx ${JSON.stringify(dataset.name)}`;
  const { images, labels, length, shape } = dataset;
  if (!isUint8Array(images)) throw new InputRangeError(who, "pixels as bytes", "floats", "damaged-file");
  if (labels === undefined || dataset.classes > 256) {
    throw new InputRangeError(
      who,
      "labels below 256",
      labels ? `${dataset.classes} classes` : "targets",
      "damaged-file",
    );
  }
  const dims = [length, shape[0], shape[1], ...(shape[2] === 1 ? [] : [shape[2]])];
  return { images: encodeIdx(dims, images), labels: encodeIdx([length], Uint8Array.from(labels)) };
}
