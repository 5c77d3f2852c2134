/**
 * Reading PNG pictures (W3C, "Portable Network Graphics", third edition), all colour types, depths and interlacing.
 *
 * Written here because every size is checked before it is believed: no more is unpacked than the header says.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { crc32 } from "../numeric/crc32.ts";
import { joinBytes } from "../numeric/join-bytes.ts";
import { allowedBytes, checkExpansion } from "./expansion.ts";
import { inflate } from "./gzip.ts";
import type { RasterImage } from "./image.ts";
import { exifOrientation, upright } from "./orientation.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Options of {@link decodePng}. */
export interface DecodeImageOptions {
  /** Stands in error messages. */
  readonly name: string;
  /** Larger pictures are refused by their header. */
  readonly maxPixels: number;
  /** The most bytes that may come out of it; default what `allowedBytes` says for a file of its size. */
  readonly maxBytes?: number | undefined;
  /** Unpacks zlib data, with the same errors; default the web's own streams, which take long for small pictures. */
  readonly inflate?: typeof inflate;
}

/** True if the bytes start as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly kind: Kind;
  /** Samples per pixel in the file. */
  readonly samples: number;
  readonly interlaced: boolean;
}

type Kind = "grey" | "rgb" | "palette" | "grey-alpha" | "rgba";

/** Kind, samples per pixel and allowed depths of each colour type. */
const KINDS: ReadonlyMap<number, { kind: Kind; samples: number; depths: readonly number[] }> = new Map([
  [0, { kind: "grey", samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { kind: "rgb", samples: 3, depths: [8, 16] }],
  [3, { kind: "palette", samples: 1, depths: [1, 2, 4, 8] }],
  [4, { kind: "grey-alpha", samples: 2, depths: [8, 16] }],
  [6, { kind: "rgba", samples: 4, depths: [8, 16] }],
]);

/** The chunks that matter. */
interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  /** 1 to 8, as EXIF has it. */
  readonly orientation: number;
  /** The pixels, packed. */
  readonly packed: Uint8Array;
}

/**
 * Decodes a PNG picture: samples of 16 bits stay, those of fewer become 8; colours of a palette are looked up, and transparent
 * ones get an alpha channel. The picture is turned upright, as its EXIF data says.
 *
 * @throws RangeError if the data is not a whole, correct PNG, or the picture is too large
 */
export async function decodePng(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `png ${JSON.stringify(options.name)}`;
  const chunks = readChunks(who, bytes, options.maxPixels);
  const passes = passesOf(chunks.header);
  const rawBytes = passes.reduce((sum, pass) => sum + pass.height * (1 + rowBytes(chunks.header, pass.width)), 0);
  const { width, height, depth } = chunks.header;
  const pixelBytes = width * height * channelsOf(chunks) * (depth === 16 ? 2 : 1);
  checkExpansion(who, Math.max(rawBytes, pixelBytes), options.maxBytes ?? allowedBytes(bytes.length));
  const raw = await (options.inflate ?? inflate)(chunks.packed, { name: options.name, maxBytes: rawBytes });
  if (raw.length !== rawBytes) {
    throw new InputRangeError(who, `${rawBytes} bytes of pixel data`, `${raw.length}`, "damaged-file");
  }
  return upright(assemble(who, chunks, passes, raw), chunks.orientation);
}

function readChunks(who: string, bytes: Uint8Array, maxPixels: number): Chunks {
  if (!isPng(bytes)) throw new InputRangeError(who, "a PNG file", "something else", "damaged-file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let orientation = 1;
  const packed: Uint8Array[] = [];
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (length > bytes.length - at - 12) {
      throw new InputRangeError(
        who,
        `${length} bytes in chunk ${JSON.stringify(type)}`,
        "a file cut off",
        "damaged-file",
      );
    }
    const data = bytes.subarray(at + 8, at + 8 + length);
    const isUsed = type === "tRNS" || type === "eXIf" || /^[A-Z]/.test(type);
    if (isUsed && crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new InputRangeError(
        who,
        `chunk ${JSON.stringify(type)} to fit its checksum`,
        "corrupt data",
        "damaged-file",
      );
    }
    if (header === undefined) header = parseHeader(who, type, data, maxPixels);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparency = data;
    else if (type === "eXIf") orientation = exifOrientation(data);
    else if (type === "IDAT") packed.push(data);
    else if (type === "IEND") return { header, palette, transparency, orientation, packed: joinBytes(packed) };
    else if (isUsed) throw new InputRangeError(who, "known chunks", JSON.stringify(type), "unsupported-file");
    at += 12 + length;
  }
}

