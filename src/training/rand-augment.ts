/**
 * RandAugment (Cubuk et al., 2019): two changes of fourteen, drawn for each image, all by one strength. Changes and what a strength means for each are
 * those of torchvision's `RandAugment`, for pixels that are bytes.
 *
 * @module
 */

import type { ImageShape } from "../data/pixels.ts";
import { cos, sin } from "../numeric/math.ts";
import type { RandomStream } from "../numeric/random.ts";
import { blendAll, blendGrey, bounded, meanGrey } from "./colours.ts";

/** The strength at which changes are the most that they can be. */
export const MOST_STRENGTH = 30;

/** Changes of one image. */
const CHANGES_EACH = 2;

const WHITE = 255;

/** Pixels of an image, changed in place. */
type Change = (pixels: Float32Array, shape: ImageShape, amount: number) => void;

/** A change with the amount for a strength as a share of the most; `signed` ones go either way by chance. */
interface Choice {
  readonly name: string;
  readonly signed?: true;
  amount(share: number, shape: ImageShape): number;
  readonly change: Change;
}

/** Most that an image is moved, as a share of its side. */
const MOST_MOVE = 150 / 331;

/** Pixels and degrees are whole in the former and not in the latter, as torchvision has them. */
export const RAND_CHANGES: readonly Choice[] = [
  { name: "identity", amount: () => 0, change: () => {} },
  { name: "shearX", signed: true, amount: (t) => 0.3 * t, change: (p, s, k) => warp(p, s, [1, k, k / 2, 0, 1, 0]) },
  { name: "shearY", signed: true, amount: (t) => 0.3 * t, change: (p, s, k) => warp(p, s, [1, 0, 0, k, 1, k / 2]) },
  {
    name: "translateX",
    signed: true,
    amount: (t, [, width]) => Math.floor(MOST_MOVE * width * t),
    change: (p, s, k) => warp(p, s, [1, 0, -k, 0, 1, 0]),
  },
  {
    name: "translateY",
    signed: true,
    amount: (t, [height]) => Math.floor(MOST_MOVE * height * t),
    change: (p, s, k) => warp(p, s, [1, 0, 0, 0, 1, -k]),
  },
  { name: "rotate", signed: true, amount: (t) => 30 * t, change: rotate },
  { name: "brightness", signed: true, amount: (t) => 0.9 * t, change: (p, _, k) => blendAll(p, 0, 1 + k) },
  { name: "color", signed: true, amount: (t) => 0.9 * t, change: (p, [, , c], k) => blendGrey(p, c, 1 + k) },
  {
    name: "contrast",
    signed: true,
    amount: (t) => 0.9 * t,
    change: (p, [, , c], k) => blendAll(p, meanGrey(p, c), 1 + k),
  },
  { name: "sharpness", signed: true, amount: (t) => 0.9 * t, change: (p, s, k) => sharpen(p, s, 1 + k) },
  { name: "posterize", amount: (t) => 8 - Math.round(4 * t), change: (p, _, bits) => posterize(p, bits) },
  { name: "solarize", amount: (t) => WHITE * (1 - t), change: (p, _, threshold) => solarize(p, threshold) },
  { name: "autoContrast", amount: () => 0, change: (p, [, , c]) => autoContrast(p, c) },
  { name: "equalize", amount: () => 0, change: (p, [, , c]) => equalize(p, c) },
];

/**
 * Makes two random changes of an image, in place.
 *
 * @param pixels [h, w, c], 0 to 255
 * @param strength 0 to 30; 0 changes nothing
 */
export function randAugment(pixels: Float32Array, strength: number, shape: ImageShape, stream: RandomStream): void {
  if (strength === 0) return;
  for (let i = 0; i < CHANGES_EACH; i++) {
    const { signed, amount, change } = RAND_CHANGES[stream.integer(2 * i, RAND_CHANGES.length)];
    const most = amount(strength / MOST_STRENGTH, shape);
    change(pixels, shape, signed && stream.uniform(2 * i + 1) < 0.5 ? -most : most);
  }
}

