import type { Augment } from "../data/augment.ts";
import { type Dataset, imageSize, takeDataset } from "../data/dataset.ts";
import type { ImageShape } from "../data/pixels.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import type { Batch } from "./batch.ts";

/** Brightness of red, green and blue, as torchvision and Pillow weigh them (ITU-R BT.601). */
const LUMA = [0.2989, 0.587, 0.114] as const;

/** The brightest pixel, in the unit of bytes. */
const WHITE = 255;

/** The numbers that the colours of a batch follow from: the step is counted from 0. */
interface ColourPlace {
  readonly seed: number;
  readonly step: number;
}

/** A batch whose images have random brightness, contrast and saturation: a data set of its own. */
export function colouredBatch(
  augment: Augment,
  { data, indices }: Pick<Batch, "data" | "indices">,
  { seed, step }: ColourPlace,
): Pick<Batch, "data" | "indices"> {
  const stream = RandomStream.from(seed, "colours").child(step);
  const own = takeDataset(data, indices);
  const images = Float32Array.from(own.images);
  const size = imageSize(own);
  for (let i = 0; i < indices.length; i++) {
    jitterColours(images.subarray(i * size, (i + 1) * size), augment, own.shape, stream.child(i));
  }
  const dataset: Dataset = { ...own, images };
  return { data: dataset, indices: Uint32Array.from(indices.keys()) };
}

/**
 * Changes brightness, contrast and saturation of an image in place, in a random order, as torchvision's `ColorJitter` does: each blends
 * the image with black, with its mean grey, or with its own grey, by a factor that is uniform in [max(0, 1 - x), 1 + x].
 *
 * @param pixels [h, w, c], 0 to 255
 */
export function jitterColours(pixels: Float32Array, augment: Augment, shape: ImageShape, stream: RandomStream): void {
  const [, , channels] = shape;
  const changes = [
    (factor: number) => blendAll(pixels, 0, factor),
    (factor: number) => blendAll(pixels, meanGrey(pixels, channels), factor),
    (factor: number) => blendGrey(pixels, channels, factor),
  ];
  const ranges = [augment.brightness, augment.contrast, augment.saturation];
  for (const which of permutation(changes.length, stream.child(0))) {
    const range = ranges[which];
    if (range === 0) continue;
    const least = Math.max(0, 1 - range);
    changes[which](least + (1 + range - least) * stream.uniform(which));
  }
}

/** pixels = factor pixels + (1 - factor) other, within 0 to 255. */
function blendAll(pixels: Float32Array, other: number, factor: number): void {
  const shift = (1 - factor) * other;
  for (let i = 0; i < pixels.length; i++) pixels[i] = bounded(factor * pixels[i] + shift);
}

/** Each pixel blended with its own grey; grey images stay as they are. */
function blendGrey(pixels: Float32Array, channels: number, factor: number): void {
  if (channels === 1) return;
  for (let at = 0; at < pixels.length; at += channels) {
    const shift = (1 - factor) * greyOf(pixels, at, channels);
    for (let i = at; i < at + channels; i++) pixels[i] = bounded(factor * pixels[i] + shift);
  }
}

function meanGrey(pixels: Float32Array, channels: number): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += channels) sum += greyOf(pixels, at, channels);
  return (sum * channels) / pixels.length;
}

/** The grey of a pixel: by the brightness of colours, of other numbers of channels their mean. */
function greyOf(pixels: Float32Array, at: number, channels: number): number {
  if (channels === 1) return pixels[at];
  if (channels === LUMA.length) return LUMA[0] * pixels[at] + LUMA[1] * pixels[at + 1] + LUMA[2] * pixels[at + 2];
  let sum = 0;
  for (let i = at; i < at + channels; i++) sum += pixels[i];
  return sum / channels;
}

function bounded(value: number): number {
  return Math.min(WHITE, Math.max(0, value));
}
