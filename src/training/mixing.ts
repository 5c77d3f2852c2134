import type { Augment } from "../data/augment.ts";
import { type Dataset, imageSize, takeDataset } from "../data/dataset.ts";
import type { Pixels } from "../data/pixels.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { symmetricBeta } from "../numeric/beta.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import type { Batch, BatchWeights } from "./batch.ts";
import type { ImageWeights } from "./image-weights.ts";

/** Pixels of a batch whose images are mixed with one another. */
export interface MixedImages {
  /** [n, h, w, c] */
  readonly pixels: Pixels;
  /** [n]: image of the batch that each is mixed with. */
  readonly partners: Uint32Array;
  /** [n]: part that each keeps of itself, from 0.5 to 1. */
  readonly shares: Float64Array;
}

/** The numbers that the mixing of a batch follows from. */
export interface MixingPlace {
  readonly seed: number;
  /** Counted from 0. */
  readonly step: number;
  readonly indices: Uint32Array;
}

/**
 * Mixes each image of a batch with another one of it, as they are before other changes: by mixup (Zhang et al., 2018), or by a box
 * of the other image (CutMix, Yun et al., 2019); with both, one or the other for a whole batch. Each image is mixed by a share of
 * its own, and gives its name to what has more of it.
 *
 * @param keeps false for an image of the batch that is not mixed, nor others with it
 */
export function mixImages(
  { mixup, cutmix }: Augment,
  data: Dataset,
  { seed, step, indices }: MixingPlace,
  keeps: (place: number) => boolean,
): MixedImages {
  const stream = RandomStream.from(seed, "mixing").child(step);
  const n = indices.length;
  const isBoxed = cutmix > 0 && (mixup === 0 || stream.integer(0, 2) === 0);
  const partners = permutation(n, stream.child(0));
  const size = imageSize(data);
  const rowOf = (place: number) => data.images.subarray(indices[place] * size, (indices[place] + 1) * size);
  // A blend of bytes is no byte.
  const pixels = isUint8Array(data.images) && mixup === 0 ? new Uint8Array(n * size) : new Float32Array(n * size);
  const shares = new Float64Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    pixels.set(rowOf(i), i * size);
    if (!keeps(i) || !keeps(partners[i])) continue;
    const draw = stream.child(1).child(i);
    const share = symmetricBeta(isBoxed ? cutmix : mixup, draw);
    const kept = Math.max(share, 1 - share);
    const mixed = pixels.subarray(i * size, (i + 1) * size);
    shares[i] = isBoxed
      ? pasteBox(mixed, rowOf(partners[i]), data.shape, kept, draw.child(2))
      : blend(mixed, rowOf(partners[i]), kept);
  }
  return { pixels, partners, shares };
}

function blend(pixels: Pixels, other: Pixels, kept: number): number {
  for (let i = 0; i < pixels.length; i++) pixels[i] = kept * pixels[i] + (1 - kept) * other[i];
  return kept;
}

/** Pastes a box of 1 - kept of the area around a random place, without what lies outside, and returns what is kept. */
function pasteBox(
  pixels: Pixels,
  other: Pixels,
  [height, width, channels]: Dataset["shape"],
  kept: number,
  stream: RandomStream,
): number {
  const side = Math.sqrt(1 - kept);
  const range = (length: number, index: number) => {
    const middle = stream.integer(index, length);
    const half = Math.floor((length * side) / 2);
    return [Math.max(middle - half, 0), Math.min(middle + half, length)] as const;
  };
  const [top, bottom] = range(height, 0);
  const [left, right] = range(width, 1);
  for (let y = top; y < bottom; y++) {
    const [begin, end] = [(y * width + left) * channels, (y * width + right) * channels];
    pixels.set(other.subarray(begin, end), begin);
  }
  return 1 - ((bottom - top) * (right - left)) / (height * width);
}

/**
 * Rows of a batch, each mixed with that of its partner.
 *
 * @param rows [n, width]
 */
function mixRows<T extends Float32Array | Float64Array>(rows: T, { partners, shares }: MixedImages): T {
  const width = rows.length / partners.length;
  const before = rows.slice();
  for (let at = 0; at < rows.length; at++) {
    const i = Math.floor(at / width);
    rows[at] = shares[i] * before[at] + (1 - shares[i]) * before[partners[i] * width + (at % width)];
  }
  return rows;
}

/** The part of a batch that is mixed: a data set of its own, with the weights of its images. */
export type MixedBatch = BatchWeights & Pick<Batch, "data" | "indices">;

/** A batch whose images and targets are mixed with one another. */
export function mixedBatch(augment: Augment, data: Dataset, weights: ImageWeights, place: MixingPlace): MixedBatch {
  const { indices } = place;
  const given = weights.of(data, indices, true);
  const { softTargets } = given;
  // An image that is ignored has no target to mix.
  const mixed = mixImages(augment, data, place, (i) => given.weights === undefined || given.weights[i] > 0);
  const own = takeDataset(data, indices);
  const targets = own.targets && softTargets === undefined ? mixRows(own.targets, mixed) : own.targets;
  return {
    images: given.images,
    weights: given.weights && mixRows(given.weights, mixed),
    softTargets: softTargets && mixRows(softTargets, mixed),
    data: { ...own, images: mixed.pixels, targets },
    indices: Uint32Array.from(indices.keys()),
  };
}
