/**
 * Conversion of a picture of one handwritten digit to the form of MNIST's.
 *
 * MNIST's makers scaled each digit to fit 20 x 20 pixels keeping its proportions, and put its centre of mass in the
 * middle of 28 x 28 pixels, light on black (LeCun, Cortes, Burges, "The MNIST database"). The background of a photo or
 * a drawing has to be removed before that.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { type Box, boundingBox, removeSpecks } from "./blobs.ts";
import { groundOf } from "./ground.ts";
import { checkImage, luminance, type Plane, type RasterImage, resizePlane } from "./image.ts";

/** Side of the result, in pixels. */
const SIDE = 28;

/** Longest side of the digit in it, in pixels. */
const DIGIT_SIDE = 20;

/** Side to which larger pictures are shrunk first: more detail does not matter for 20 pixels. */
const WORK_SIDE = 400;

/** Least contrast of a digit, of 255. */
const LEAST_CONTRAST = 16;

/** Share of full ink below which a pixel belongs to no stroke. */
const FAINT = 0.1;

/** Thinner strokes are widened to this, in pixels of the result; nine of ten strokes in MNIST are wider. */
const LEAST_STROKE = 1.6;

/**
 * Turns a picture of one digit into MNIST's form: light on black, the digit at most 20 pixels high and wide with its
 * proportions kept, its centre of mass in the middle.
 *
 * Takes dark digits on a light ground and light ones on a dark ground, in any size, colour and place; specks, a
 * shaded ground and thin pens are evened out.
 *
 * @returns 28 x 28 bytes, 0 black (ground) to 255 white (ink)
 * @throws RangeError if the picture's sizes don't fit each other, or nothing stands out in it
 *
 * @example
 * const pixels = prepareDigit({ width: 3, height: 3, channels: 1, data: Uint8Array.of(9, 9, 9, 9, 250, 9, 9, 9, 9) });
 */
export function prepareDigit(image: RasterImage): Uint8Array {
  checkImage("prepareDigit", image);
  const ink = removeSpecks(inkOf(limitSize(brightness(image))), FAINT / 2);
  const box = boundingBox(ink, FAINT);
  const strokes = widenThinStrokes(crop(ink, box));
  return centred(fullContrast(fitDigit(strokes)));
}

/** Brightness over white; over black where white hides all, as with white ink on a transparent ground. */
function brightness(image: RasterImage): Plane {
  const overWhite = luminance(image);
  if (image.channels % 2 === 1 || contrast(overWhite) >= LEAST_CONTRAST) return overWhite;
  return luminance(image, 0);
}

function contrast({ data }: Plane): number {
  let low = data[0];
  let high = data[0];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

function limitSize(plane: Plane): Plane {
  const scale = WORK_SIDE / Math.max(plane.width, plane.height);
  if (scale >= 1) return plane;
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return resizePlane(plane, side(plane.height), side(plane.width));
}

/** The ink on each pixel, 0 to 1: its distance from the ground, on the side where most pixels are. */
function inkOf(plane: Plane): Plane {
  const { width, height, data } = plane;
  const ground = groundOf(plane);
  const differences = new Float32Array(data.length);
  let [lighter, darker] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const difference = data[i] - ground.values[i];
    differences[i] = difference;
    if (difference > 0) lighter += difference * difference;
    else darker += difference * difference;
  }
  const sign = lighter >= darker ? 1 : -1;
  const ink = differences.map((difference) => Math.max(0, sign * difference));
  const full = fullInk(ink);
  const least = 3 * ground.deviation;
  if (full < LEAST_CONTRAST || full <= least) {
    throw new InputRangeError("prepareDigit", "a digit that stands out from its ground", "none");
  }
  return { width, height, data: ink.map((value) => Math.min(1, Math.max(0, (value - least) / (full - least)))) };
}

