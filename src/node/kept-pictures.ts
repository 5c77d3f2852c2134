/**
 * The form in which the cache keeps pictures: a checksum, then parts, facts and notes as V8 serializes them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { DATASET } from "../data/dataset.ts";
import type { Part } from "../data/read/parts.ts";
import type { PictureReading } from "../data/read/picture-cache.ts";
import { InputRangeError } from "../errors.ts";
import { list, nested } from "../options/compound.ts";
import { extents, flag, text, whole } from "../options/kinds.ts";
import { type OptionSchema, readOptions, type ValuesOf } from "../options/schema.ts";

const DIGEST = "sha256";
const DIGEST_BYTES = 32;

const SIZE = { kind: extents(["height", "width"], 2 ** 24) };

const PART = {
  /** Shape of a picture. */
  shape: DATASET.shape,
  /** Pixels as they were decoded and stretched. */
  images: { kind: DATASET.images.kind },
  /** Class of each. */
  labels: { kind: DATASET.labels.kind },
  /** True for samples of 16 bits. */
  isDeep: { kind: flag() },
  /** Share of the ground that shows at each pixel. */
  clear: { kind: DATASET.targets.kind, optional: true },
} as const satisfies OptionSchema;

const GROUP = {
  /** Word for the kind of files that were left out, such as "empty". */
  kind: { kind: text() },
  /** Number of files of this kind. */
  count: { kind: whole(1) },
  /** Name of the first file of this kind. */
  example: { kind: text() },
  /** Reason that its reader gave. */
  reason: { kind: text(), optional: true },
} as const satisfies OptionSchema;

const FACTS = {
  /** Size of the smallest picture. */
  smallest: SIZE,
  /** Size of the picture that is in the middle by area. */
  median: SIZE,
  /** Size of the largest picture. */
  largest: SIZE,
  /** Number of sizes. */
  sizes: { kind: whole(1) },
  /** Formats and how many pictures are of each. */
  formats: { kind: list(nested({ name: { kind: text() }, count: { kind: whole(1) } })) },
  /** Size that they were brought to. */
  size: SIZE,
} as const satisfies OptionSchema;

const KEPT = {
  /** Pictures to train on. */
  train: { kind: nested(PART), optional: true },
  /** Those to test on, unless they are those for validation. */
  test: { kind: nested(PART), optional: true },
  /** Those for validation. */
  validation: { kind: nested(PART), optional: true },
  /** Names of the classes. */
  classNames: { kind: list(text()), optional: true },
  /** Classes of each set of labels. */
  labelSets: { kind: list(list(whole(0))), optional: true },
  /** Sizes and kinds. */
  pictures: { kind: nested(FACTS), optional: true },
  /** Notes of the reading. */
  notes: { kind: list(text()) },
  /** Files that could not be read. */
  broken: { kind: list(nested(GROUP)) },
  /** Files that hold no data. */
  unrelated: { kind: list(nested(GROUP)) },
} as const satisfies OptionSchema;

/** Pictures as the bytes of a file. */
export function encodeKept({ found, leftOut }: PictureReading): Uint8Array {
  const { train, test, validation, classNames, labelSets, pictures, notes } = found;
  const stored = (part: Part | undefined) => part && storedPart(part);
  const formats = Object.entries(pictures?.formats ?? {}).map(([name, count]) => ({ name, count }));
  const content = serialize({
    train: stored(train),
    test: test === validation ? undefined : stored(test),
    validation: stored(validation),
    classNames,
    labelSets,
    pictures: pictures && { ...pictures, formats },
    notes,
    ...leftOut,
  });
  return Buffer.concat([createHash(DIGEST).update(content).digest(), content]);
}

function storedPart({ shape, images, labels, depth, clear }: Part) {
  return { shape, images, labels, isDeep: depth === 16, clear };
}

/** Pictures of such a file; undefined where it is damaged or of another version of V8 or convasm. */
export function decodeKept(file: Uint8Array): PictureReading | undefined {
  const content = file.subarray(DIGEST_BYTES);
  const isWhole = createHash(DIGEST).update(content).digest().equals(file.subarray(0, DIGEST_BYTES));
  if (!isWhole) return undefined;
  try {
    const kept = readOptions("cache", KEPT, deserialize(content));
    const { train, test, validation, classNames, labelSets, pictures, notes, broken, unrelated } = kept;
    const validated = validation && readPart(validation);
    const found = {
      train: train && readPart(train),
      test: test === undefined ? validated : readPart(test),
      ...(validated && { validation: validated }),
      classNames,
      labelSets,
      pictures: pictures && {
        ...pictures,
        formats: Object.fromEntries(pictures.formats.map(({ name, count }) => [name, count])),
      },
      notes,
    };
    return { found, leftOut: { broken, unrelated } };
  } catch {
    return undefined;
  }
}

/** A part with arrays of its own: those of the file share one memory. */
function readPart({ shape, images, labels, isDeep, clear }: ValuesOf<typeof PART>): Part {
  const [height, width, channels] = shape;
  if (images.length !== labels.length * height * width * channels) {
    throw new InputRangeError("cache", "pixels for each label", `${images.length}`, "damaged-file");
  }
  return { shape, images: images.slice(), labels: labels.slice(), depth: isDeep ? 16 : 8, clear: clear?.slice() };
}
