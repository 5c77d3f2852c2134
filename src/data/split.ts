import { InputRangeError } from "../errors.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import { type AnyDataset, type Dataset, type StreamedDataset, sliceDataset, takeDataset } from "./dataset.ts";
import { drawPerClass, lieTogether, roundedShares, shareOut } from "./draw.ts";
import { areLabels, drawPerLabel } from "./draw-labels.ts";
import type { ClassLabels } from "./pixels.ts";

/** The two parts of {@link splitDataset}. */
export interface DatasetSplit<D extends AnyDataset = Dataset> {
  /** Images that remain for training. */
  readonly rest: D;
  /** Images that are held out. */
  readonly heldOut: D;
}

/** Both parts of a data set, copied where it is in memory; 1 marks images that are held out. */
function partDataset(dataset: AnyDataset, isHeldOut: Uint8Array): DatasetSplit<AnyDataset> {
  const indices = [...isHeldOut.keys()];
  const [rest, heldOut] = [0, 1].map((held) => indices.filter((index) => isHeldOut[index] === held));
  return { rest: takeDataset(dataset, rest), heldOut: takeDataset(dataset, heldOut) };
}

/** The number of images that a part of a data set is. */
function partSize(dataset: AnyDataset, part: number): number {
  const count = part > 0 && part < 1 ? Math.max(1, Math.round(part * dataset.length)) : part;
  if (Number.isSafeInteger(count) && count > 0 && count < dataset.length) return count;
  const who = `splitDataset ${JSON.stringify(dataset.name)}`;
  const wanted = `a fraction below 1 or a number from 1 to ${dataset.length - 1}`;
  throw new InputRangeError(who, wanted, `${part}`);
}

/**
 * Holds images out, drawn so that each class, or of images with any number of labels each label, gives its share of them. The number of images is as in {@link
 * splitDataset}.
 *
 * @throws RangeError if either part would be empty, or images have no classes
 */
export function splitPerClass(dataset: Dataset, part: number, seed?: number): DatasetSplit;
/** The same of a streamed data set, whose parts read of it. */
export function splitPerClass(dataset: StreamedDataset, part: number, seed?: number): DatasetSplit<StreamedDataset>;
export function splitPerClass(dataset: AnyDataset, part: number, seed?: number): DatasetSplit<AnyDataset>;
export function splitPerClass(dataset: AnyDataset, part: number, seed = 0): DatasetSplit<AnyDataset> {
  const count = partSize(dataset, part);
  const stream = RandomStream.from(seed, "split");
  const isHeldOut = (labels: ClassLabels, classes: number) =>
    drawPerClass(labels, shareOut(labels, classes, count), stream);
  return partDataset(dataset, drawnOf(`split ${JSON.stringify(dataset.name)}`, dataset, count, stream, isHeldOut));
}

/** Draws by labels, of which images have one or any number. */
function drawnOf(
  who: string,
  { labels, targets, classes }: AnyDataset,
  count: number,
  stream: RandomStream,
  ofClasses: (labels: ClassLabels, classes: number) => Uint8Array,
): Uint8Array {
  if (labels !== undefined) return ofClasses(labels, classes);
  if (targets !== undefined && areLabels(targets)) return drawPerLabel(targets, classes, count, stream);
  throw new InputRangeError(who, "images with labels", "targets");
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
export function splitDataset(dataset: Dataset, part: number, how?: RandomStream | "order"): DatasetSplit;
/** The same of a streamed data set, whose parts read of it. */
export function splitDataset(
  dataset: StreamedDataset,
  part: number,
  how?: RandomStream | "order",
): DatasetSplit<StreamedDataset>;
export function splitDataset(dataset: AnyDataset, part: number, how?: RandomStream | "order"): DatasetSplit<AnyDataset>;
export function splitDataset(
  dataset: AnyDataset,
  part: number,
  how?: RandomStream | "order",
): DatasetSplit<AnyDataset> {
  const begin = dataset.length - partSize(dataset, part);
  if (how === undefined && lieTogether(dataset)) return splitPerClass(dataset, part);
  if (how === undefined || how === "order") {
    return { rest: sliceDataset(dataset, 0, begin), heldOut: sliceDataset(dataset, begin) };
  }
  const order = permutation(dataset.length, how);
  return { rest: takeDataset(dataset, order.subarray(0, begin)), heldOut: takeDataset(dataset, order.subarray(begin)) };
}

/**
 * Holds out the same share of every class, drawn at random: what is left of a class, and what is held out, is as near to
 * the share as whole images allow. Where images have any number of labels (`targets` of 0 and 1), each label gives about its share. Both
 * parts keep the order of the images.
 *
 * @param part a share of the images, above 0 and below 1, rounded for each class; or a number of them (2 or more), of which
 *   each class gives its share
 * @param seed a whole number from 0; the same seed draws the same images. Default 0
 * @throws RangeError if the part is neither, images have no classes, or either part would be empty
 *
 * @example
 * const { rest, heldOut } = splitStratified(data, 0.1);
 */
export function splitStratified(dataset: Dataset, part: number, seed?: number): DatasetSplit;
/** The same of a streamed data set, whose parts read of it. */
export function splitStratified(dataset: StreamedDataset, part: number, seed?: number): DatasetSplit<StreamedDataset>;
export function splitStratified(dataset: AnyDataset, part: number, seed?: number): DatasetSplit<AnyDataset>;
export function splitStratified(dataset: AnyDataset, part: number, seed = 0): DatasetSplit<AnyDataset> {
  const who = `splitStratified ${JSON.stringify(dataset.name)}`;
  const { labels, length } = dataset;
  const isShare = part > 0 && part < 1;
  if (!isShare && !(Number.isSafeInteger(part) && part > 1 && part < length)) {
    const wanted = `a share above 0 and below 1, or a number from 2 to ${length - 1}`;
    throw new InputRangeError(who, wanted, `${part}`);
  }
  if (!isShare || labels === undefined) return splitPerClass(dataset, part, seed);
  const wanted = roundedShares(labels, dataset.classes, part);
  const isHeldOut = drawPerClass(labels, wanted, RandomStream.from(seed, "split"));
  const count = wanted.reduce((sum, share) => sum + share, 0);
  if (count === 0 || count === length) {
    const got = `${count} of ${length} at a share of ${part}`;
    throw new InputRangeError(who, "images on both sides", `${got} held out`);
  }
  return partDataset(dataset, isHeldOut);
}
