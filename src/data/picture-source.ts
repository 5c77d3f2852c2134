/**
 * Pictures as callers have them: files, pixels, and what a page shows.
 *
 * @module
 */

import { InputRangeError, InputTypeError } from "../errors.ts";
import { isRecord } from "../json.ts";
import { asPixels, isClamped, isFloat32Array, isUint8Array, isUint16Array, kindOf } from "../numeric/array-kinds.ts";
import type { Drawable } from "./drawn-pixels.ts";
import { allowedBytes } from "./expansion.ts";
import { type FileSource, placeOf, readFileSource } from "./file-source.ts";
import { checkImage, type RasterImage } from "./image.ts";
import { decodePicture } from "./picture-decoder.ts";
import { MAX_PICTURE_BYTES } from "./picture-format.ts";

/** Pixels with the size of their picture; an `ImageData` is one. */
export interface PicturePixels {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red green blue, 4 red green blue alpha. Default: as many as `data` has for each pixel. */
  readonly channels?: 1 | 2 | 3 | 4 | undefined;
  /** `[height, width, channels]`: samples of 8 bits, or of 16. */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
}

/**
 * A picture: a PNG, JPEG, WebP, GIF or BMP file as {@link FileSource} has it, pixels with their size such as an `ImageData` or what `readImage` reads,
 * or, in a page, an image, canvas, video or `ImageBitmap`.
 */
export type PictureSource = FileSource | PicturePixels | Drawable;

/** A picture whose file or pixels are in memory, so that it can be sent to a worker. */
export interface OpenPicture {
  /** Tells it from what callers have. */
  readonly opened: true;
  /** Stands in messages. */
  readonly name: string;
  /** The bytes of the picture's file, or its pixels. */
  readonly content: Uint8Array | RasterImage;
}

/**
 * The file or the pixels of a picture. Files are not decoded yet.
 *
 * @param who stands in messages
 * @throws TypeError for a value that is no picture; RangeError if its sizes don't fit each other; as `readFileSource` does
 * @throws HostError for an image of another origin, whose pixels the page may not read
 */
export async function openPicture(who: string, source: PictureSource): Promise<OpenPicture> {
  const name = placeOf(source) ?? "the picture";
  if (isClamped(source)) {
    const advice = "give the ImageData whose data they are";
    throw new InputTypeError(who, "a picture with its size", "pixels without", "wrong-type", { advice });
  }
  const content = isDrawable(source)
    ? await drawn(who, source)
    : isPixels(source)
      ? imageOf(who, source)
      : await readFileSource(who, "a picture", source, MAX_PICTURE_BYTES);
  return { opened: true, name, content };
}

/** The pixels of an opened picture, of a file by the host's decoder. */
export async function pixelsOfPicture(picture: OpenPicture): Promise<RasterImage> {
  const { name, content } = picture;
  return isUint8Array(content) ? decodePicture(content, name, { maxBytes: allowedBytes(content.length) }) : content;
}

function isPixels(source: unknown): source is PicturePixels {
  return isRecord(source) && "data" in source;
}

function imageOf(who: string, { width, height, channels, data }: PicturePixels): RasterImage {
  const samples = isUint16Array(data) ? data : asPixels(data);
  if (samples === undefined || isFloat32Array(samples)) {
    const advice = isFloat32Array(samples) ? "predict takes floats, in the unit of the model's images" : undefined;
    const expected = "data to be a Uint8Array, Uint8ClampedArray or Uint16Array";
    throw new InputTypeError(who, expected, kindOf(data), "wrong-type", { advice });
  }
  const [w, h, c] = [width, height, channels ?? samples.length / (Number(width) * Number(height))].map(Number);
  const image = { width: w, height: h, channels: c === 1 || c === 2 || c === 3 ? c : 4, data: samples } as const;
  if (c !== image.channels) throw new InputRangeError(who, "pixels of 1 to 4 channels", `${c}`, "shape-mismatch");
  checkImage(who, image);
  return image;
}

const DRAWABLES = ["HTMLImageElement", "HTMLCanvasElement", "HTMLVideoElement", "OffscreenCanvas", "ImageBitmap"];

function isDrawable(value: unknown): value is Drawable {
  return DRAWABLES.includes(Object.prototype.toString.call(value).slice(8, -1));
}

/** The size of a picture in its own pixels, not in those of the page. */
function sizeOf(source: Drawable): readonly [width: number, height: number] {
  if ("naturalWidth" in source) return [source.naturalWidth, source.naturalHeight];
  if ("videoWidth" in source) return [source.videoWidth, source.videoHeight];
  return [source.width, source.height];
}

/** The pixels of what a page shows. */
async function drawn(who: string, source: Drawable): Promise<RasterImage> {
  if ("decode" in source) {
    await source.decode().catch((cause: unknown) => {
      throw new InputRangeError(who, "an image that has loaded", "one that cannot be", "damaged-file", { cause });
    });
  }
  const [width, height] = sizeOf(source);
  if (width === 0 || height === 0) throw new InputRangeError(who, "a picture with pixels", `${width} x ${height}`);
  const { drawnPixels } = await import("./drawn-pixels.ts");
  return drawnPixels(who, source, width, height);
}
