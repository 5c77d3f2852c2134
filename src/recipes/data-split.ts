import { type Dataset, sliceDataset, splitDataset, splitPerClass } from "../data/dataset.ts";
import { lieTogether } from "../data/draw.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";

/** Images `begin` to `end` - 1, counted from 0; a range may go beyond the last image. */
export type ImageRange = readonly [begin: number, end: number];

/**
 * Division of a data set into images to train on, to validate with and to test on. Type aliases because interfaces do
 * not fit `Json`.
 */
export type DataSplit = {
  /** Images to train on, of those for training. Default all. */
  readonly train?: ImageRange | undefined;
  /** Largest number of them. Default all. */
  readonly limit?: number | undefined;
  /** Rule by which `limit` and `validation` take images. Default: `order`, unless images of a class lie together. */
  readonly draw?: Draw | undefined;
  /** Seed of the draws. Default 0. */
  readonly seed?: number | undefined;
  /**
   * Images that are evaluated after each epoch: a number of those to train on (or a fraction below 1), which are then
   * held out; or the images to test on. Default none.
   */
  readonly validation?: number | "test" | undefined;
  /** Images to test on. Default all. */
  readonly test?: TestRange | undefined;
};

/** `order`: the first images are taken, the last ones held out. `classes`: each class gives its share, drawn. */
export type Draw = "order" | "classes";

/** Images to test on: a range of those for testing or training. */
export type TestRange = { readonly of: "train" | "test"; readonly range: ImageRange };

/** A data set with its images to train on and to test on. */
export interface TrainTestData {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
}

/** A data set in its parts. */
export interface SplitData extends TrainTestData {
  readonly validation: Dataset | undefined;
  /** The images to train on before those for validation were held out. */
  readonly used: Dataset;
}

/** The images of a range that exist. */
export function rangeOf(data: Dataset, [begin, end]: ImageRange, who: string): Dataset {
  if (begin < data.length) return sliceDataset(data, begin, Math.min(end, data.length));
  throw new InputRangeError(who, `images within the ${data.length} of ${data.name}`, `${begin} to ${end - 1}`);
}

/** At most `limit` images of a data set. */
export function limited(data: Dataset, limit: number | undefined, draw: Draw, seed?: number): Dataset {
  if (limit === undefined || limit >= data.length) return data;
  return draw === "order" ? sliceDataset(data, 0, limit) : splitPerClass(data, limit, seed).heldOut;
}

/**
 * Divides a data set. Parts are views of it, but for those that are drawn.
 *
 * @throws RangeError if a part would be empty; TypeError if it asks for images to test on where there are none
 * @example
 * const { train, test } = splitData(mnist, { train: [0, 1000], test: { of: "train", range: [1000, 2000] } });
 */
export function splitData(data: TrainTestData, split: DataSplit = {}): SplitData {
  const all = split.train === undefined ? data.train : rangeOf(data.train, split.train, "data split: train");
  const draw = split.draw ?? (lieTogether(all) ? "classes" : "order");
  const used = limited(all, split.limit, draw, split.seed);
  const source = split.test?.of === "train" ? data.train : data.test;
  if (split.test !== undefined && source === undefined) {
    throw new InputTypeError("data split", `images to test on with ${data.train.name}`, "none", "missing");
  }
  const test =
    source === undefined || split.test === undefined
      ? data.test
      : rangeOf(source, split.test.range, "data split: test");
  const { validation } = split;
  if (validation === undefined) return { used, train: used, validation: undefined, test };
  if (validation === "test") {
    if (test === undefined)
      throw new InputTypeError("data split", "images to test on for validation", "none", "missing");
    return { used, train: used, validation: test, test };
  }
  const { rest, heldOut } =
    draw === "order" ? splitDataset(used, validation, "order") : splitPerClass(used, validation, split.seed);
  return { used, train: rest, validation: heldOut, test };
}

/**
 * Reads a range from untrusted JSON.
 *
 * @throws TypeError, RangeError unless it is two whole numbers, the first smaller
 */
export function readRange(who: string, json: unknown): ImageRange {
  if (!Array.isArray(json) || json.length !== 2) {
    throw new InputTypeError(who, "[begin, end]", shown(json));
  }
  const begin = checkNumber(who, "begin", json[0], { whole: true, minimum: 0 });
  return [begin, checkNumber(who, "end", json[1], { whole: true, above: begin })];
}

/** Reads a range to test on from untrusted JSON. */
export function readTestRange(who: string, json: unknown): TestRange {
  const { of, range } = readFields(who, json, ["of", "range"]);
  if (of !== "train" && of !== "test") throw new InputRangeError(who, "of to be train or test", shown(of));
  return { of, range: readRange(who, range) };
}

/** Batch size of a recipe for a number of images. */
export function batchOf(batchSize: number | "all", images: number): number {
  return batchSize === "all" ? images : Math.min(batchSize, images);
}
