/**
 * Reading JPEG pictures, by MozJPEG compiled to wasm, which is loaded when the first one comes.
 *
 * @module
 */

import type { RasterImage } from "../data/image.ts";
import { readJpegStructure } from "../data/jpeg-structure.ts";
import type { DecodeImageOptions } from "../data/png.ts";
import { InputRangeError } from "../errors.ts";
import { adobeTransform, threeComponents } from "./jpeg-components.ts";
import { jpegWasm } from "./jpeg-decoder.ts";

/** The decoder's functions that are used: they give red, green, blue and alpha. */
interface JpegDecoder {
  decode(data: Uint8Array, preserveOrientation: boolean): JpegPixels | null;
}

interface JpegPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Options of the decoder's glue code. */
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

/** Largest memory with which a decoder is kept for the next picture. */
const KEPT_BYTES = 16 * 2 ** 20;

/** The decoder, kept from picture to picture: to make a new one takes longer than to decode a small picture. */
let kept: Promise<JpegDecoder> | undefined;

/** Messages of the decoder about the current picture. */
let lines: string[] = [];

let compiled: Promise<WebAssembly.Module> | undefined;

async function newDecoder(printErr: (line: string) => void): Promise<JpegDecoder> {
  compiled ??= jpegWasm().then((wasm) => WebAssembly.compile(wasm));
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
 * A warning of the decoder is an error: it replaces unreadable parts by grey. Colours of print (CMYK and YCCK) become
 * red, green and blue as in Pillow, without regard to a colour profile.
 *
 * @throws RangeError if the data is not a whole, readable JPEG, or the picture is too large
 */
export async function decodeJpeg(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `jpeg ${JSON.stringify(options.name)}`;
  const { components, bytes: whole } = readJpegStructure(who, bytes, options);
  const { width, height, data } = components === 4 ? await decodePrint(who, whole) : await decodeColours(who, whole);
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/**
 * Decodes cyan, magenta, yellow and black, of which the decoder takes three at a time. Programs write them as Adobe
 * does: 255 is no ink.
 */
async function decodePrint(who: string, bytes: Uint8Array): Promise<JpegPixels> {
  const isYcck = adobeTransform(bytes) === "ycck";
  const inks = await decodeColours(who, threeComponents(who, bytes, 3, isYcck ? "ycc" : "none"));
  const black = await decodeColours(who, threeComponents(who, bytes, 2, "none"));
  for (let at = 0; at < inks.data.length; at += 4) {
    const paper = black.data[at + 2];
    for (let c = at; c < at + 3; c++) {
      // Brightness and differences are those of the ink, not of the light.
      const ink = isYcck ? inks.data[c] : 255 - inks.data[c];
      inks.data[c] = paper - Math.round((ink * paper) / 255);
    }
  }
  return inks;
}

async function decodeColours(who: string, bytes: Uint8Array): Promise<JpegPixels> {
  kept ??= newDecoder((line) => lines.push(line));
  const decoder = await kept;
  lines = [];
  let pixels: JpegPixels | null;
  try {
    pixels = decoder.decode(bytes, true);
  } catch (cause) {
    // The decoder's memory is not in order any more.
    kept = undefined;
    const reason = lines.at(-1) ?? "corrupt data";
    throw new InputRangeError(who, "a readable picture", JSON.stringify(reason), "damaged-file", { cause });
  }
  if (pixels === null || pixels.data.length > KEPT_BYTES) kept = undefined;
  if (pixels === null) throw new InputRangeError(who, "a readable picture", "corrupt data", "damaged-file");
  const [warning] = lines;
  if (warning !== undefined && !isPadding(bytes, warning)) {
    throw new InputRangeError(who, "data that is in order", JSON.stringify(warning), "damaged-file");
  }
  return pixels;
}

/** True if the decoder's only message is that there are zeros before the end, as some cameras write them. */
function isPadding(bytes: Uint8Array, warning: string): boolean {
  const [, count] = /: (\d+) extraneous bytes before marker 0xd9$/.exec(warning) ?? [];
  if (count === undefined) return false;
  return bytes.subarray(bytes.length - 2 - Number(count), bytes.length - 2).every((byte) => byte === 0);
}
