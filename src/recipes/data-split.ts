import { type Dataset, sliceDataset, splitDataset, splitPerClass } from "../data/dataset.ts";
import { lieTogether } from "../data/draw.ts";
import { shown } from "../errors.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";

/** Images `begin` to `end` - 1, counted from 0; what lies beyond the last image does not count. */
export type ImageRange = readonly [begin: number, end: number];

/** Which images of a data set are used, and for what. Type aliases because interfaces do not fit `Json`. */
export type DataSplit = {
  /** Of the images to train on. Default all. */
  readonly train?: ImageRange | undefined;
  /** Of these no more than so many. Default all. */
  readonly limit?: number | undefined;
  /** Which ones are taken for `limit` and held out for `validation`. Default: `order`, unless images of a class lie together. */
  readonly draw?: Draw | undefined;
  /** Seed of what is drawn. Default 0. */
  readonly seed?: number | undefined;
  /** Evaluated after each epoch: so many of the images to train on (a fraction below 1), which are then held out; or the
   * images to test on. Default none. */
  readonly validation?: number | "test" | undefined;
  /** Default all images to test on. */
  readonly test?: TestRange | undefined;
};

/** `order`: the first images are taken, the last ones held out. `classes`: each class gives its share, drawn. */
export type Draw = "order" | "classes";

/** Images to test on, which may be some of those to train on. */
export type TestRange = { readonly of: "train" | "test"; readonly range: ImageRange };

/** A data set as it is loaded. */
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

/** The images of a range, as far as there are some. */
export function rangeOf(data: Dataset, [begin, end]: ImageRange, who: string): Dataset {
  if (begin < data.length) return sliceDataset(data, begin, Math.min(end, data.length));
  throw new RangeError(`${who}: expected images within the ${data.length} of ${data.name}, got ${begin} to ${end - 1}`);
}

/** No more than so many images of a data set. */
export function limited(data: Dataset, limit: number | undefined, draw: Draw, seed?: number): Dataset {
  if (limit === undefined || limit >= data.length) return data;
  return draw === "order" ? sliceDataset(data, 0, limit) : splitPerClass(data, limit, seed).heldOut;
}

/**
 * Divides a data set up. Parts are views of it, but for those that are drawn.
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
    throw new TypeError(`data split: expected images to test on with ${data.train.name}, got none`);
  }
  const test =
    source === undefined || split.test === undefined
      ? data.test
      : rangeOf(source, split.test.range, "data split: test");
  const { validation } = split;
  if (validation === undefined) return { used, train: used, validation: undefined, test };
  if (validation === "test") {
    if (test === undefined) throw new TypeError("data split: expected images to test on for validation, got none");
    return { used, train: used, validation: test, test };
  }
  const { rest, heldOut } =
    draw === "order" ? splitDataset(used, validation, "order") : splitPerClass(used, validation, split.seed);
  return { used, train: rest, validation: heldOut, test };
}

/**
 * A range from untrusted JSON.
 *
 * @throws TypeError, RangeError unless it is two whole numbers, the first smaller
 */
export function readRange(who: string, json: unknown): ImageRange {
  if (!Array.isArray(json) || json.length !== 2) {
    throw new TypeError(`${who}: expected [begin, end], got ${shown(json)}`);
  }
  const begin = checkNumber(who, "begin", json[0], { whole: true, minimum: 0 });
  return [begin, checkNumber(who, "end", json[1], { whole: true, above: begin })];
}

/** A range to test on from untrusted JSON. */
export function readTestRange(who: string, json: unknown): TestRange {
  const { of, range } = readFields(who, json, ["of", "range"]);
  if (of !== "train" && of !== "test")
    throw new RangeError(`${who}: expected of to be train or test, got ${shown(of)}`);
  return { of, range: readRange(who, range) };
}

/** Batch size that a recipe asks for, for this many images. */
export function batchOf(batchSize: number | "all", images: number): number {
  return batchSize === "all" ? images : Math.min(batchSize, images);
}
