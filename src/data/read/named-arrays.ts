/**
 * Choice of images and labels among the arrays of a `.npz` or HDF5 file, or of several `.npy` files.
 *
 * @module
 */

import { InputRangeError, listed } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";
import { channelsLast, imageLayout, labelCount, labelsOf } from "./array-images.ts";
import { type ArrayFile, pixelsOf, rowPixels, sizeOfShape } from "./number-array.ts";
import type { Part, Parts } from "./parts.ts";
import type { ArrayNames, ReadSettings, ReadValues } from "./settings.ts";
import {
  expectNoStreaming,
  isStreamed,
  prefetchWithin,
  type StreamedPart,
  type StreamedParts,
} from "./streamed-parts.ts";

type Role = keyof ArrayNames;

const ROLES = ["xTrain", "yTrain", "xTest", "yTest"] as const satisfies readonly Role[];

/** The names that Keras' and others' files have, for which nothing has to be said. */
const USUAL: Readonly<Record<Role, string>> = {
  xTrain: "x_train",
  yTrain: "y_train",
  xTest: "x_test",
  yTest: "y_test",
};

const IMAGE_WORDS = ["x", "image", "images", "img", "imgs", "data", "pixels", "features", "inputs", "samples"];
const LABEL_WORDS = ["y", "label", "labels", "target", "targets", "class", "digits"];
const TRAIN_WORDS = ["train", "training", "trn"];
const TEST_WORDS = ["test", "testing", "tst"];
/** Words in names of arrays for validation, which are tested on where there is no other array for that. */
const VALIDATION_WORDS = ["val", "valid", "validation", "dev"];

/** The words in a name: `trainX`, `train/x` and `X_train` have the same. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .flatMap((word) => /^([xy])(train|test|val|valid)$/.exec(word)?.slice(1) ?? [word])
    .filter((word) => word !== "");
}

type Chosen = { readonly [role in Role]?: ArrayFile };

/** Result of {@link readArrays}: parts, and notes of guesses. */
export interface ArrayParts extends Parts {
  readonly notes: readonly string[];
  /** The parts in place of the others, where they stay in their file. */
  readonly streamed?: StreamedParts;
}

/**
 * Reads images and labels from named arrays.
 *
 * @param who stands in error messages
 * @throws RangeError if the arrays cannot be told apart, or one is wrong
 */
export async function readArrays(who: string, arrays: readonly ArrayFile[], settings: ReadValues): Promise<ArrayParts> {
  const { chosen, notes } = await choose(who, arrays, settings);
  const pairs = [pairOf(who, chosen.xTrain, chosen.yTrain), pairOf(who, chosen.xTest, chosen.yTest)];
  const found = pairs.filter((pair) => pair !== undefined);
  if (found.length === 0) throw new InputRangeError(who, "images and labels", shapesOf(arrays), "damaged-file");
  const streamed = await streamedArrays(found, settings);
  if (streamed !== undefined) {
    const train = pairs[0] === undefined ? undefined : streamed[0];
    const test = pairs[1] === undefined ? undefined : streamed.at(-1);
    return { train: undefined, test: undefined, notes, streamed: { train, test } };
  }
  const read: {
    layout: ReturnType<typeof imageLayout>;
    labels: Part["labels"];
    array: ReturnType<typeof channelsLast>;
  }[] = [];
  for (const { images, labels } of found) {
    // An array without numbers throws when it is read; else labels and shapes come first, so that errors show before
    // much is read.
    if (images.type === undefined) await images.read();
    const layout = imageLayout(images, settings);
    checkCounts(images, labels);
    const classes = labelsOf(labels.who, await labels.read());
    read.push({ layout, labels: classes, array: channelsLast(await images.read(), layout) });
  }
  const pixels = pixelsOf(read.map(({ array }) => array));
  const parts = read.map(({ layout, labels }, i): Part => ({ shape: layout.shape, images: pixels[i], labels }));
  const train = pairs[0] === undefined ? undefined : parts[0];
  const test = pairs[1] === undefined ? undefined : parts.at(-1);
  return { train, test, notes };
}

/** @throws RangeError unless there is a label for each image */
function checkCounts(images: ArrayFile, labels: ArrayFile): void {
  if (labelCount(labels.shape) === images.shape[0]) return;
  const got = `shape [${labels.shape.join(", ")}]`;
  throw new InputRangeError(labels.who, `${images.shape[0]} labels, one per image`, got, "shape-mismatch");
}

/** Pairs of images and labels whose images stay in their files; undefined where they are to be read into memory. */
export async function streamedArrays(
  pairs: readonly { readonly images: ArrayFile; readonly labels: ArrayFile }[],
  settings: ReadValues,
  depth?: Part["depth"],
): Promise<StreamedPart[] | undefined> {
  const bytes = pairs.reduce(
    (sum, { images }) => sum + sizeOfShape(images.shape) * (images.type === "uint8" ? 1 : 4),
    0,
  );
  if (!isStreamed(settings, bytes)) return undefined;
  const parts: StreamedPart[] = [];
  for (const { images, labels } of pairs) {
    if (images.type === undefined) await images.read();
    const layout = imageLayout(images, settings);
    checkCounts(images, labels);
    const rows = await images.rows?.();
    if (rows === undefined) {
      expectNoStreaming(settings, images.who, "one that is packed, or in Fortran's order");
      return undefined;
    }
    parts.push({
      shape: layout.shape,
      labels: labelsOf(labels.who, await labels.read()),
      depth,
      read: async (indices) => rowPixels(channelsLast(await rows(indices), layout)),
      prefetch: prefetchWithin(settings, bytes / images.shape[0]),
    });
  }
  return parts;
}

