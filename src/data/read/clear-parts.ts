/**
 * The ground of pictures that are transparent in parts: white, which for samples of 16 bits is known only after their
 * range.
 *
 * @module
 */

import type { Pixels } from "../pixels.ts";
import type { PixelScaling } from "../scaling.ts";
import type { RawPixels } from "./raw-pixels.ts";
import { rangeOf } from "./value-range.ts";

/** White of 16 bits. */
export const WHITE = 65_535;

/** Brightest values of pictures that use a part of 16 bits: darker ones are ink, below a quarter of a byte, brighter ones use them all. */
const NARROW = { least: 64, most: WHITE / 4 };

/**
 * The values of pixels that can be seen, without the ground: of opaque pixels, or if there are none, of those that
 * cover it in part. Empty if nothing can be seen.
 */
export function visibleValues({ images, clear }: RawPixels): Pixels {
  if (clear === undefined) return images;
  const channels = images.length / clear.length;
  const most = clear.includes(0) ? 0 : 1;
  const isVisible = (share: number) => share === 0 || share < most;
  const values = new Float32Array(channels * clear.filter(isVisible).length);
  let count = 0;
  for (let i = 0; i < images.length; i++) {
    const share = clear[Math.floor(i / channels)];
    if (isVisible(share)) values[count++] = images[i] / (1 - share);
  }
  return values;
}

/**
 * A part with its ground where that is white of 16 bits before any range is decided: what can be seen uses all bits, or it is black or
 * of one colour, which tells of no range. Else the part as it is, whose ground is the white that is decided by what can be seen.
 */
export function withKnownGround<P extends RawPixels>(part: P): P {
  if (part.clear === undefined) return part;
  const { lowest, highest } = rangeOf(visibleValues(part));
  const isNarrow = highest >= NARROW.least && highest <= NARROW.most && lowest < highest / 4;
  return isNarrow ? part : { ...part, images: overGround(part, WHITE), clear: undefined };
}

/** White among the values of pictures to which a scaling belongs. */
export function whiteOf({ base, factor }: PixelScaling): number {
  const white = base + 255 / factor;
  return white > NARROW.most ? WHITE : white;
}

/** The pixels over a ground. They are overwritten where something is transparent. */
export function overGround({ images, clear }: RawPixels, white: number): Pixels {
  if (clear === undefined) return images;
  const channels = images.length / clear.length;
  for (let i = 0; i < images.length; i++) images[i] += white * clear[Math.floor(i / channels)];
  return images;
}
