/**
 * Reading JPEG pictures, by MozJPEG compiled to wasm, which is loaded when the first one comes.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { RasterImage } from "../data/image.ts";
import { checkJpeg } from "../data/jpeg-header.ts";
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

/** A decoder that has grown for a larger picture than this is not kept. */
const KEPT_BYTES = 16 * 2 ** 20;

/** Serves one picture after the other: to make a new one takes longer than to decode a small picture. */
let kept: Promise<JpegDecoder> | undefined;

/** What the decoder has said of the picture at hand. */
let lines: string[] = [];

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
  checkJpeg(who, bytes, options);
  kept ??= newDecoder((line) => lines.push(line));
  const decoder = await kept;
  lines = [];
  let pixels: JpegPixels | null;
  try {
    pixels = decoder.decode(bytes, true);
  } catch (cause) {
    // Its memory is not in order any more.
    kept = undefined;
    const reason = lines.at(-1) ?? "corrupt data";
    throw new RangeError(`${who}: expected a readable picture, got ${JSON.stringify(reason)}`, { cause });
  }
  if (pixels === null || pixels.data.length > KEPT_BYTES) kept = undefined;
  if (pixels === null) throw new RangeError(`${who}: expected a readable picture, got corrupt data`);
  const { width, height, data } = pixels;
  return { width, height, channels: 4, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}
