/**
 * Reading JPEG pictures, by MozJPEG compiled to wasm, which is loaded when the first one comes.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { RasterImage } from "../data/image.ts";
import type { DecodeImageOptions } from "../data/png.ts";

/** The little that is used of the decoder: it gives red, green, blue and alpha. */
interface JpegDecoder {
  decode(data: Uint8Array, preserveOrientation: boolean): JpegPixels | null;
}

interface JpegPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** What the decoder's glue code may be told. */
interface JpegDecoderOptions {
  noInitialRun: boolean;
  instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
  printErr: (line: string) => void;
  quit: (status: number, error: unknown) => never;
}

type JpegDecoderFactory = (options: JpegDecoderOptions) => Promise<JpegDecoder>;

/** Whether the bytes start as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

let compiled: Promise<WebAssembly.Module> | undefined;

async function newDecoder(printErr: (line: string) => void): Promise<JpegDecoder> {
  compiled ??= readFile(new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"))).then((wasm) =>
    WebAssembly.compile(new Uint8Array(wasm)),
  );
  const wasm = await compiled;
  const { default: factory }: { default: JpegDecoderFactory } = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
  return factory({
    noInitialRun: true,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(wasm, imports);
      done(instance);
      return instance.exports;
    },
    printErr,
    quit(_status, error) {
      throw error;
    },
  });
}

/**
 * Decodes a JPEG picture, turned upright as its EXIF data says.
 *
 * @throws RangeError if the data is not a whole, readable JPEG, or the picture is too large
 */
export async function decodeJpeg(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `jpeg ${JSON.stringify(options.name)}`;
  checkJpeg(who, bytes, options.maxPixels);
  const lines: string[] = [];
  // A new instance for each picture: after an error the decoder's memory is not in order.
  const decoder = await newDecoder((line) => lines.push(line));
  let pixels: JpegPixels | null;
  try {
    pixels = decoder.decode(bytes, true);
  } catch (cause) {
    const reason = lines.at(-1) ?? "corrupt data";
    throw new RangeError(`${who}: expected a readable picture, got ${JSON.stringify(reason)}`, { cause });
  }
  if (pixels === null) throw new RangeError(`${who}: expected a readable picture, got corrupt data`);
  const { width, height, data } = pixels;
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/** Walks over the segments before the pixels (ITU-T T.81, annex B): the size must be allowed, the end must be there. */
function checkJpeg(who: string, bytes: Uint8Array, maxPixels: number): void {
  if (!isJpeg(bytes)) throw new RangeError(`${who}: expected a JPEG file, got something else`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hasSize = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) throw new RangeError(`${who}: expected a marker at byte ${at}, got corrupt data`);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (isFrame(marker) && at + 9 <= bytes.length) {
      const height = view.getUint16(at + 5);
      const width = view.getUint16(at + 7);
      if (width === 0 || height === 0 || width * height > maxPixels) {
        throw new RangeError(`${who}: expected 1 to ${maxPixels} pixels, got ${width} x ${height}`);
      }
      hasSize = true;
    }
    if (marker === 0xda) {
      if (!hasSize) throw new RangeError(`${who}: expected a size before the pixels, got none`);
      if (!hasEnd(bytes, at)) throw new RangeError(`${who}: expected a whole file, got one that is cut off`);
      return;
    }
    at += 2 + length;
  }
  throw new RangeError(`${who}: expected a whole file, got one that is cut off`);
}

/** Markers 0xc0 to 0xcf start a frame, but for Huffman tables, arithmetic tables and the one that is reserved. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function hasEnd(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.length - 2; i >= from; i--) if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  return false;
}
