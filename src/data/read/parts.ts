/**
 * The last step of every reader: images and labels, to train on and to test on, become data sets.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { AnyDataset, Dataset } from "../dataset.ts";
import type { ClassLabels, ImageShape } from "../pixels.ts";
import type { PixelScaling } from "../scaling.ts";
import { labelTargets } from "./label-sets.ts";
import type { PictureFacts } from "./picture-facts.ts";
import type { RawPixels } from "./raw-pixels.ts";

/** Images with their labels, as a reader found them. */
export interface Part extends RawPixels {
  readonly shape: ImageShape;
  /** `[n]`: the class of each, or its set of labels. */
  readonly labels: ClassLabels;
}

/** Parts that a reader found; at least one is there. */
export interface Parts {
  readonly train: Part | undefined;
  readonly test: Part | undefined;
  /** A part of its own for validation; the same as `test` where there is no other to test on. */
  readonly validation?: Part | undefined;
  readonly classNames?: readonly string[] | undefined;
  /** The classes of each set of labels, where images have several. */
  readonly labelSets?: readonly (readonly number[])[] | undefined;
}

/** Data sets read from files. */
export interface ReadData<D extends AnyDataset = Dataset> {
  /** Name of the format, such as "CSV". */
  readonly format: string;
  /** Images to train on; undefined where there are none. */
  readonly train: D | undefined;
  /** Images to test on; undefined where there are none. */
  readonly test: D | undefined;
  /** The part that is for validation, of pictures in folders that say so; the same as `test` where there is no other to test on. */
  readonly validation?: D | undefined;
  /** Sizes and kinds of the files, where they are pictures. */
  readonly pictures?: PictureFacts | undefined;
  /** True where pictures were not decoded, but taken from the cache. */
  readonly cached?: true | undefined;
  /** Notes on guesses, and on files that were left out or changed, a sentence each. */
  readonly notes: readonly string[];
}

/** More classes than this, and more than there are images, are a mistake. */
const MANY_CLASSES = 1000;

/** All facts of a data set that a reader finds, but for its pixels. */
export type FoundFacts = Pick<Dataset, "name" | "shape" | "labels" | "targets" | "classes" | "classNames" | "scaling">;

/**
 * The data sets "train" and "test" of a reader's parts. Both have the classes of the first.
 *
 * @param who stands in error messages
 * @param create makes a data set of a part
 * @throws RangeError if the parts don't fit each other, or labels are implausible
 */
export function makeDatasets<P extends Pick<Part, "shape" | "labels">, D extends AnyDataset>(
  who: string,
  parts: {
    readonly train: P | undefined;
    readonly test: P | undefined;
    readonly validation?: P | undefined;
    readonly classNames?: readonly string[] | undefined;
    readonly labelSets?: Parts["labelSets"];
    readonly scaling: PixelScaling;
  },
  create: (facts: FoundFacts, part: P) => D,
): Pick<ReadData<D>, "train" | "test" | "validation"> {
  const { train: first, test: second, validation: third, classNames, labelSets, scaling } = parts;
  const some = first ?? second;
  if (some === undefined) throw new InputRangeError(who, "images", "none", "missing");
  const classes = classNames?.length ?? plausibleClasses(who, some.labels);
  const make = (name: string, part: P) => {
    const answers =
      labelSets === undefined
        ? { labels: part.labels, targets: undefined }
        : { labels: undefined, targets: labelTargets(part.labels, labelSets, classes) };
    return create({ name, shape: part.shape, ...answers, classes, classNames, scaling }, part);
  };
  const train = first && make("train", first);
  const test = second && make("test", second);
  if (train !== undefined && test !== undefined && train.shape.join() !== test.shape.join()) {
    const expected = `images to test on of shape [${train.shape.join(", ")}] as in training`;
    throw new InputRangeError(who, expected, `[${test.shape.join(", ")}]`, "shape-mismatch");
  }
  if (third === undefined) return { train, test };
  return { train, test, validation: third === second ? test : make("validation", third) };
}

/** The note on images to train on that are all of one class; undefined where they are not. */
export function oneClassNote(train: AnyDataset | undefined): string | undefined {
  const { labels, classNames } = train ?? {};
  if (labels === undefined) return undefined;
  for (let i = 1; i < labels.length; i++) if (labels[i] !== labels[0]) return undefined;
  const name = JSON.stringify(classNames?.[labels[0]] ?? String(labels[0]));
  return `all images to train on are of one class, ${name}: there is nothing to tell apart`;
}

function plausibleClasses(who: string, labels: ClassLabels): number {
  let highest = 0;
  for (let i = 0; i < labels.length; i++) highest = Math.max(highest, labels[i]);
  if (highest >= MANY_CLASSES && highest >= labels.length) {
    throw new InputRangeError(
      who,
      "labels of classes",
      `${highest} for one of ${labels.length} images`,
      "damaged-file",
    );
  }
  return highest + 1;
}
