/**
 * Arrays as images and as labels: the shapes that are understood, and their conversion.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { rowStrides } from "../../numeric/strides.ts";
import { flagAndKey } from "../../options/names.ts";
import type { ClassLabels, ImageShape } from "../pixels.ts";
import { type ArrayFile, type NumberArray, numberReader, reordered } from "./number-array.ts";
import type { ReadSettings } from "./settings.ts";

/** Highest label that fits into the labels of a data set. */
const MAX_LABEL = 0xffff;

/** More channels than this are more likely rows of pixels: then channels come first. */
const MAX_CHANNELS = 4;

/** Layout of images in an array. */
export interface ImageLayout {
  readonly shape: ImageShape;
  /** Order of the array's axes that puts channels last, where that is not its own. */
  readonly axes: readonly number[] | undefined;
}

/**
 * The layout of an array of images: `[n, values]`, `[n, h, w]`, `[n, h, w, c]`, or `[n, c, h, w]` where that is asked for.
 *
 * @throws RangeError if the shape is another, or may mean several
 */
export function imageLayout({ who, shape }: ArrayFile, settings: ReadSettings): ImageLayout {
  const shown = `[${shape.join(", ")}]`;
  const { channelsFirst } = settings;
  if (shape.includes(0)) throw new InputRangeError(who, "at least one image", `shape ${shown}`, "damaged-file");
  if (shape.length === 2) return { shape: rowShape(who, shape[1], settings), axes: undefined };
  if (shape.length === 3) return { shape: [shape[1], shape[2], 1], axes: undefined };
  if (shape.length !== 4) {
    throw new InputRangeError(who, "images [n, h, w, c], [n, h, w] or [n, h * w]", `shape ${shown}`, "damaged-file");
  }
  const [, a, b, c] = shape;
  if (channelsFirst) return { shape: [b, c, a], axes: [0, 2, 3, 1] };
  if (a === 1 && c > MAX_CHANNELS) return { shape: [b, c, 1], axes: undefined };
  if (a <= MAX_CHANNELS && c > MAX_CHANNELS) {
    throw new InputRangeError(who, "channels last", `shape ${shown}`, "damaged-file", {
      advice: `${flagAndKey("channelsFirst")} turns them`,
    });
  }
  return { shape: [a, b, c], axes: undefined };
}

/** The shape of an image stored as `values` numbers in a row: what was asked for, else a grey square. */
export function rowShape(who: string, values: number, { shape }: Pick<ReadSettings, "shape">): ImageShape {
  if (shape !== undefined) {
    if (shape[0] * shape[1] * shape[2] === values) return shape;
    throw new InputRangeError(who, `rows of ${shape.join(" x ")} values`, `${values}`, "shape-mismatch");
  }
  const side = Math.round(Math.sqrt(values));
  if (side * side === values) return [side, side, 1];
  throw new InputRangeError(who, "rows of a square number of pixels", `${values}`, "damaged-file", {
    advice: `${flagAndKey("shape")} names another`,
  });
}

/** The array with channels last. */
export function channelsLast(array: NumberArray, { axes }: ImageLayout): NumberArray {
  return axes === undefined ? array : reordered(array, axes, rowStrides(array.shape));
}

/** The number of labels that an array of this shape holds if it holds any: `[n]`, `[n, 1]` or one-hot `[n, classes]`. */
export function labelCount(shape: readonly number[]): number | undefined {
  return shape.length === 1 || shape.length === 2 ? shape[0] : undefined;
}

/**
 * Class labels of an array `[n]`, `[n, 1]`, or `[n, classes]` with a single 1 in each row.
 *
 * @throws RangeError if the shape is another, or a value is no label
 */
export function labelsOf(who: string, array: NumberArray): ClassLabels {
  const { shape } = array;
  const read = numberReader(array);
  const width = shape.slice(1).reduce((product, extent) => product * extent, 1);
  if (shape.length === 0 || shape.length > 2) {
    throw new InputRangeError(who, "labels [n], [n, 1] or [n, classes]", `shape [${shape.join(", ")}]`, "damaged-file");
  }
  const labels = new Uint16Array(shape[0]);
  for (let i = 0; i < labels.length; i++)
    labels[i] = width === 1 ? checkLabel(who, read(i), i) : hot(who, read, i, width);
  return narrowed(labels);
}

/** @throws RangeError if a value cannot be a label */
function checkLabel(who: string, value: number, index: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_LABEL) return value;
  throw new InputRangeError(
    who,
    `labels as whole numbers from 0 to ${MAX_LABEL}`,
    `${value} at index ${index}`,
    "damaged-file",
  );
}

/** The place of the 1 in row `i`. */
function hot(who: string, read: (i: number) => number, i: number, width: number): number {
  let found = -1;
  for (let k = 0; k < width; k++) {
    const value = read(i * width + k);
    if (value === 0) continue;
    if (value !== 1 || found >= 0) {
      throw new InputRangeError(
        who,
        "a single 1 and else 0 in each row of labels",
        `${value} in row ${i}`,
        "damaged-file",
      );
    }
    found = k;
  }
  if (found < 0 || found > MAX_LABEL)
    throw new InputRangeError(who, "a single 1 in each row of labels", `none in row ${i}`, "missing");
  return found;
}

/** Labels as bytes where they fit. */
export function narrowed(labels: Uint16Array): ClassLabels {
  for (let i = 0; i < labels.length; i++) if (labels[i] > 255) return labels;
  return Uint8Array.from(labels);
}
