import type { Augment } from "../data/augment.ts";
import type { ImageShape } from "../data/pixels.ts";
import { permutation, type RandomStream } from "../numeric/random.ts";
import { turnHue } from "./hue.ts";

/** Brightness of red, green and blue, as torchvision and Pillow weigh them (ITU-R BT.601). */
const LUMA = [0.2989, 0.587, 0.114] as const;

/** The brightest pixel, in the unit of bytes. */
const WHITE = 255;

/**
 * Changes brightness, contrast, saturation and hue of an image in place, in a random order, as torchvision's `ColorJitter` does: the first three
 * blend the image with black, with its mean grey, or with its own grey, by a factor that is uniform in [max(0, 1 - x), 1 + x]; hues are
 * turned by a share of the circle that is uniform in [-x, x].
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
  // Without hue the orders are those of runs from before there was any.
  const count = changes.length + (augment.hue > 0 ? 1 : 0);
  for (const which of permutation(count, stream.child(0))) {
    if (which === changes.length) {
      turnHue(pixels, channels, (2 * stream.uniform(which) - 1) * augment.hue);
      continue;
    }
    const range = ranges[which];
    if (range === 0) continue;
    const least = Math.max(0, 1 - range);
    changes[which](least + (1 + range - least) * stream.uniform(which));
  }
}

/** pixels = factor pixels + (1 - factor) other, within 0 to 255. */
export function blendAll(pixels: Float32Array, other: number, factor: number): void {
  const shift = (1 - factor) * other;
  for (let i = 0; i < pixels.length; i++) pixels[i] = bounded(factor * pixels[i] + shift);
}

/** Each pixel blended with its own grey; grey images stay as they are. */
export function blendGrey(pixels: Float32Array, channels: number, factor: number): void {
  if (channels === 1) return;
  for (let at = 0; at < pixels.length; at += channels) {
    const shift = (1 - factor) * greyOf(pixels, at, channels);
    for (let i = at; i < at + channels; i++) pixels[i] = bounded(factor * pixels[i] + shift);
  }
}

/** The mean grey of an image. */
export function meanGrey(pixels: Float32Array, channels: number): number {
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

/** A value of a byte, cut off at 0 and 255. */
export function bounded(value: number): number {
  return Math.min(WHITE, Math.max(0, value));
}
