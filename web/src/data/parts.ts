import type { DataSplit } from "convasm";

/** Images that can be divided up: data sets in the worker. */
interface Divisible<Data> {
  readonly length: number;
  slice(begin: number, end: number): Promise<Data>;
  split(part: number, draw?: DataSplit["draw"]): Promise<{ readonly rest: Data; readonly heldOut: Data }>;
}

/** Images to train on, to test on and for validation, as files have them. */
interface Whole<Data> {
  readonly train: Data;
  readonly test: Data;
  readonly validation?: Data | undefined;
  readonly draw: "classes" | undefined;
}

/** A run's images, in their parts. */
export interface Parts<Data> {
  readonly train: Data;
  readonly validation: Data | undefined;
}

/** A division of images, whose validation may be `usual`: the part that the data have for it, else the images to test on. */
export type Division = Omit<DataSplit, "validation"> & { readonly validation?: DataSplit["validation"] | "usual" };

/**
 * Divides images up as a recipe or a checkpoint says.
 *
 * @throws RangeError if there are not as many images as that takes
 */
export async function divide<Data extends Divisible<Data>>(
  { train, test, validation: own, draw: usual }: Whole<Data>,
  split: Division,
): Promise<Parts<Data>> {
  const { draw = usual, limit = Number.POSITIVE_INFINITY } = split;
  const all = split.train === undefined ? train : await slice(train, split.train);
  // The first images of a limit are a range already.
  const used = limit < all.length ? (await all.split(limit, draw)).heldOut : all;
  const validation = split.validation === "usual" ? (own === undefined ? "test" : "val") : split.validation;
  if (validation === undefined) return { train: used, validation: undefined };
  if (validation === "test") {
    const { test: range } = split;
    return {
      train: used,
      validation: range === undefined ? test : await slice(range.of === "test" ? test : train, range.range),
    };
  }
  if (validation === "val") {
    if (own === undefined)
      throw new RangeError(
        "Expected a part for validation in the images, such as a folder val beside train, got none.",
      );
    return { train: used, validation: own };
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

function slice<Data extends Divisible<Data>>(data: Data, [begin, end]: readonly [number, number]): Promise<Data> {
  return data.slice(begin, Math.min(end, data.length));
}
