import { permutation, RandomStream } from "../numeric/random.ts";
import { type Dataset, type DatasetSplit, takeDataset } from "./dataset.ts";

/**
 * Holds out the same share of every class, drawn at random: what is left of a class, and what is held out, is as near to
 * the share as whole images allow. Both parts keep the order of the images.
 *
 * @param share of the images, above 0 and below 1; rounded for each class
 * @param seed a whole number from 0; the same seed draws the same images. Default 0
 * @throws RangeError if the share is not one, images have no classes, or either part would be empty
 *
 * @example
 * const { rest, heldOut } = splitStratified(data, 0.1);
 */
export function splitStratified(dataset: Dataset, share: number, seed = 0): DatasetSplit {
  const who = `splitStratified ${JSON.stringify(dataset.name)}`;
  const { labels, classes, length } = dataset;
  if (!(share > 0 && share < 1)) throw new RangeError(`${who}: expected a share above 0 and below 1, got ${share}`);
  if (labels === undefined) throw new RangeError(`${who}: expected images with class labels, got targets`);
  const order = permutation(length, RandomStream.from(seed, "split"));
  const left = new Array<number>(classes).fill(0);
  for (const label of labels) left[label] += 1;
  for (let label = 0; label < classes; label++) left[label] = Math.round(share * left[label]);
  const isHeldOut = new Uint8Array(length);
  for (const index of order) {
    if (left[labels[index]] === 0) continue;
    left[labels[index]] -= 1;
    isHeldOut[index] = 1;
  }
  const indices = [...isHeldOut.keys()];
  const parts = [0, 1].map((held) => indices.filter((index) => isHeldOut[index] === held));
  if (parts.some((part) => part.length === 0)) {
    const got = `${parts[1].length} of ${length} at a share of ${share}`;
    throw new RangeError(`${who}: expected images on both sides, got ${got} held out`);
  }
  return { rest: takeDataset(dataset, parts[0]), heldOut: takeDataset(dataset, parts[1]) };
}
