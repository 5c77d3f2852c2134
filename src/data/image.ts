/**
 * Pictures of any size and kind, and their conversion to the shape of a model's input.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { isUint16Array } from "../numeric/array-kinds.ts";
import type { Pixels } from "./pixels.ts";

/** A decoded picture. */
export interface RasterImage {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 red green blue, 4 red green blue alpha; alpha is not multiplied in. */
  readonly channels: 1 | 2 | 3 | 4;
  /** `[height, width, channels]`: samples of 8 bits, or of 16. */
  readonly data: Uint8Array | Uint16Array;
}

/** Samples of 16 bits that one of 8 stands for: white is 255 and 65535. */
const WORD = 257;

/** The number of levels of a picture's samples that one of 255 is. */
export function levelOf({ data }: RasterImage): number {
  return isUint16Array(data) ? WORD : 1;
}

/** A plane of one value per pixel, `[height, width]`. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** @throws RangeError if the sizes don't fit each other */
export function checkImage(who: string, image: RasterImage): void {
  const { width, height, channels, data } = image;
  const expected = width * height * channels;
  if (!(Number.isSafeInteger(expected) && width > 0 && height > 0) || ![1, 2, 3, 4].includes(channels)) {
    throw new InputRangeError(
      who,
      "a picture of 1 to 4 channels",
      `${width} x ${height} x ${channels}`,
      "damaged-file",
    );
  }
  if (data.length !== expected)
    throw new InputRangeError(who, `${expected} bytes of pixels`, `${data.length}`, "damaged-file");
}

/**
 * The brightness of each pixel, 0 to 255 (ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue).
 *
 * @param background what transparent parts let through, 0 black to 255 white; default white
 */
export function luminance(image: RasterImage, background = 255): Plane {
  const level = levelOf(image);
  const plane = samplePlane(image, "all", background * level);
  if (level > 1) for (let i = 0; i < plane.data.length; i++) plane.data[i] /= level;
  return plane;
}

/**
 * The samples of each pixel over a background, in their own unit: the brightness of all, or one colour, 0 red, 1 green, 2 blue,
 * which is the same three times for grey.
 */
export function samplePlane(image: RasterImage, colour: "all" | number, background: number): Plane {
  const { width, height, channels, data } = image;
  const plane = new Float32Array(width * height);
  const hasAlpha = channels % 2 === 0;
  const opaque = 255 * levelOf(image);
  const isMixed = colour === "all" && channels >= 3;
  const offset = channels < 3 || colour === "all" ? 0 : colour;
  for (let i = 0; i < plane.length; i++) {
    const at = i * channels;
    const value = isMixed ? (299 * data[at] + 587 * data[at + 1] + 114 * data[at + 2]) / 1000 : data[at + offset];
    const alpha = hasAlpha ? data[at + channels - 1] / opaque : 1;
    plane[i] = background + (value - background) * alpha;
  }
  return { width, height, data: plane };
}

/** The input values that make an output value, with their weights. */
export interface Taps {
  readonly begin: Int32Array;
  readonly count: Int32Array;
  /** `[outputs, most]`, where `most` is the highest count. */
  readonly weights: Float64Array;
  readonly most: number;
}

function makeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const most = Math.ceil(scale) + 1;
  const begin = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Float64Array(to * most);
  for (let i = 0; i < to; i++) {
    if (scale >= 1) {
      const left = i * scale;
      const right = Math.min(from, (i + 1) * scale);
      begin[i] = Math.min(from - 1, Math.floor(left));
      count[i] = Math.max(1, Math.min(most, Math.ceil(right) - begin[i]));
      for (let k = 0; k < count[i]; k++) {
        const covered = Math.min(right, begin[i] + k + 1) - Math.max(left, begin[i] + k);
        weights[i * most + k] = covered / scale;
      }
    } else {
      const centre = Math.min(from - 1, Math.max(0, (i + 0.5) * scale - 0.5));
      begin[i] = Math.min(Math.max(0, from - 2), Math.floor(centre));
      count[i] = Math.min(2, from);
      weights[i * most] = from === 1 ? 1 : 1 - (centre - begin[i]);
      if (from > 1) weights[i * most + 1] = centre - begin[i];
    }
  }
  return { begin, count, weights, most };
}

/**
 * Scales a plane: along each axis by area averaging where it shrinks, and linearly where it grows.
 *
 * @param height rows of the result, 1 or more
 * @param width columns of the result, 1 or more
 */
export function resizePlane(plane: Plane, height: number, width: number): Plane {
  return alongRows(alongColumns(plane, makeTaps(plane.width, width)), makeTaps(plane.height, height));
}

