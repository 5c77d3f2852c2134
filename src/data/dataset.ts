/**
 * The in-memory data set: images with labels or target values.
 *
 * @module
 */

import { InputRangeError, InputTypeError } from "../errors.ts";
import { asPixels, isFloat32Array, isUint8Array, isUint16Array, kindOf } from "../numeric/array-kinds.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import { drawPerClass, lieTogether, shareOut } from "./draw.ts";
import { checkFinite } from "./finite.ts";
import type { ClassLabels, ImageShape, Pixels } from "./pixels.ts";
import { type PixelScaling, readScaling } from "./scaling.ts";

/** Images with either class labels or target values: exactly one of `labels` and `targets` is set. */
export interface Dataset {
  /** Stands in error messages: `dataset "train": ...`. */
  readonly name: string;
  /** Number of images, n. */
  readonly length: number;
  /** Shape of one image, `[h, w, c]`. */
  readonly shape: ImageShape;
  /** `[n, h, w, c]`, contiguous. */
  readonly images: Pixels;
  /** `[n]`, class indices from 0 to `classes` - 1. */
  readonly labels: ClassLabels | undefined;
  /** Values that the outputs should have, `[n, classes]`: for regression, or 0 and 1 for several labels per image. */
  readonly targets: Float32Array | undefined;
  /** Number of classes; with `targets`, of values per image. */
  readonly classes: number;
  /** Names of the classes, if known. */
  readonly classNames: readonly string[] | undefined;
  /** The scaling that made these pixels of the numbers in their files, as a reader noted it. */
  readonly scaling?: PixelScaling | undefined;
}

/** The arrays and names for {@link createDataset}. */
export interface DatasetInit {
  /** Stands in error messages; default `"data"`. */
  readonly name?: string | undefined;
  readonly shape: ImageShape;
  /** `[n, h, w, c]`, contiguous; kept, not copied. */
  readonly images: Pixels | Uint8ClampedArray;
  /** `[n]`; kept, not copied. */
  readonly labels?: ClassLabels | undefined;
  /** `[n, classes]`; kept, not copied. */
  readonly targets?: Float32Array | undefined;
  /** Default: the number of names, else the highest label + 1, else values per image in `targets`. */
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[] | undefined;
  /** The scaling that made these pixels of other numbers, which a model that learns from them then knows. Default: unknown. */
  readonly scaling?: PixelScaling | undefined;
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function checkLabels(who: string, labels: ClassLabels, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new InputRangeError(who, `labels from 0 to ${classes - 1}`, `${labels[i]} at index ${i}`);
    }
  }
}

function readPixels(who: string, images: DatasetInit["images"]): Pixels {
  const pixels = asPixels(images);
  if (pixels !== undefined) return pixels;
  throw new InputTypeError(who, "images as a Uint8Array or a Float32Array", kindOf(images));
}

function readLabels(who: string, labels: DatasetInit["labels"]): ClassLabels {
  if (isUint8Array(labels) || isUint16Array(labels)) return labels;
  throw new InputTypeError(who, "labels as a Uint8Array or a Uint16Array", kindOf(labels));
}

function highest(labels: ClassLabels): number {
  let max = 0;
  for (let i = 0; i < labels.length; i++) max = Math.max(max, labels[i]);
  return max;
}

/** The number of images, after checking the shape and the pixels. */
function checkImages(who: string, shape: ImageShape, images: Pixels): number {
  if (!Array.isArray(shape) || shape.length !== 3 || !shape.every(isPositiveInteger)) {
    throw new InputRangeError(who, "an image shape [height, width, channels]", `[${shape}]`, "shape-mismatch");
  }
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

function checkTargets(who: string, targets: Float32Array, length: number, classes: number | undefined): number {
  if (!isFloat32Array(targets)) {
    throw new InputTypeError(who, "targets as a Float32Array", kindOf(targets));
  }
  const width = classes ?? targets.length / length;
  if (!isPositiveInteger(width) || targets.length !== width * length) {
    const wanted = classes === undefined ? "the same number for each" : `${classes} for each`;
    throw new InputRangeError(who, `targets for ${length} images, ${wanted}`, `${targets.length} values`);
  }
  checkFinite(who, "targets", targets, width);
  return width;
}

function checkClassLabels(who: string, labels: ClassLabels, length: number, classes: number | undefined): number {
  if (labels.length !== length) {
    throw new InputRangeError(who, `${length} labels, one per image`, `${labels.length}`, "shape-mismatch");
  }
  if (classes === undefined) return highest(labels) + 1;
  if (!isPositiveInteger(classes)) throw new InputRangeError(who, "at least one class", `${classes}`);
  checkLabels(who, labels, classes);
  return classes;
}

/**
 * A data set over the given arrays, after checking all of them.
 *
 * The arrays are kept, not copied: don't write to them afterwards.
 *
 * @throws TypeError if an array is of the wrong kind
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
  const { name = "data", shape, targets, classNames } = init;
  const who = `dataset ${JSON.stringify(name)}`;
  const images = readPixels(who, init.images);
  const labels = init.labels === undefined ? undefined : readLabels(who, init.labels);
  const length = checkImages(who, shape, images);
  const wanted = init.classes ?? classNames?.length;
  if ((labels === undefined) === (targets === undefined)) {
    throw new InputTypeError(
      who,
      "either labels or targets",
      labels === undefined ? "neither" : "both",
      "contradiction",
    );
  }
  let classes = 0;
  if (labels !== undefined) classes = checkClassLabels(who, labels, length, wanted);
  if (targets !== undefined) classes = checkTargets(who, targets, length, wanted);
  if (classNames !== undefined && classNames.length !== classes) {
    throw new InputRangeError(who, `${classes} class names`, `${classNames.length}`, "shape-mismatch");
  }
  const scaling = init.scaling && readScaling(`${who}: scaling`, init.scaling);
  return { name, length, shape: [shape[0], shape[1], shape[2]], images, labels, targets, classes, classNames, scaling };
}

/**
 * Images `begin` to `end` - 1 as views of the same memory: no copies.
 *
 * @param end default: to the last image
 * @throws RangeError unless 0 <= begin < end <= length
 */
export function sliceDataset(dataset: Dataset, begin: number, end: number = dataset.length): Dataset {
  const whole = Number.isInteger(begin) && Number.isInteger(end);
  if (!whole || begin < 0 || end > dataset.length || begin >= end) {
    const who = `sliceDataset ${JSON.stringify(dataset.name)}`;
    throw new InputRangeError(who, `a part of 0 to ${dataset.length}, not empty`, `${begin} to ${end}`);
  }
  const size = imageSize(dataset);
  return {
    ...dataset,
    length: end - begin,
    images: dataset.images.subarray(begin * size, end * size),
    labels: dataset.labels?.subarray(begin, end),
    targets: dataset.targets?.subarray(begin * dataset.classes, end * dataset.classes),
  };
}

/**
 * The images at `indices`, in that order, copied. An index may come more than once.
 *
 * @throws RangeError if there is no index, or one is outside the data
 */
export function takeDataset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const who = `takeDataset ${JSON.stringify(dataset.name)}`;
  if (indices.length === 0) throw new InputRangeError(who, "at least one index", "none", "missing");
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!Number.isInteger(index) || index < 0 || index >= dataset.length) {
      throw new InputRangeError(who, `indices from 0 to ${dataset.length - 1}`, `${index} at ${i}`);
    }
  }
  const { labels, targets } = dataset;
  return {
    ...dataset,
    length: indices.length,
    images: takeRows(dataset.images, imageSize(dataset), indices),
    labels: labels && takeRows(labels, 1, indices),
    targets: targets && takeRows(targets, dataset.classes, indices),
  };
}

