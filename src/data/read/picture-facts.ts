/**
 * Sizes and kinds of pictures, and the size that all are brought to where nobody says.
 *
 * @module
 */

import { MAX_PICTURE_BYTES } from "../picture-format.ts";
import { type PictureSize, pictureSize } from "../picture-size.ts";
import type { ClassPicture } from "./class-folders.ts";

/** Sizes and kinds of pictures that were read. */
export interface PictureFacts {
  /** Height and width of the smallest picture, by area. */
  readonly smallest: PictureSize;
  /** Height and width of the picture that is in the middle by area. */
  readonly median: PictureSize;
  /** Height and width of the largest picture. */
  readonly largest: PictureSize;
  /** Number of sizes that there are. */
  readonly sizes: number;
  /** Number of pictures of each format, such as "JPEG". */
  readonly formats: Readonly<Record<string, number>>;
  /** Height and width that they were brought to. */
  readonly size: PictureSize;
}

/** Pictures of one size stay as they are up to so many rows and columns. */
const LARGEST_KEPT = 128;

/** Rows and columns that pictures are brought to, unless they are smaller. */
const SIDE = 64;

/** Sides are multiples of this, so that networks halve them a few times. */
const STEP = 8;

/** Most pictures whose sizes are looked at beforehand. */
const MOST_LOOKED_AT = 500;

/** Start of a file that has its picture's size, unless much else stands before it. */
const START_BYTES = 64 * 1024;

/**
 * The size for pictures: their own where all have one that is not large, else a square.
 *
 * @returns undefined where no size can be read
 */
export async function chooseSize(pictures: readonly ClassPicture[]): Promise<PictureSize | undefined> {
  const step = Math.max(1, pictures.length / MOST_LOOKED_AT);
  const sizes: PictureSize[] = [];
  for (let i = 0; i < pictures.length; i += step) {
    const size = await sizeOf(pictures[Math.floor(i)]);
    if (size !== undefined) sizes.push(size);
  }
  return sizes.length === 0 ? undefined : sizeFor(sizes);
}

/** The size for pictures of some sizes. */
function sizeFor(sizes: readonly PictureSize[]): PictureSize {
  const [[height, width]] = sizes;
  const areSame = sizes.every((size) => size[0] === height && size[1] === width);
  if (areSame && Math.max(height, width) <= LARGEST_KEPT) return [height, width];
  const shorter = sizes.map((size) => Math.min(...size)).sort((a, b) => a - b);
  const side = Math.min(SIDE, Math.floor(shorter[shorter.length >> 1] / STEP) * STEP);
  return [Math.max(STEP, side), Math.max(STEP, side)];
}

async function sizeOf({ file }: ClassPicture): Promise<PictureSize | undefined> {
  try {
    if ((await file.size()) > MAX_PICTURE_BYTES) return undefined;
    const size = pictureSize(await file.start(START_BYTES)) ?? pictureSize(await file.bytes());
    return size !== undefined && Math.min(...size) > 0 ? size : undefined;
  } catch {
    // Whoever reads the picture tells what is wrong with it.
    return undefined;
  }
}

/** Collects the facts of pictures as they are read. */
export class PictureSurvey {
  readonly #sizes = new Map<string, { readonly size: PictureSize; count: number }>();
  readonly #formats = new Map<string, number>();

  add(size: PictureSize, format: string): void {
    const key = size.join();
    const known = this.#sizes.get(key);
    if (known === undefined) this.#sizes.set(key, { size, count: 1 });
    else known.count += 1;
    this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
  }

  /**
   * The facts of all pictures so far; undefined where there are none.
   *
   * @param size height and width that they were brought to
   */
  facts(size: PictureSize): PictureFacts | undefined {
    const sorted = [...this.#sizes.values()].sort((a, b) => areaOf(a.size) - areaOf(b.size));
    const [smallest] = sorted;
    const largest = sorted.at(-1);
    if (smallest === undefined || largest === undefined) return undefined;
    let left = sorted.reduce((sum, { count }) => sum + count, 0) / 2;
    const median = sorted.find(({ count }) => {
      left -= count;
      return left <= 0;
    });
    return {
      smallest: smallest.size,
      median: (median ?? largest).size,
      largest: largest.size,
      sizes: sorted.length,
      formats: Object.fromEntries(this.#formats),
      size,
    };
  }
}

function areaOf([height, width]: PictureSize): number {
  return height * width;
}
