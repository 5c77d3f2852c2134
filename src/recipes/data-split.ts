import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { choice, countOrShare, type OptionKind, whole } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";

/** Images `begin` to `end` - 1, counted from 0; a range may go beyond the last image. */
export type ImageRange = readonly [begin: number, end: number];

/** Images to test on: a range of those for testing or training. */
export type TestRange = {
  /** The images that it is a range of. */
  readonly of: "train" | "test";
  /** First image, and the one after the last. */
  readonly range: ImageRange;
};

/** A range of images. */
const RANGE: OptionKind<ImageRange, ImageRange> = {
  field: "range",
  wanted: "the first image and the one after the last, such as 0:1000",
  read: (who, key, value) => readRange(`${who}: ${key}`, value),
};

/** A range of images, and what they are of. */
const TEST_RANGE: OptionKind<TestRange, TestRange> = {
  field: "range",
  names: ["test", "train"],
  wanted: RANGE.wanted,
  read: (who, key, value) => readTestRange(`${who}: ${key}`, value),
};

/** Division of a data set into images to train on, to validate with and to test on. */
export const DATA_SPLIT = {
  /**
   * Images held out for validation, drawn per class (of IDX files the last ones): a number, a fraction, val (the data's own) or
   * test (those to test on). They are evaluated after each epoch. Default none.
   */
  validation: { kind: countOrShare("val", "test"), optional: true },
  /** Largest number of images to train on, drawn per class (of IDX files the first ones). Default all. */
  limit: { kind: whole(1), optional: true },
  /** Range of the images to train on, such as 0:1000 for 0 to 999. Default all. */
  train: { kind: RANGE, optional: true, flag: "trainRange", rare: true },
  /** Range of the images to test on, such as 0:1000, or train:1000:2000 for some of those to train on. Default all. */
  test: { kind: TEST_RANGE, optional: true, flag: "testRange", rare: true },
  /**
   * Rule by which `limit` and `validation` take images. `order`: the first ones are taken, the last ones held out. `classes`: each
   * class gives its share, drawn. Default: `order`, unless images of a class lie together.
   */
  draw: { kind: choice(["order", "classes"]), optional: true, rare: true },
  /** Seed of the draws. */
  seed: { kind: whole(0), default: 0, rare: true },
} as const satisfies OptionSchema;

/**
 * Division of a data set into images to train on, to validate with and to test on. Type aliases because interfaces do
 * not fit `Json`.
 */
export type DataSplit = { readonly [K in keyof OptionsOf<typeof DATA_SPLIT>]: OptionsOf<typeof DATA_SPLIT>[K] };

/** `order`: the first images are taken, the last ones held out. `classes`: each class gives its share, drawn. */
export type Draw = NonNullable<DataSplit["draw"]>;

/** Images for validation: held out of those to train on, those to test on, or a part of their own. */
export type ValidationImages = NonNullable<DataSplit["validation"]>;

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
