import { type AnyDataset, type Dataset, sliceDataset } from "../data/dataset.ts";
import { lieTogether } from "../data/draw.ts";
import { splitDataset, splitPerClass } from "../data/split.ts";
import { InputRangeError, InputTypeError } from "../errors.ts";
import { readOptions } from "../options/schema.ts";
import { DATA_SPLIT, type DataSplit, type Draw, type ImageRange } from "./data-split.ts";

/** A data set with its images to train on and to test on. */
export interface TrainTestData<D extends AnyDataset = Dataset> {
  /** Images to train on. */
  readonly train: D;
  /** Images to test on. */
  readonly test: D | undefined;
  /** A part of its own for validation, which may be `test` itself. */
  readonly validation?: D | undefined;
}

/** A data set in its parts. */
export interface SplitData<D extends AnyDataset = Dataset> extends TrainTestData<D> {
  readonly validation: D | undefined;
  /** The images to train on before those for validation were held out. */
  readonly used: D;
}

/** The images of a range that exist. */
export function rangeOf(data: AnyDataset, [begin, end]: ImageRange, who: string): AnyDataset {
  if (begin < data.length) return sliceDataset(data, begin, Math.min(end, data.length));
  throw new InputRangeError(who, `images within the ${data.length} of ${data.name}`, `${begin} to ${end - 1}`);
}

/** At most `limit` images of a data set. */
export function limited(data: AnyDataset, limit: number | undefined, draw: Draw, seed?: number): AnyDataset {
  if (limit === undefined || limit >= data.length) return data;
  return draw === "order" ? sliceDataset(data, 0, limit) : splitPerClass(data, limit, seed).heldOut;
}

/**
 * Divides a data set. Parts are views of it, but for those that are drawn.
 *
 * @throws RangeError if a part would be empty; TypeError for a wrong option, or if it asks for images to test on where there are none
 * @example
 * const { train, test } = splitData(mnist, { train: [0, 1000], test: { of: "train", range: [1000, 2000] } });
 */
export function splitData(data: TrainTestData, options?: DataSplit): SplitData;
export function splitData(data: TrainTestData<AnyDataset>, options?: DataSplit): SplitData<AnyDataset>;
export function splitData(data: TrainTestData<AnyDataset>, options: DataSplit = {}): SplitData<AnyDataset> {
  const split = readOptions("data split", DATA_SPLIT, options);
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
  if (validation === "val") {
    if (data.validation === undefined) {
      throw new InputTypeError("data split", "a part of the data for validation", "none", "missing");
    }
    return { used, train: used, validation: data.validation, test };
  }
  const { rest, heldOut } =
    draw === "order" ? splitDataset(used, validation, "order") : splitPerClass(used, validation, split.seed);
  return { used, train: rest, validation: heldOut, test };
}

/** Batch size of a recipe for a number of images. */
export function batchOf(batchSize: number | "all", images: number): number {
  return batchSize === "all" ? images : Math.min(batchSize, images);
}
