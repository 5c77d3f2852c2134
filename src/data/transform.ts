import { cos, pow, sin } from "../numeric/math.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Augment } from "./augment.ts";

/** Random numbers of an image; its draws have the indices from `DRAWS` times its place on. */
const DRAWS = 10;

/** Most that a resized crop is stretched along one axis against the other. */
const CROP_RATIO = 4 / 3;

/**
 * Writes the transform of one image as the kernel `augment` reads it: the map from output to source pixels, then the
 * box to blank.
 *
 * @param target takes ten numbers
 * @param at index of the first
 * @param stream draws of this step
 * @param image place of the image in its batch
 * @param turn whether alternating flips mirror this image now
 */
export function writeTransform(
  target: Float32Array | Float64Array,
  at: number,
  augment: Augment,
  [height, width]: readonly [height: number, width: number, channels: number],
  stream: RandomStream,
  image: number,
  turn = false,
): void {
  const draw = (index: number) => stream.uniform(image * DRAWS + index);
  const symmetric = (index: number, most: number) => (2 * draw(index) - 1) * most;
  const radians = Math.PI / 180;

  const angle = symmetric(0, augment.rotate) * radians;
  const zoom = 1 / (1 + symmetric(1, augment.scale));
  const slant = symmetric(2, augment.shear) * radians;
  const mirrored = augment.horizontalFlip === "alternating" ? turn : augment.horizontalFlip && draw(3) < 0.5;
  const mirror = mirrored ? -1 : 1;
  const crop = 2 * augment.randomCrop + 1;
  const moveX = symmetric(4, augment.shift) + Math.floor(draw(5) * crop) - augment.randomCrop;
  const moveY = symmetric(6, augment.shift) + Math.floor(draw(7) * crop) - augment.randomCrop;

  // Source = centre + zoom * rotation * shear * mirror * (output - centre) - move.
  const tangent = slant === 0 ? 0 : sin(slant) / cos(slant);
  const [s, c] = [angle === 0 ? 0 : sin(angle), angle === 0 ? 1 : cos(angle)];
  const a = zoom * c * mirror;
  const b = zoom * (c * tangent - s);
  const d = zoom * s * mirror;
  const e = zoom * (s * tangent + c);
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  target[at] = a;
  target[at + 1] = b;
  target[at + 2] = centreX - a * centreX - b * centreY - moveX;
  target[at + 3] = d;
  target[at + 4] = e;
  target[at + 5] = centreY - d * centreX - e * centreY - moveY;
  if (augment.randomResizedCrop > 0) {
    cutOut(target, at, augment.randomResizedCrop, [height, width], stream.child(image));
  }

  const top = Math.floor(draw(8) * height - augment.cutout / 2);
  const left = Math.floor(draw(9) * width - augment.cutout / 2);
  target[at + 6] = top;
  target[at + 7] = left;
  target[at + 8] = top + augment.cutout;
  target[at + 9] = left + augment.cutout;
}

/**
 * Puts the cutting out of a random part in front of a map: output pixels are first those of the part, then mapped.
 *
 * @param least the smallest share of the area
 */
function cutOut(
  target: Float32Array | Float64Array,
  at: number,
  least: number,
  [height, width]: readonly [height: number, width: number],
  stream: RandomStream,
): void {
  const area = least + (1 - least) * stream.uniform(0);
  const ratio = pow(CROP_RATIO, 2 * stream.uniform(1) - 1);
  const across = Math.min(1, Math.sqrt(area * ratio));
  const along = Math.min(1, Math.sqrt(area / ratio));
  // From the middle of one outermost pixel to that of the other, so that nothing from outside comes in.
  const left = stream.uniform(2) * (1 - across) * (width - 1);
  const top = stream.uniform(3) * (1 - along) * (height - 1);
  for (const row of [at, at + 3]) {
    const [byColumn, byRow] = [target[row], target[row + 1]];
    target[row] = byColumn * across;
    target[row + 1] = byRow * along;
    target[row + 2] += byColumn * left + byRow * top;
  }
}
