import type { ClassLabels, ImageShape, Pixels } from "./pixels.ts";
import type { PixelScaling } from "./scaling.ts";

/** All that is known about a data set before its pixels are: exactly one of `labels` and `targets` is set, as a rule. */
export interface DatasetFacts {
  /** Stands in error messages: `dataset "train": ...`. */
  readonly name: string;
  /** Number of images, n. */
  readonly length: number;
  /** Shape of one image, `[h, w, c]`. */
  readonly shape: ImageShape;
  /** `[n]`, class indices from 0 to `classes` - 1. */
  readonly labels: ClassLabels | undefined;
  /**
   * Values that the outputs should have, `[n, classes]`: for regression, or 0 and 1 for several labels per image. Beside labels, a
   * teacher's probabilities.
   */
  readonly targets: Float32Array | undefined;
  /** `[n]`, the weight of each image in the loss; undefined for 1 each. */
  readonly sampleWeight?: Float32Array | undefined;
  /** Number of classes; with `targets`, of values per image. */
  readonly classes: number;
  /** Names of the classes, if known. */
  readonly classNames: readonly string[] | undefined;
  /** The scaling that made these pixels of the numbers in their files, as a reader noted it. */
  readonly scaling?: PixelScaling | undefined;
}

/** Some images, with labels or targets where the data set does not know them before they are read. */
export interface ReadImages extends Partial<Pick<DatasetFacts, "labels" | "targets">> {
  /** `[n, h, w, c]`, contiguous. */
  readonly images: Pixels;
}

/** The ways in which a streamed data set is read. */
export interface ImageReading {
  /** Reads the images at some indices, in that order. */
  read(indices: Uint32Array): ReadImages | Promise<ReadImages>;
  /** The same for images at other places, as for a part of a data set. @internal */
  readBy(placeOf: (index: number) => number): ImageReading;
  /** The same with other labels or targets than came with the pixels. @internal */
  changedBy(change: (read: ReadImages) => Omit<ReadImages, "images">): ImageReading;
}

/**
 * A data set whose pixels are read when they are needed, as they do not fit into memory. `createStreamedDataset` makes them. Where both
 * `labels` and `targets` are undefined, they come with the pixels.
 */
export interface StreamedDataset extends DatasetFacts, ImageReading {
  /** Batches that are read ahead of the one that is used. */
  readonly prefetch: number;
  /** True: images come in their own order only, the first ones first. */
  readonly sequential: boolean;
}