/** Resamples each row of a plane: the weighted sums of its values that `columns` lists. */
export function alongColumns({ width: from, height, data: values }: Plane, columns: Taps): Plane {
  const width = columns.begin.length;
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const begin = y * from + columns.begin[x];
      let sum = 0;
      for (let k = 0; k < columns.count[x]; k++) sum += columns.weights[x * columns.most + k] * values[begin + k];
      data[y * width + x] = sum;
    }
  }
  return { width, height, data };
}

/** Resamples each column of a plane: the weighted sums of its values that `rows` lists. */
export function alongRows({ width, data: values }: Plane, rows: Taps): Plane {
  const height = rows.begin.length;
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < rows.count[y]; k++) {
      const weight = rows.weights[y * rows.most + k];
      const begin = (rows.begin[y] + k) * width;
      for (let x = 0; x < width; x++) data[y * width + x] += weight * values[begin + x];
    }
  }
  return { width, height, data };
}

/**
 * Brings a picture to the shape that a model takes: stretched to the size (area averaging where it shrinks, linear
 * where it grows), over white where it is transparent; colours become brightness for one channel, grey becomes
 * three equal colours for three.
 *
 * @param channels 1 or 3
 * @returns `[height, width, channels]`, 0 to 255, also of a picture of 16 bits; `scaleBytes` brings them to a model's unit
 * @throws RangeError if the picture's sizes don't fit each other, or the shape cannot be made
 *
 * @example
 * const pixels = resizeImage({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) }, 32, 32, 3);
 */
export function resizeImage(image: RasterImage, height: number, width: number, channels: number): Uint8Array {
  const level = levelOf(image);
  const planes = resizedPlanes(image, height, width, channels);
  const pixels = new Uint8Array(height * width * channels);
  for (const [c, { data }] of planes.entries()) {
    for (let i = 0; i < data.length; i++) pixels[i * channels + c] = Math.round(data[i] / level);
  }
  return pixels;
}

/** A picture of a size, with its samples as they are. */
export interface ResizedSamples {
  /** `[height, width, channels]`: bytes, or of 16 bits floats from 0 to 65535. */
  readonly images: Pixels;
  /** The share of the ground that shows at each pixel, 0 to 1, where `images` are without it: they are to be added to. */
  readonly clear: Float32Array | undefined;
}

/**
 * A picture in the shape of a model's input as by `resizeImage`, but with samples of 16 bits as they are, and without a
 * ground where they are transparent: white is not known here. Others are bytes, over white.
 */
export function resizeSamples(image: RasterImage, height: number, width: number, channels: number): ResizedSamples {
  if (levelOf(image) === 1) return { images: resizeImage(image, height, width, channels), clear: undefined };
  const planes = resizedPlanes(image, height, width, channels, 0);
  const images = new Float32Array(height * width * channels);
  for (const [c, { data }] of planes.entries()) {
    for (let i = 0; i < data.length; i++) images[i * channels + c] = data[i];
  }
  const clear = clearPlane(image);
  return { images, clear: clear && resizePlane(clear, height, width).data };
}

/** The share of the ground that shows at each pixel; undefined where none does. */
export function clearPlane(image: RasterImage): Plane | undefined {
  const { width, height, channels, data } = image;
  if (channels % 2 === 1) return undefined;
  const opaque = 255 * levelOf(image);
  const clear = new Float32Array(width * height);
  for (let i = 0; i < clear.length; i++) clear[i] = 1 - data[(i + 1) * channels - 1] / opaque;
  return clear.every((share) => share === 0) ? undefined : { width, height, data: clear };
}

/** A picture of 16 bits as one of 8. */
export function inBytes(image: RasterImage): RasterImage {
  const level = levelOf(image);
  return level === 1 ? image : { ...image, data: Uint8Array.from(image.data, (value) => Math.round(value / level)) };
}

/** A plane for each channel, in the unit of the picture's samples. */
function resizedPlanes(
  image: RasterImage,
  height: number,
  width: number,
  channels: number,
  ground = 255 * levelOf(image),
): Plane[] {
  checkImage("resizeImage", image);
  const sizes = [height, width].every((size) => Number.isSafeInteger(size) && size > 0);
  if (!sizes || (channels !== 1 && channels !== 3)) {
    throw new InputRangeError(
      "resizeImage",
      "a shape with 1 or 3 channels",
      `[${height}, ${width}, ${channels}]`,
      "shape-mismatch",
    );
  }
  const colours = channels === 1 ? (["all"] as const) : [0, 1, 2];
  return colours.map((colour) => resizePlane(samplePlane(image, colour, ground), height, width));
}
