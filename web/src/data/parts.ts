import type { DataSplit, RemoteDataset } from "convasm";
import type { LoadedImages } from "./images.ts";

/** A run's images, in their parts. */
export interface Parts {
  readonly train: RemoteDataset;
  readonly validation: RemoteDataset | undefined;
}

/**
 * Divides images up as a recipe or a checkpoint says.
 *
 * @throws RangeError if there are not as many images as that takes
 */
export async function divide(
  { train, test, draw: usual }: Pick<LoadedImages, "train" | "test" | "draw">,
  split: DataSplit,
): Promise<Parts> {
  const { draw = usual, limit = Number.POSITIVE_INFINITY } = split;
  const all = split.train === undefined ? train : await slice(train, split.train);
  // The first images of a limit are a range already.
  const used = limit < all.length ? (await all.split(limit, draw)).heldOut : all;
  const { validation } = split;
  if (validation === undefined) return { train: used, validation: undefined };
  if (validation === "test") {
    const { test: range } = split;
    return {
      train: used,
      validation: range === undefined ? test : await slice(range.of === "test" ? test : train, range.range),
    };
  }
  if (validation === "val") {
    throw new RangeError(
      "Expected validation images of those to train or to test on, got a part of their own, which pages do not read.",
    );
  }
  const count = validation < 1 ? Math.max(1, Math.round(validation * used.length)) : validation;
  if (count >= used.length) {
    throw new RangeError(
      `Expected more than ${count} images to train on, as so many are held out, got ${used.length}.`,
    );
  }
  const { rest, heldOut } = await used.split(count, draw);
  return { train: rest, validation: heldOut };
}

function slice(data: RemoteDataset, [begin, end]: readonly [number, number]): Promise<RemoteDataset> {
  return data.slice(begin, Math.min(end, data.length));
}