/** The value of full ink: nine of ten stroke pixels have less. */
function fullInk(ink: Float32Array): number {
  const threshold = otsuThreshold(ink);
  const strokes = ink.filter((value) => Math.round(value) > threshold).sort();
  return strokes.length === 0 ? 0 : strokes[Math.floor(0.9 * (strokes.length - 1))];
}

/** The value that parts the pixels into two groups with the most variance between them (N. Otsu, 1979). */
function otsuThreshold(values: Float32Array): number {
  const counts = new Float64Array(256);
  let sum = 0;
  for (const value of values) {
    const bin = Math.min(255, Math.round(value));
    counts[bin] += 1;
    sum += bin;
  }
  let best = 0;
  let threshold = 0;
  let [below, sumBelow] = [0, 0];
  for (let bin = 0; bin < 255; bin++) {
    below += counts[bin];
    sumBelow += bin * counts[bin];
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const distance = sumBelow / below - (sum - sumBelow) / above;
    const between = below * above * distance * distance;
    if (between > best) {
      best = between;
      threshold = bin;
    }
  }
  return threshold;
}

function crop(plane: Plane, box: Box): Plane {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (box.top + y) * plane.width + box.left;
    data.set(plane.data.subarray(from, from + width), y * width);
  }
  return { width, height, data };
}

/**
 * Average width of the strokes in pixels: twice the area by the length of the outline. The outline is counted in
 * pixel edges, which makes a line of any direction 4 / pi times too long on average.
 */
function strokeWidth({ width, height, data }: Plane): number {
  let [area, edges] = [0, 0];
  const isInk = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] > 0.5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue;
      area += 1;
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ])
        if (!isInk(x + dx, y + dy)) edges += 1;
    }
  }
  return edges === 0 ? 0 : (2 * area) / (edges * (Math.PI / 4));
}

/** Thickens strokes that would fade away at 20 pixels. */
function widenThinStrokes(plane: Plane): Plane {
  const wanted = (LEAST_STROKE * Math.max(plane.width, plane.height)) / DIGIT_SIDE;
  const radius = Math.round((wanted - strokeWidth(plane)) / 2);
  if (radius < 1) return plane;
  return dilate(plane, radius);
}

/** The most ink within a disc around each pixel; the plane grows by the disc. */
function dilate(plane: Plane, radius: number): Plane {
  const width = plane.width + 2 * radius;
  const height = plane.height + 2 * radius;
  const data = new Float32Array(width * height);
  for (let dy = -radius; dy <= radius; dy++) {
    const reach = Math.floor(Math.sqrt(radius * radius - dy * dy));
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width; x++) {
        const value = plane.data[y * plane.width + x];
        if (value === 0) continue;
        const line = (y + radius + dy) * width + x + radius;
        for (let i = line - reach; i <= line + reach; i++) if (data[i] < value) data[i] = value;
      }
    }
  }
  return { width, height, data };
}

function fitDigit(plane: Plane): Plane {
  const scale = DIGIT_SIDE / Math.max(plane.width, plane.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return resizePlane(plane, side(plane.height), side(plane.width));
}

/** Brings the strongest ink back to 1, after thin strokes were averaged with the ground. */
function fullContrast(plane: Plane): Plane {
  const peak = plane.data.reduce((most, value) => Math.max(most, value), 0);
  const gain = peak > 0 ? 1 / peak : 1;
  return { ...plane, data: plane.data.map((value) => value * gain) };
}

function centred({ width, height, data }: Plane): Uint8Array {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    mass += data[i];
    sumX += x * data[i];
    sumY += ((i - x) / width) * data[i];
  }
  const place = (centre: number, length: number): number =>
    Math.min(SIDE - length, Math.max(0, Math.round(SIDE / 2 - centre)));
  const left = place(sumX / mass, width);
  const top = place(sumY / mass, height);
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    pixels[(top + (i - x) / width) * SIDE + left + x] = Math.round(255 * data[i]);
  }
  return pixels;
}
