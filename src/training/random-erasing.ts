import type { ImageShape } from "../data/pixels.ts";
import { exp, log } from "../numeric/math.ts";
import type { RandomStream } from "../numeric/random.ts";

/** Share of the image's area that a box has, and its height by its width, as torchvision's `RandomErasing`. */
const AREA = [0.02, 0.33] as const;
const RATIO = [0.3, 3.3] as const;

/** Boxes that are drawn until one fits into the image. */
const ATTEMPTS = 10;

/** Values of a byte, of which erased pixels have random ones. */
const BYTES = 256;

/** A box of pixels. */
interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Fills a box at a random place with random pixels (Zhong et al., 2017, "Random Erasing Data Augmentation"), in place.
 *
 * @param pixels [h, w, c], 0 to 255
 * @param chance share of the images in which there is a box
 */
export function eraseRandomly(pixels: Float32Array, chance: number, shape: ImageShape, stream: RandomStream): void {
  if (chance === 0 || stream.uniform(0) >= chance) return;
  const box = drawBox(shape, stream.child(0));
  if (box === undefined) return;
  const [, width, channels] = shape;
  const noise = stream.child(1);
  const row = box.width * channels;
  for (let y = 0; y < box.height; y++) {
    const at = ((box.top + y) * width + box.left) * channels;
    for (let i = 0; i < row; i++) pixels[at + i] = noise.integer(y * row + i, BYTES);
  }
}

/** A random box that is smaller than the image; undefined where none of some is. */
export function drawBox([height, width]: ImageShape, stream: RandomStream): Box | undefined {
  const [least, most] = RATIO.map(log);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const draw = stream.child(attempt);
    const area = height * width * (AREA[0] + (AREA[1] - AREA[0]) * draw.uniform(0));
    const ratio = exp(least + (most - least) * draw.uniform(1));
    const [h, w] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))];
    if (h >= height || w >= width || h === 0 || w === 0) continue;
    const top = draw.integer(2, height - h + 1);
    const left = draw.integer(3, width - w + 1);
    return { top, left, height: h, width: w };
  }
  return undefined;
}