function takeRows<T extends Pixels | ClassLabels>(source: T, width: number, indices: ArrayLike<number>): T;
function takeRows(source: Pixels | ClassLabels, width: number, indices: ArrayLike<number>): Pixels | ClassLabels {
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

/** The two parts of {@link splitDataset}. */
export interface DatasetSplit {
  /** Images that remain for training. */
  readonly rest: Dataset;
  /** Images that are held out. */
  readonly heldOut: Dataset;
}

/** Both parts of a data set, copied; 1 marks images that are held out. */
export function partDataset(dataset: Dataset, isHeldOut: Uint8Array): DatasetSplit {
  const indices = [...isHeldOut.keys()];
  const [rest, heldOut] = [0, 1].map((held) => indices.filter((index) => isHeldOut[index] === held));
  return { rest: takeDataset(dataset, rest), heldOut: takeDataset(dataset, heldOut) };
}

/** The number of images that a part of a data set is. */
function partSize(dataset: Dataset, part: number): number {
  const count = part > 0 && part < 1 ? Math.max(1, Math.round(part * dataset.length)) : part;
  if (isPositiveInteger(count) && count < dataset.length) return count;
  const who = `splitDataset ${JSON.stringify(dataset.name)}`;
  const wanted = `a fraction below 1 or a number from 1 to ${dataset.length - 1}`;
  throw new InputRangeError(who, wanted, `${part}`);
}

/**
 * Holds images out, drawn so that each class gives its share of them. The number of images is as in {@link
 * splitDataset}.
 *
 * @throws RangeError if either part would be empty, or images have no classes
 */
export function splitPerClass(dataset: Dataset, part: number, seed = 0): DatasetSplit {
  const { labels, classes, name } = dataset;
  const count = partSize(dataset, part);
  if (labels === undefined) throw new InputRangeError(`split ${JSON.stringify(name)}`, "class labels", "targets");
  return partDataset(dataset, drawPerClass(labels, shareOut(labels, classes, count), RandomStream.from(seed, "split")));
}

/**
 * Holds images out, for validation: the last ones, as views. Where images of one class lie together, as in folders of
 * pictures, the last ones would be of one class: then each class gives its share, drawn.
 *
 * @param part a number of images (1 or more), or a fraction of them (below 1, rounded, at least one image)
 * @param how `"order"` for the last ones in any case; or a stream that draws which images, whatever their classes (both
 *   parts are then copies)
 * @throws RangeError if either part would be empty
 *
 * @example
 * const { rest, heldOut } = splitDataset(train, 0.1, RandomStream.from(seed, "validation"));
 */
export function splitDataset(dataset: Dataset, part: number, how?: RandomStream | "order"): DatasetSplit {
  const begin = dataset.length - partSize(dataset, part);
  if (how === undefined && lieTogether(dataset)) return splitPerClass(dataset, part);
  if (how === undefined || how === "order") {
    return { rest: sliceDataset(dataset, 0, begin), heldOut: sliceDataset(dataset, begin) };
  }
  const order = permutation(dataset.length, how);
  return { rest: takeDataset(dataset, order.subarray(0, begin)), heldOut: takeDataset(dataset, order.subarray(begin)) };
}

/** Values per image: h * w * c. */
export function imageSize(dataset: Pick<Dataset, "shape">): number {
  return dataset.shape[0] * dataset.shape[1] * dataset.shape[2];
}
