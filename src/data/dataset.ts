/**
 * Data sets: images with labels or target values, in memory or read when they are needed, and parts of them.
 *
 * @module
 */

import { InputRangeError, InputTypeError } from "../errors.ts";
import { asPixels, isFloat32Array, isUint8Array, isUint16Array, kindOf } from "../numeric/array-kinds.ts";
import { list } from "../options/compound.ts";
import { extents, type OptionKind, text, whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import type { DatasetFacts, StreamedDataset } from "./dataset-facts.ts";
import { checkFinite } from "./finite.ts";
import type { ClassLabels, ImageShape, Pixels } from "./pixels.ts";
import { PIXEL_SCALING } from "./scaling.ts";

export type { DatasetFacts, ImageReading, ReadImages, StreamedDataset } from "./dataset-facts.ts";

/** A data set in memory: images with either class labels or target values. */
export interface Dataset extends DatasetFacts {
  /** `[n, h, w, c]`, contiguous. */
  readonly images: Pixels;
}

/** A data set in memory, or one whose pixels are read when they are needed. */
export type AnyDataset = Dataset | StreamedDataset;

/** An array of some types. `find` returns it, or undefined for anything else. */
function array<Input, Value>(wanted: string, find: (value: unknown) => Value | undefined): OptionKind<Input, Value> {
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const found = find(value);
      if (found !== undefined) return found;
      throw new InputTypeError(who, `${key} as ${wanted}`, kindOf(value));
    },
  };
}

/** An image's shape; no side is longer than 2^24, nor are there more channels. */
const SHAPE: OptionKind<ImageShape, ImageShape> = extents(["height", "width", "channels"], 2 ** 24);

/** The parts of a data set. */
export const DATASET = {
  /** Name, which stands in error messages. */
  name: { kind: text(), default: "data" },
  /** Shape of an image: height, width, channels. */
  shape: { kind: SHAPE },
  /** Pixels `[n, h, w, c]`, contiguous; kept, not copied. */
  images: { kind: array<Pixels | Uint8ClampedArray, Pixels>("a Uint8Array or a Float32Array", asPixels) },
  /** Class of each image, `[n]`; kept, not copied. */
  labels: {
    kind: array<ClassLabels, ClassLabels>("a Uint8Array or a Uint16Array", (value) =>
      isUint8Array(value) || isUint16Array(value) ? value : undefined,
    ),
    optional: true,
  },
  /**
   * Values that the outputs should have, `[n, classes]`, in place of labels; kept, not copied. For a softmax cross-entropy they
   * are a share of each class. Beside labels, a teacher's probabilities of the classes, for the loss `distillation`.
   */
  targets: {
    kind: array<Float32Array, Float32Array>("a Float32Array", (value) => (isFloat32Array(value) ? value : undefined)),
    optional: true,
  },
  /**
   * Weight of each image in losses, `[n]`, from 0 on, as Keras' `sample_weight`; kept, not copied. Default: 1 each. A mean
   * loss is the sum of weight times loss over the number of images; accuracy and other metrics count every image once.
   */
  sampleWeight: {
    kind: array<Float32Array, Float32Array>("a Float32Array", (value) => (isFloat32Array(value) ? value : undefined)),
    optional: true,
  },
  /** Number of classes. Default: the number of names, else the highest label + 1, else values per image in `targets`. */
  classes: { kind: whole(1), optional: true },
  /** Names of the classes. */
  classNames: { kind: list(text()), optional: true },
  /** Scaling from the numbers in files to these pixels; a model that is trained on them notes it. Default: unknown. */
  scaling: { kind: PIXEL_SCALING, optional: true },
} as const satisfies OptionSchema;

/** The arrays and names for {@link createDataset}. */
export interface DatasetInit extends OptionsOf<typeof DATASET> {}

/**
 * A data set over the given arrays, after checking all of them.
 *
 * The arrays are kept, not copied: don't write to them afterwards. What is given may be a data set with some of its parts replaced.
 *
 * @throws TypeError if an array is of the wrong kind, or for an unknown option
 * @throws RangeError if lengths don't fit, a label is outside the classes, or a pixel or target is not finite
 *
 * @example
 * const train = createDataset({
 *   name: "train",
 *   shape: [28, 28, 1],
 *   images: new Uint8Array(2 * 784),
 *   labels: Uint8Array.of(3, 7),
 *   classes: 10,
 * });
 */
