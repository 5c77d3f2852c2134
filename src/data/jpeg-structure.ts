/**
 * A JPEG file's segments and scans (ITU-T T.81, annex B), which tell of a picture before it is decoded.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { joinBytes } from "../numeric/join-bytes.ts";
import { allowedBytes, checkExpansion } from "./expansion.ts";

/** The largest picture that is decoded. */
export interface JpegLimits {
  readonly maxPixels: number;
  /** The most bytes of red, green and blue that may come out of it; default what `allowedBytes` says for a file of its size. */
  readonly maxBytes?: number | undefined;
}

/** The frame and scans that the segments describe. */
export interface JpegStructure {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colours, 4 colours of print. */
  readonly components: number;
  /** The file from its first byte to its end mark, without bytes that lie between segments and mean nothing. */
  readonly bytes: Uint8Array;
}

/** Encoders write 3 to 20 scans; each takes the decoder over all pixels. */
const USUAL_SCANS = 20;

/** Small pictures may have more scans, as long as those do not pass over more pixels than this. */
const SCANNED_PIXELS = 200_000_000;

const MOST_SCANS = 200;

const EOI = 0xd9;
const SOS = 0xda;

/** True if the bytes start as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Walks over a file from its start to its end mark.
 *
 * Bytes between segments, which some cameras leave, are passed over as other decoders do.
 *
 * @param who stands in error messages
 * @throws RangeError if the data is not a whole JPEG, its restart marks are out of order, a scan has too little data for the size, or the
 *   picture or the number of scans is too large
 */
export function readJpegStructure(who: string, bytes: Uint8Array, limits: JpegLimits): JpegStructure {
  if (!isJpeg(bytes)) throw new InputRangeError(who, "a JPEG file", "something else", "damaged-file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let frame: Frame | undefined;
  let scans = 0;
  for (let at = nextMarker(bytes, 2); at + 4 <= bytes.length || bytes[at + 1] === EOI; at = nextMarker(bytes, at)) {
    const marker = bytes[at + 1];
    if (marker === EOI) {
      if (scans === 0) break;
      kept.push(bytes.subarray(at, at + 2));
      const { width = 0, height = 0, components = [] } = frame ?? {};
      return { width, height, components: components.length, bytes: joined(bytes, kept) };
    }
    const begin = at;
    const length = hasLength(marker) ? view.getUint16(at + 2) : 0;
    at += 2 + length;
    if (isFrame(marker) && length >= 8) frame = readFrame(who, bytes, begin, limits);
    if (marker === SOS) {
      if (frame === undefined) throw new InputRangeError(who, "a size before the pixels", "none", "damaged-file");
      scans += 1;
      checkScans(who, scans, frame.width * frame.height);
      const data = at;
      at = endOfScan(who, bytes, data);
      checkScanSize(who, frame, bytes.subarray(begin + 4, data), at - data);
    }
    kept.push(bytes.subarray(begin, at));
  }
  throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
}

/** Index of the next marker; the end of the file if there is none. Fill bytes before it belong to it. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== 0 && next !== 0xff) return at;
  }
  return bytes.length;
}

/** The markers that stand alone: restarts, starts, and one for private use in arithmetic coding. */
function hasLength(marker: number): boolean {
  return marker !== 0x01 && !(marker >= 0xd0 && marker <= 0xd8);
}

/** Markers 0xc0 to 0xcf start a frame, but for Huffman tables, arithmetic tables and the one that is reserved. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** A frame as its header has it. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** Coded by Huffman's method in one scan or more; undefined for other methods. */
  readonly coding: "sequential" | "progressive" | undefined;
}

interface Component {
  readonly id: number;
  /** Sampling factors: of two components the one with twice the factor has twice the samples. */
  readonly across: number;
  readonly down: number;
}

function readFrame(who: string, bytes: Uint8Array, at: number, limits: JpegLimits): Frame {
  const { maxPixels, maxBytes = allowedBytes(bytes.length) } = limits;
  const [height, width] = [5, 7].map((offset) => bytes[at + offset] * 256 + bytes[at + offset + 1]);
  if (!(width > 0 && height > 0 && width * height <= maxPixels)) {
    throw new InputRangeError(who, `1 to ${maxPixels} pixels`, `${width} x ${height}`, "damaged-file");
  }
  checkExpansion(who, width * height * 3, maxBytes);
  const components = Array.from({ length: bytes[at + 9] }, (_, i) => {
    const [id, factors] = bytes.subarray(at + 10 + 3 * i);
    return { id, across: factors >> 4, down: factors & 15 };
  });
  const marker = bytes[at + 1];
  return {
    width,
    height,
    components,
    coding: marker === 0xc2 ? "progressive" : marker <= 0xc1 ? "sequential" : undefined,
  };
}

/**
 * Refuses a scan whose data cannot hold its blocks: decoders paint missing blocks grey, at any size that the header
 * names.
 *
 * Each block of 8 x 8 samples takes a code of a bit or more for its mean, and, unless other scans have the rest, one
 * for the rest.
 *
 * @param header the scan's: number of components, their names and tables, range of coefficients, bits
 * @param size bytes of data
 */
function checkScanSize(
  who: string,
  { width, height, components, coding }: Frame,
  header: Uint8Array,
  size: number,
): void {
  const count = header[0];
  const [first] = header.subarray(1 + 2 * count);
  if (coding === undefined || first !== 0) return;
  const across = 8 * Math.max(...components.map((component) => component.across));
  const down = 8 * Math.max(...components.map((component) => component.down));
  let blocks = 0;
  for (let i = 0; i < count; i++) {
    const component = components.find(({ id }) => id === header[1 + 2 * i]);
    if (component === undefined) continue;
    blocks += Math.ceil((width * component.across) / across) * Math.ceil((height * component.down) / down);
  }
  const least = Math.ceil(((coding === "sequential" ? 2 : 1) * blocks) / 8);
  if (size < least) {
    throw new InputRangeError(
      who,
      `${least} bytes of data or more for ${width} x ${height} pixels`,
      `${size}: corrupt data`,
      "damaged-file",
    );
  }
}

function checkScans(who: string, scans: number, pixels: number): void {
  const most = Math.min(MOST_SCANS, USUAL_SCANS + Math.floor(SCANNED_PIXELS / pixels));
  if (scans > most) throw new InputRangeError(who, `at most ${most} scans of so many pixels`, "more", "too-large");
}

/** Index of the marker after a scan's data. Restart marks in it count from 0 to 7 and over again. */
function endOfScan(who: string, bytes: Uint8Array, from: number): number {
  let restarts = 0;
  for (let at = nextMarker(bytes, from); at < bytes.length; at = nextMarker(bytes, at + 2)) {
    const marker = bytes[at + 1];
    if (marker < 0xd0 || marker > 0xd7) return at;
    if (marker !== 0xd0 + (restarts % 8)) {
      throw new InputRangeError(
        who,
        `restart mark ${restarts % 8} at byte ${at}`,
        `${marker - 0xd0}: corrupt data`,
        "damaged-file",
      );
    }
    restarts += 1;
  }
  return bytes.length;
}

/** The parts of a file one behind the other; the file itself where nothing is left out. */
function joined(bytes: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const last = parts[parts.length - 1];
  if (last.byteOffset + last.length - bytes.byteOffset === length) return bytes.subarray(0, length);
  return joinBytes(parts);
}
