import { InputRangeError } from "../errors.ts";
import { permutation, RandomStream } from "../numeric/random.ts";
import { type AnyDataset, takeDataset } from "./dataset.ts";
import type { DatasetSplit } from "./split.ts";

/** One of the parts of a cross-validation. */
export interface FoldPlace {
  /** The part that is held out, from 0. */
  readonly index: number;
  /** Number of parts. */
  readonly of: number;
}

/**
 * Holds out one of several equal parts of a data set, for cross-validation (Stone, 1974): over all parts each image is held out once.
 * Images are dealt to the parts in a random order, class by class, so that sizes of parts, and numbers of images of a class
 * in them, differ by one at most, as in scikit-learn's `StratifiedKFold`. Both sides keep the order of the images.
 *
 * @param seed of the order in which they are dealt. Default 0
 * @throws RangeError for more parts than images
 */
export function splitFold(dataset: AnyDataset, { index, of }: FoldPlace, seed = 0): DatasetSplit<AnyDataset> {
  const { labels, length, name } = dataset;
  if (of > length) throw new InputRangeError(`folds of ${JSON.stringify(name)}`, `at most ${length}`, `${of}`);
  const order = [...permutation(length, RandomStream.from(seed, "folds"))];
  const dealt = labels === undefined ? order : order.sort((a, b) => labels[a] - labels[b]);
  const isHeldOut = new Uint8Array(length);
  for (let place = index; place < length; place += of) isHeldOut[dealt[place]] = 1;
  const indices = [...isHeldOut.keys()];
  const [rest, heldOut] = [0, 1].map((held) => indices.filter((image) => isHeldOut[image] === held));
  return { rest: takeDataset(dataset, rest), heldOut: takeDataset(dataset, heldOut) };
}
