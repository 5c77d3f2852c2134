import type { DigitsRange } from "../data/digits/generate.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import type { ImageRange } from "../recipes/data-split.ts";
import type { DataSettings } from "../recipes/run-settings.ts";

/** Origin of a data set's images, by which the command line finds them again. */
export interface Origin {
  /** Group of data sets that were loaded together: parts of one source are of one group. */
  readonly group: {
    readonly source: "digits" | "folder";
    readonly reader?: ReadSettings;
    readonly images: Readonly<Record<"train" | "test", number>>;
  };
  /** `val` is a part of its own for validation. */
  readonly part: "train" | "test" | "val";
  readonly range: ImageRange;
  /** The draws per class of images of the range, if there were any, in their order. */
  readonly draws?: readonly DrawStep[];
}

/** A draw of images, or of the images that it left. */
interface DrawStep {
  /** The number of images that were drawn, or their fraction. */
  readonly part: number;
  readonly isDrawn: boolean;
}

const DIGITS: Origin["group"] = { source: "digits", images: STANDARD_DIGITS };

/** Origin of drawn digits, if they are among those of the command line; other digits count as a page's own images. */
export function digitsOrigin({ count, seed, start }: DigitsRange): Origin {
  if (seed === STANDARD_DIGITS.seed) {
    if (start + count <= STANDARD_DIGITS.train) return { group: DIGITS, part: "train", range: [start, start + count] };
    const begin = start - STANDARD_DIGITS.testStart;
    if (begin >= 0 && begin + count <= STANDARD_DIGITS.test) {
      return { group: DIGITS, part: "test", range: [begin, begin + count] };
    }
  }
  return ownOrigin(count);
}

/** Origin of images that a page has itself: the command line's user has to name their source. */
export function ownOrigin(images: number): Origin {
  return { group: { source: "folder", images: { train: images, test: 0 } }, part: "train", range: [0, images] };
}

/** Origin of a part of the images. */
export function sliceOrigin({ range: [first], ...rest }: Origin, begin: number, end: number): Origin {
  if (rest.draws !== undefined) return ownOrigin(end - begin);
  return { ...rest, range: [first + begin, first + end] };
}

/** Origin of images that were drawn per class, or of those that were left. */
export function drawnOrigin(origin: Origin, part: number, isDrawn: boolean): Origin {
  return { ...origin, draws: [...(origin.draws ?? []), { part, isDrawn }] };
}

/** The settings by which the command line finds the images of a run again. */
export function dataSettings(train: Origin, validation: Origin | undefined): Omit<DataSettings, "sha256"> {
  // The command line trains on no other images than those to train on, unless they are shown to it as others.
  if (train.part !== "train") return dataSettings(ownOrigin(train.range[1] - train.range[0]), validation);
  if (train.draws !== undefined || validation?.draws !== undefined) return drawnSettings(train, validation);
  const { source, reader, images } = train.group;
  const [begin, end] = train.range;
  const isRest = validation?.group === train.group && validation.part === "train" && validation.range[0] === end;
  const isOwnPart = validation?.group === train.group && validation.part === "val";
  const last = isRest ? validation.range[1] : end;
  return {
    source,
    folder: null,
    ...(reader !== undefined && { reader }),
    limit: null,
    trainRange: begin === 0 && last === images.train ? null : [begin, last],
    testRange: validation === undefined || isRest ? null : testRange(train, validation),
    validation: validation === undefined ? null : isRest ? last - end : isOwnPart ? "val" : "test",
  };
}

/** The settings of images that were drawn: first a part of all for the limit, then one for validation. */
function drawnSettings(train: Origin, validation: Origin | undefined): Omit<DataSettings, "sha256"> {
  const { draws = [], ...plain } = train;
  const [first, ...more] = draws;
  const limit = first?.isDrawn ? first.part : null;
  const [last, ...further] = limit === null ? draws : more;
  const others = validation?.draws ?? [];
  const isSame = validation?.group === train.group && validation.range.join() === train.range.join();
  const isRest = isSame && others.length === draws.length && others.at(-1)?.isDrawn === true;
  const known = last === undefined ? others.length === 0 : !last.isDrawn && further.length === 0 && isRest;
  if (!known) return dataSettings(ownOrigin(train.range[1] - train.range[0]), undefined);
  const settings = dataSettings(plain, last === undefined ? validation : undefined);
  return { ...settings, limit, ...(last !== undefined && { validation: last.part }), draw: "classes" };
}

/** The images of the validation; null for all images to test on, which also stands for images of another source. */
function testRange({ group }: Origin, { group: other, part, range }: Origin): DataSettings["testRange"] {
  if (other !== group || part === "val") return null;
  const isAll = part === "test" && range[0] === 0 && range[1] === group.images.test;
  return isAll ? null : { of: part, range };
}