function parseHeader(who: string, type: string, data: Uint8Array, maxPixels: number): Header {
  if (type !== "IHDR" || data.length !== 13) {
    throw new InputRangeError(
      who,
      "a header of 13 bytes first",
      `${JSON.stringify(type)} of ${data.length}`,
      "damaged-file",
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, 13);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  if (width === 0 || height === 0 || width * height > maxPixels) {
    throw new InputRangeError(who, `1 to ${maxPixels} pixels`, `${width} x ${height}`, "damaged-file");
  }
  const [depth, colourType, compression, filter, interlace] = data.subarray(8);
  const known = KINDS.get(colourType);
  if (known === undefined || !known.depths.includes(depth)) {
    throw new InputRangeError(who, "a known colour type", `type ${colourType} with ${depth} bits`, "unsupported-file");
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw new InputRangeError(
      who,
      "methods 0, 0 and 0 or 1",
      `${compression}, ${filter} and ${interlace}`,
      "unsupported-file",
    );
  }
  return { width, height, depth, kind: known.kind, samples: known.samples, interlaced: interlace === 1 };
}

/** A grid of pixels that is stored on its own: the whole picture, or one of the seven parts of an interlaced one. */
interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/** Left, top, step across, step down of the parts (Adam7). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

function passesOf(header: Header): Pass[] {
  const grids = header.interlaced ? ADAM7 : [[0, 0, 1, 1]];
  return grids
    .map(([left, top, stepX, stepY]) => ({
      left,
      top,
      stepX,
      stepY,
      width: Math.ceil((header.width - left) / stepX),
      height: Math.ceil((header.height - top) / stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

function rowBytes(header: Header, width: number): number {
  return Math.ceil((width * header.samples * header.depth) / 8);
}

/** Undoes the prediction of one row, in place. `above` is all zero for the first row. */
function unfilter(who: string, type: number, row: Uint8Array, above: Uint8Array, distance: number): void {
  if (type > 4) throw new InputRangeError(who, "row filters 0 to 4", `${type}`, "damaged-file");
  if (type === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i >= distance ? row[i - distance] : 0;
    if (type === 1) row[i] += left;
    else if (type === 2) row[i] += above[i];
    else if (type === 3) row[i] += (left + above[i]) >> 1;
    else row[i] += paeth(left, above[i], i >= distance ? above[i - distance] : 0);
  }
}

function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Sample `index` of a row, in the file's depth. */
function sampleAt(row: Uint8Array, depth: number, index: number): number {
  if (depth === 8) return row[index];
  if (depth === 16) return row[2 * index] * 256 + row[2 * index + 1];
  const bit = index * depth;
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

type Put = (row: Uint8Array, x: number, at: number) => void;

function assemble(who: string, chunks: Chunks, passes: readonly Pass[], raw: Uint8Array): RasterImage {
  const { header } = chunks;
  const { width, height } = header;
  const channels = channelsOf(chunks);
  const values = width * height * channels;
  const data = header.depth === 16 ? new Uint16Array(values) : new Uint8Array(values);
  const put = header.kind === "palette" ? putPalette(who, chunks, data, channels) : putSamples(who, chunks, data);
  const distance = Math.max(1, (header.samples * header.depth) >> 3);
  let at = 0;
  for (const pass of passes) {
    const length = rowBytes(header, pass.width);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < pass.height; y++) {
      const row = raw.subarray(at + 1, at + 1 + length);
      unfilter(who, raw[at], row, above, distance);
      const line = (pass.top + y * pass.stepY) * width;
      for (let x = 0; x < pass.width; x++) put(row, x, (line + pass.left + x * pass.stepX) * channels);
      above = row;
      at += 1 + length;
    }
  }
  return { width, height, channels, data };
}

function channelsOf({ header, transparency }: Chunks): 1 | 2 | 3 | 4 {
  if (header.kind === "grey") return transparency ? 2 : 1;
  if (header.kind === "grey-alpha") return 2;
  if (header.kind === "rgba") return 4;
  return transparency ? 4 : 3;
}

/** Copies samples, those of fewer than 8 bits stretched to 8; one colour may be marked as transparent. */
function putSamples(who: string, { header, transparency }: Chunks, data: RasterImage["data"]): Put {
  const { depth, samples, kind } = header;
  const highest = 2 ** depth - 1;
  const opaque = depth === 16 ? highest : 255;
  const isMarked = transparency !== undefined && (kind === "grey" || kind === "rgb");
  if (isMarked && transparency.length !== 2 * samples) {
    throw new InputRangeError(who, `${2 * samples} bytes of transparency`, `${transparency.length}`, "damaged-file");
  }
  return (row, x, at) => {
    let isClear = isMarked;
    for (let s = 0; s < samples; s++) {
      const value = sampleAt(row, depth, x * samples + s);
      data[at + s] = depth >= 8 ? value : (value * 255) / highest;
      if (isMarked && value !== transparency[2 * s] * 256 + transparency[2 * s + 1]) isClear = false;
    }
    if (isMarked) data[at + samples] = isClear ? 0 : opaque;
  };
}

function putPalette(who: string, chunks: Chunks, data: RasterImage["data"], channels: number): Put {
  const { header, palette, transparency } = chunks;
  if (palette === undefined || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768) {
    throw new InputRangeError(who, "a palette of 1 to 256 colours", `${palette?.length ?? 0} bytes`, "damaged-file");
  }
  const colours = palette.length / 3;
  if (transparency !== undefined && transparency.length > colours) {
    throw new InputRangeError(
      who,
      `at most ${colours} values of transparency`,
      `${transparency.length}`,
      "damaged-file",
    );
  }
  return (row, x, at) => {
    const index = sampleAt(row, header.depth, x);
    if (index >= colours)
      throw new InputRangeError(who, `colours from 0 to ${colours - 1}`, `${index}`, "damaged-file");
    for (let c = 0; c < 3; c++) data[at + c] = palette[3 * index + c];
    if (channels === 4) data[at + 3] = transparency?.[index] ?? 255;
  };
}