function pairOf(who: string, images: ArrayFile | undefined, labels: ArrayFile | undefined) {
  if (images === undefined && labels === undefined) return undefined;
  if (images === undefined)
    throw new InputRangeError(who, `images for the labels ${JSON.stringify(labels?.name)}`, "none", "missing");
  if (labels === undefined)
    throw new InputRangeError(who, `labels for the images ${JSON.stringify(images.name)}`, "none", "missing");
  return { images, labels };
}

/** The arrays with their shapes, for a message. */
function shapesOf(arrays: readonly ArrayFile[]): string {
  if (arrays.length === 0) return "no arrays";
  return listed(arrays.map(({ name, shape, type }) => `${name} ${type ?? "no numbers"} [${shape.join(", ")}]`));
}

async function choose(
  who: string,
  arrays: readonly ArrayFile[],
  { names }: ReadSettings,
): Promise<{ chosen: Chosen; notes: string[] }> {
  const asked = names === undefined ? [] : ROLES.filter((role) => names[role] !== undefined);
  if (names !== undefined && asked.length > 0) {
    return {
      chosen: Object.fromEntries(asked.map((role) => [role, byName(who, arrays, names[role] ?? "")])),
      notes: [],
    };
  }
  const usual = fromRoles((role) => arrays.find(({ name }) => name === USUAL[role]));
  if (usual.xTrain !== undefined && usual.yTrain !== undefined) return { chosen: usual, notes: [] };
  const guess = guessByWords(arrays) ?? guessByShapes(arrays);
  if (guess === undefined) {
    // The one array there is may be what is wrong.
    const [first] = arrays;
    if (arrays.length === 1 && first.type === undefined) await first.read();
    const hint = `; ${flagAndKey("names")} says which are which`;
    throw new InputRangeError(who, "arrays such as x_train and y_train", `${shapesOf(arrays)}${hint}`, "damaged-file");
  }
  const told = ROLES.flatMap((role) => (guess[role] === undefined ? [] : [`${USUAL[role]} is ${guess[role].name}`]));
  return { chosen: guess, notes: [`guessed by names and shapes: ${told.join(", ")}`] };
}

function fromRoles(find: (role: Role) => ArrayFile | undefined): Chosen {
  return Object.fromEntries(
    ROLES.map((role) => [role, find(role)] as const).filter(([, found]) => found !== undefined),
  );
}

function byName(who: string, arrays: readonly ArrayFile[], name: string): ArrayFile {
  const found = arrays.find((array) => array.name === name.replace(/^\//, ""));
  if (found === undefined)
    throw new InputRangeError(who, `an array ${JSON.stringify(name)}`, shapesOf(arrays), "damaged-file");
  return found;
}

/** Each role's array by the words in its name, unless two would do. */
function guessByWords(arrays: readonly ArrayFile[]): Chosen | undefined {
  const entries = arrays
    .filter(({ shape }) => shape.length > 0)
    .map((array) => {
      const words = wordsOf(array.name);
      const has = (list: readonly string[]) => words.some((word) => list.includes(word));
      const part = has(TEST_WORDS)
        ? "test"
        : has(TRAIN_WORDS)
          ? "train"
          : has(VALIDATION_WORDS)
            ? "validation"
            : "none";
      const last = words.filter((word) => IMAGE_WORDS.includes(word) || LABEL_WORDS.includes(word)).at(-1);
      const isLabels = last === undefined ? array.shape.length === 1 : LABEL_WORDS.includes(last);
      const isKnown = last !== undefined || part !== "none";
      return { array, part, isLabels, isKnown };
    })
    .filter(({ isKnown }) => isKnown);
  const only = (parts: readonly string[], isLabels: boolean) => {
    for (const wanted of parts) {
      const found = entries.filter(({ part, isLabels: labels }) => part === wanted && labels === isLabels);
      if (found.length === 1) return found[0].array;
    }
    return undefined;
  };
  const chosen = fromRoles((role) => {
    const isLabels = role.startsWith("y");
    return role.endsWith("Train") ? only(["train", "none"], isLabels) : only(["test", "validation"], isLabels);
  });
  const isPair = (x: ArrayFile | undefined, y: ArrayFile | undefined) => (x === undefined) === (y === undefined);
  const { xTrain, yTrain, xTest, yTest } = chosen;
  const some = xTrain ?? xTest;
  return some !== undefined && isPair(xTrain, yTrain) && isPair(xTest, yTest) ? chosen : undefined;
}

/** Two arrays of one length, or two such pairs, of which the longer is to train on; the larger of each holds images. */
function guessByShapes(arrays: readonly ArrayFile[]): Chosen | undefined {
  const lengths = [...new Set(arrays.filter(({ shape }) => shape.length > 0).map(({ shape }) => shape[0]))];
  const pairs = lengths
    .map((n) => arrays.filter(({ shape }) => shape.length > 0 && shape[0] === n))
    .filter((group) => group.length === 2)
    .map(([a, b]) => (valuesPerRow(a) >= valuesPerRow(b) ? [a, b] : [b, a]))
    .filter(([x, y]) => valuesPerRow(x) > valuesPerRow(y) && labelCount(y.shape) !== undefined)
    .sort(([a], [b]) => b.shape[0] - a.shape[0]);
  if (pairs.length === 0 || pairs.length > 2) return undefined;
  const [[xTrain, yTrain], test] = pairs;
  return test === undefined ? { xTrain, yTrain } : { xTrain, yTrain, xTest: test[0], yTest: test[1] };
}

function valuesPerRow({ shape }: ArrayFile): number {
  return shape.slice(1).reduce((product, extent) => product * extent, 1);
}
