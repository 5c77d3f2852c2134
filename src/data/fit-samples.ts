/**
 * Pictures cropped to a size, or put into it whole, by the antialiased bilinear filter of Pillow and torchvision.
 *
 * @module
 */

import {
  alongColumns,
  alongRows,
  checkImage,
  clearPlane,
  levelOf,
  type Plane,
  type RasterImage,
  type ResizedSamples,
  samplePlane,
  type Taps,
} from "./image.ts";
import type { PictureFit } from "./picture-fit.ts";

/** The ground that shows where pictures of bytes are transparent. */
const WHITE = 255;

/** Rows or columns of a result: the length that the picture is scaled to, and the place of the result in it. */
interface Span {
  readonly scaled: number;
  /** First row or column of the result in the scaled picture; negative where it lies before it. */
  readonly begin: number;
}

/**
 * A picture in the shape of a model's input, with samples as by `resizeSamples`. `crop` scales the shorter side to the size and takes the
 * middle, as torchvision's `Resize` and `CenterCrop` do; `contain` scales the longer side, and the rest is black.
 *
 * Each value is a weighted mean by a triangle as wide as two pixels of the smaller one of the two pictures. Bytes are rounded after the
 * columns and after the rows, as Pillow does.
 *
 * @param channels 1 or 3
 * @throws RangeError if the picture's sizes don't fit each other
 */
export function fitSamples(
  image: RasterImage,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  fit: Exclude<PictureFit, "stretch">,
): ResizedSamples {
  const [rows, columns] = spans(image, height, width, fit);
  const across = triangle(image.width, columns, width);
  const down = triangle(image.height, rows, height);
  checkImage("fitSamples", image);
  const isBytes = levelOf(image) === 1;
  const rounded = isBytes ? inWholes : (plane: Plane) => plane;
  const resize = (plane: Plane) => rounded(alongRows(rounded(alongColumns(plane, across)), down));
  const size = height * width * channels;
  const images = isBytes ? new Uint8Array(size) : new Float32Array(size);
  const colours = channels === 1 ? (["all"] as const) : [0, 1, 2];
  for (const [c, colour] of colours.entries()) {
    const { data } = resize(samplePlane(image, colour, isBytes ? WHITE : 0));
    for (let i = 0; i < data.length; i++) images[i * channels + c] = data[i];
  }
  const clear = isBytes ? undefined : clearPlane(image);
  return { images, clear: clear && resize(clear).data };
}

function inWholes(plane: Plane): Plane {
  return { ...plane, data: plane.data.map(Math.round) };
}

function spans(
  image: RasterImage,
  height: number,
  width: number,
  fit: Exclude<PictureFit, "stretch">,
): readonly [rows: Span, columns: Span] {
  const byRows = height / image.height;
  const byColumns = width / image.width;
  const isByRows = fit === "crop" ? byRows > byColumns : byRows < byColumns;
  const other = (from: number, numerator: number, denominator: number) =>
    Math.max(1, Math.floor((from * numerator) / denominator));
  const rows = isByRows ? height : other(image.height, width, image.width);
  const columns = isByRows ? other(image.width, height, image.height) : width;
  return [span(rows, height), span(columns, width)];
}

function span(scaled: number, size: number): Span {
  return { scaled, begin: halfToEven((scaled - size) / 2) };
}

/** Rounds halves to the even number, as Python does. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The weights of the values that make each of `to` results; none for those outside of the picture. */
function triangle(from: number, { scaled, begin }: Span, to: number): Taps {
  const scale = from / scaled;
  const reach = Math.max(1, scale);
  const most = Math.ceil(reach) * 2 + 1;
  const taps = { begin: new Int32Array(to), count: new Int32Array(to), weights: new Float64Array(to * most), most };
  for (let i = 0; i < to; i++) {
    const place = i + begin;
    if (place < 0 || place >= scaled) continue;
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    taps.begin[i] = first;
    taps.count[i] = end - first;
    let sum = 0;
    for (let k = 0; k < end - first; k++) {
      const weight = Math.max(0, 1 - Math.abs((first + k - centre + 0.5) / reach));
      taps.weights[i * most + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - first; k++) taps.weights[i * most + k] /= sum;
  }
  return taps;
}