export function createDataset(init: DatasetInit): Dataset {
  const { length: _, ...given }: DatasetInit & { readonly length?: unknown } = init;
  const who = `dataset ${JSON.stringify(init.name ?? DATASET.name.default)}`;
  const {
    name,
    shape,
    images,
    labels,
    targets,
    sampleWeight,
    classes: wanted,
    classNames,
    scaling,
  } = readOptions(who, DATASET, given);
  const length = checkImages(who, shape, images);
  if (labels === undefined && targets === undefined) {
    throw new InputTypeError(who, "labels or targets", "neither", "contradiction");
  }
  const classes = checkAnswers(who, { labels, targets, sampleWeight, classNames }, length, wanted);
  const weighted = sampleWeight && { sampleWeight };
  return { name, length, shape, images, labels, targets, ...weighted, classes, classNames, scaling };
}

/**
 * The number of classes, after checking all that goes with the images.
 *
 * @throws RangeError if lengths don't fit, a label is outside the classes, or a number is not finite
 */
export function checkAnswers(
  who: string,
  facts: Pick<DatasetFacts, "labels" | "targets" | "sampleWeight" | "classNames">,
  length: number,
  wanted: number | undefined,
): number {
  const { labels, targets, sampleWeight, classNames } = facts;
  let classes = wanted ?? classNames?.length;
  if (labels !== undefined) classes = checkLabels(who, labels, length, classes);
  if (targets !== undefined) classes = checkTargets(who, targets, length, classes);
  if (sampleWeight !== undefined) checkWeights(who, sampleWeight, length);
  classes ??= 0;
  if (classNames !== undefined && classNames.length !== classes) {
    throw new InputRangeError(who, `${classes} class names`, `${classNames.length}`, "shape-mismatch");
  }
  return classes;
}

/** The number of images, after checking the pixels. */
function checkImages(who: string, shape: ImageShape, images: Pixels): number {
  const perImage = shape[0] * shape[1] * shape[2];
  const length = images.length / perImage;
  if (length === 0) throw new InputRangeError(who, "at least one image", "none", "missing");
  if (!Number.isInteger(length)) {
    const size = `${shape.join(" x ")} = ${perImage}`;
    throw new InputRangeError(who, `whole images of ${size} values`, `${images.length} values`);
  }
  if (isFloat32Array(images)) checkFinite(who, "pixels", images, perImage);
  return length;
}

/** The number of classes, after checking the labels. */
function checkLabels(who: string, labels: ClassLabels, length: number, classes: number | undefined): number {
  if (labels.length !== length) {
    throw new InputRangeError(who, `${length} labels, one per image`, `${labels.length}`, "shape-mismatch");
  }
  if (classes === undefined) return highest(labels) + 1;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new InputRangeError(who, `labels from 0 to ${classes - 1}`, `${labels[i]} at index ${i}`);
    }
  }
  return classes;
}

function highest(labels: ClassLabels): number {
  let max = 0;
  for (let i = 0; i < labels.length; i++) max = Math.max(max, labels[i]);
  return max;
}

/** The number of values per image, after checking the targets. */
function checkTargets(who: string, targets: Float32Array, length: number, classes: number | undefined): number {
  const width = classes ?? targets.length / length;
  if (!Number.isSafeInteger(width) || width < 1 || targets.length !== width * length) {
    const wanted = classes === undefined ? "the same number for each" : `${classes} for each`;
    throw new InputRangeError(who, `targets for ${length} images, ${wanted}`, `${targets.length} values`);
  }
  checkFinite(who, "targets", targets, width);
  return width;
}

function checkWeights(who: string, weights: Float32Array, length: number): void {
  if (weights.length !== length) {
    const expected = `sampleWeight of ${length} images, a number for each`;
    throw new InputRangeError(who, expected, `${weights.length}`, "shape-mismatch");
  }
  checkFinite(who, "sampleWeight", weights, 1);
  const wrong = weights.findIndex((weight) => weight < 0);
  if (wrong >= 0) {
    throw new InputRangeError(who, "sampleWeight from 0 on", `${weights[wrong]} at index ${wrong}`);
  }
}

