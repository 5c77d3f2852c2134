import type { Pixels } from "convasm";
import { context2d, h } from "./dom.ts";
import { rgb } from "./theme.ts";

/** Share of black pixels from which a grey picture is ink on a ground, which is shown in the page's own colours. */
const INK_SHARE = 0.35;

/**
 * Draws one image of a data set, one canvas pixel for each of its own.
 *
 * @param shape [height, width, channels]
 * @param index which image of `pixels`
 */
export function drawImage(canvas: HTMLCanvasElement, pixels: Pixels, shape: readonly number[], index = 0): void {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const image = pixels.subarray(index * size, (index + 1) * size);
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  const target = context.createImageData(width, height);
  if (channels === 3) writeColours(target.data, image);
  else writeGrey(target.data, image, channels);
  context.putImageData(target, 0, 0);
}

function writeColours(target: Uint8ClampedArray, image: Pixels): void {
  for (let i = 0, j = 0; j < target.length; i += 3, j += 4) {
    target[j] = image[i];
    target[j + 1] = image[i + 1];
    target[j + 2] = image[i + 2];
    target[j + 3] = 255;
  }
}

/** The first channel, from the ground's colour to that of ink. */
function writeGrey(target: Uint8ClampedArray, image: Pixels, channels: number): void {
  const count = target.length / 4;
  let black = 0;
  for (let i = 0; i < count; i++) if (image[i * channels] === 0) black++;
  const isInk = black > INK_SHARE * count;
  const [from, to] = isInk
    ? [rgb("--sunken"), rgb("--ink")]
    : [
        [0, 0, 0],
        [255, 255, 255],
      ];
  for (let i = 0; i < count; i++) {
    const share = image[i * channels] / 255;
    for (let c = 0; c < 3; c++) target[4 * i + c] = from[c] + share * (to[c] - from[c]);
    target[4 * i + 3] = 255;
  }
}

/** A canvas that shows one image enlarged, with words for those who don't see it. */
export function thumbnail(pixels: Pixels, shape: readonly number[], index: number, label: string): HTMLCanvasElement {
  const canvas = h("canvas", { class: "thumb", role: "img", "aria-label": label });
  drawImage(canvas, pixels, shape, index);
  return canvas;
}
