import { InputRangeError } from "../errors.ts";
import { RandomStream } from "../numeric/random.ts";
import { type Dataset, type DatasetSplit, partDataset, splitPerClass } from "./dataset.ts";
import { drawPerClass, roundedShares } from "./draw.ts";

/**
 * Holds out the same share of every class, drawn at random: what is left of a class, and what is held out, is as near to
 * the share as whole images allow. Both parts keep the order of the images.
 *
 * @param part a share of the images, above 0 and below 1, rounded for each class; or a number of them (2 or more), of which
 *   each class gives its share
 * @param seed a whole number from 0; the same seed draws the same images. Default 0
 * @throws RangeError if the part is neither, images have no classes, or either part would be empty
 *
 * @example
 * const { rest, heldOut } = splitStratified(data, 0.1);
 */
export function splitStratified(dataset: Dataset, part: number, seed = 0): DatasetSplit {
  const who = `splitStratified ${JSON.stringify(dataset.name)}`;
  const { labels, classes, length } = dataset;
  const isShare = part > 0 && part < 1;
  if (!isShare && !(Number.isSafeInteger(part) && part > 1 && part < length)) {
    const wanted = `a share above 0 and below 1, or a number from 2 to ${length - 1}`;
    throw new InputRangeError(who, wanted, `${part}`);
  }
  if (labels === undefined) throw new InputRangeError(who, "images with class labels", "targets");
  if (!isShare) return splitPerClass(dataset, part, seed);
  const wanted = roundedShares(labels, classes, part);
  const isHeldOut = drawPerClass(labels, wanted, RandomStream.from(seed, "split"));
  const count = wanted.reduce((sum, share) => sum + share, 0);
  if (count === 0 || count === length) {
    const got = `${count} of ${length} at a share of ${part}`;
    throw new InputRangeError(who, "images on both sides", `${got} held out`);
  }
  return partDataset(dataset, isHeldOut);
}