/** The map from a pixel's column and row to those of its source: [a, b, c, d, e, f] for a x + b y + c and d x + e y + f. */
type Affine = readonly [number, number, number, number, number, number];

/** Takes each pixel from the nearest one to its source; black where that is outside. */
function warp(pixels: Float32Array, [height, width, channels]: ImageShape, [a, b, c, d, e, f]: Affine): void {
  const before = pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = Math.round(a * x + b * y + c);
      const fromY = Math.round(d * x + e * y + f);
      const isInside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      const [at, from] = [(y * width + x) * channels, (fromY * width + fromX) * channels];
      for (let k = 0; k < channels; k++) pixels[at + k] = isInside ? before[from + k] : 0;
    }
  }
}

/** Turns an image about its middle, counterclockwise. */
function rotate(pixels: Float32Array, shape: ImageShape, degrees: number): void {
  const angle = (degrees * Math.PI) / 180;
  const [s, c] = [sin(angle), cos(angle)];
  const [x, y] = [(shape[1] - 1) / 2, (shape[0] - 1) / 2];
  warp(pixels, shape, [c, -s, x - c * x + s * y, s, c, y - s * x - c * y]);
}

/** Weights of a pixel and of its eight neighbours in the blurred image, of 13 in all. */
const OWN = 5;
const ALL = 13;

/** Blends all pixels but those at the edges with the blurred image. */
function sharpen(pixels: Float32Array, [height, width, channels]: ImageShape, factor: number): void {
  const before = pixels.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = channels; i < row - channels; i++) {
      const at = y * row + i;
      let sum = (OWN - 1) * before[at];
      for (const line of [at - row, at, at + row])
        sum += before[line - channels] + before[line] + before[line + channels];
      pixels[at] = bounded(factor * before[at] + (1 - factor) * (sum / ALL));
    }
  }
}

/** Keeps the highest bits of each byte. */
function posterize(pixels: Float32Array, bits: number): void {
  const mask = WHITE & (WHITE << (8 - bits));
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.floor(pixels[i]) & mask;
}

/** Turns bright pixels into their negative. */
function solarize(pixels: Float32Array, threshold: number): void {
  for (let i = 0; i < pixels.length; i++) if (pixels[i] >= threshold) pixels[i] = WHITE - pixels[i];
}

/** Stretches each channel to 0 to 255; one of a single value stays. */
function autoContrast(pixels: Float32Array, channels: number): void {
  for (let c = 0; c < channels; c++) {
    let [lowest, highest] = [WHITE, 0];
    for (let i = c; i < pixels.length; i += channels) {
      lowest = Math.min(lowest, pixels[i]);
      highest = Math.max(highest, pixels[i]);
    }
    if (highest <= lowest) continue;
    const scale = WHITE / (highest - lowest);
    for (let i = c; i < pixels.length; i += channels) pixels[i] = bounded((pixels[i] - lowest) * scale);
  }
}

/** Spreads the values of each channel evenly over 0 to 255. */
function equalize(pixels: Float32Array, channels: number): void {
  for (let c = 0; c < channels; c++) {
    const counts = new Float64Array(WHITE + 1);
    for (let i = c; i < pixels.length; i += channels) counts[Math.floor(bounded(pixels[i]))] += 1;
    let last = WHITE;
    while (last > 0 && counts[last] === 0) last -= 1;
    const step = Math.floor((pixels.length / channels - counts[last]) / WHITE);
    if (step === 0) continue;
    const levels = new Float64Array(WHITE + 1);
    let below = 0;
    for (const [value, count] of counts.entries()) {
      levels[value] = Math.min(WHITE, Math.floor((below + Math.floor(step / 2)) / step));
      below += count;
    }
    for (let i = c; i < pixels.length; i += channels) pixels[i] = levels[Math.floor(bounded(pixels[i]))];
  }
}