/**
 * Images `begin` to `end` - 1 as views of the same memory: no copies.
 *
 * @param end default: to the last image
 * @throws RangeError unless 0 <= begin < end <= length
 */
export function sliceDataset(dataset: Dataset, begin: number, end?: number): Dataset;
/** The same part of a streamed data set, which reads of it. */
export function sliceDataset(dataset: StreamedDataset, begin: number, end?: number): StreamedDataset;
export function sliceDataset(dataset: AnyDataset, begin: number, end?: number): AnyDataset;
export function sliceDataset(dataset: AnyDataset, begin: number, end: number = dataset.length): AnyDataset {
  const whole = Number.isInteger(begin) && Number.isInteger(end);
  if (!whole || begin < 0 || end > dataset.length || begin >= end) {
    const who = `sliceDataset ${JSON.stringify(dataset.name)}`;
    throw new InputRangeError(who, `a part of 0 to ${dataset.length}, not empty`, `${begin} to ${end}`);
  }
  const facts = {
    length: end - begin,
    labels: dataset.labels?.subarray(begin, end),
    targets: dataset.targets?.subarray(begin * dataset.classes, end * dataset.classes),
    ...(dataset.sampleWeight && { sampleWeight: dataset.sampleWeight.subarray(begin, end) }),
  };
  if ("read" in dataset) return { ...dataset, ...facts, ...dataset.readBy((index) => begin + index) };
  const size = imageSize(dataset);
  return { ...dataset, ...facts, images: dataset.images.subarray(begin * size, end * size) };
}

/**
 * The images at `indices`, in that order, copied. An index may come more than once.
 *
 * @throws RangeError if there is no index, or one is outside the data
 */
export function takeDataset(dataset: Dataset, indices: ArrayLike<number>): Dataset;
/** The same of a streamed data set, which reads of it; nothing is copied. */
export function takeDataset(dataset: StreamedDataset, indices: ArrayLike<number>): StreamedDataset;
export function takeDataset(dataset: AnyDataset, indices: ArrayLike<number>): AnyDataset;
export function takeDataset(dataset: AnyDataset, indices: ArrayLike<number>): AnyDataset {
  const who = `takeDataset ${JSON.stringify(dataset.name)}`;
  if (indices.length === 0) throw new InputRangeError(who, "at least one index", "none", "missing");
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= dataset.length) {
      throw new InputRangeError(who, `indices from 0 to ${dataset.length - 1}`, `${index} at ${i}`);
    }
  }
  const { labels, targets, sampleWeight } = dataset;
  const facts = {
    length: indices.length,
    labels: labels && takeRows(labels, 1, indices),
    targets: targets && takeRows(targets, dataset.classes, indices),
    ...(sampleWeight && { sampleWeight: takeRows(sampleWeight, 1, indices) }),
  };
  if ("read" in dataset) return { ...dataset, ...facts, ...dataset.readBy((index) => indices[index]) };
  return { ...dataset, ...facts, images: takeRows(dataset.images, imageSize(dataset), indices) };
}

/** The rows at some indices of a matrix of rows of `width` values, copied. */
export function takeRows<T extends Pixels | ClassLabels>(source: T, width: number, indices: ArrayLike<number>): T;
export function takeRows(
  source: Pixels | ClassLabels,
  width: number,
  indices: ArrayLike<number>,
): Pixels | ClassLabels {
  const size = indices.length * width;
  const rows = isFloat32Array(source)
    ? new Float32Array(size)
    : isUint16Array(source)
      ? new Uint16Array(size)
      : new Uint8Array(size);
  for (let i = 0; i < indices.length; i++) {
    rows.set(source.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
  }
  return rows;
}

/** Values per image: h * w * c. */
export function imageSize(dataset: Pick<Dataset, "shape">): number {
  return dataset.shape[0] * dataset.shape[1] * dataset.shape[2];
}
