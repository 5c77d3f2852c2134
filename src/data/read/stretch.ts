/**
 * The unit of the pixels that readers give: worked out from images to train on, or taken over from a model.
 *
 * @module
 */

import { isFloat32Array, isUint8Array } from "../../numeric/array-kinds.ts";
import type { Dataset } from "../dataset.ts";
import type { Pixels } from "../pixels.ts";
import {
  BYTES,
  brightness,
  isSameScaling,
  keepsValues,
  type PixelScaling,
  rangeWords,
  scaleBytes,
  shortNumber,
  UNIT,
} from "../scaling.ts";
import { overGround, visibleValues, WHITE, whiteOf, withKnownGround } from "./clear-parts.ts";
import type { RawPixels } from "./raw-pixels.ts";
import type { ReadSettings } from "./settings.ts";
import { decideScaling, formerScaling, rangeOf } from "./value-range.ts";

/** Parts with their pixels in one unit. */
export interface ScaledParts<P extends RawPixels> {
  readonly train: P | undefined;
  readonly test: P | undefined;
  readonly validation?: P | undefined;
  readonly scaling: PixelScaling;
  /** A sentence on what was done, for people. */
  readonly notes: readonly string[];
}

/** White of training data beyond this is that of numbers of more than 8 bits. */
const MOST_OF_BYTES = 320;

/** White of 16 bits by that of 8. */
const WORD = 257;

/**
 * Brings the pixels of a data set to the unit in which a model takes them: as `scaling` says, else as the pixels to train on
 * are (those to test on, where there are no others). Without `stretch` they stay, and the scaling notes what they are.
 *
 * @param parts their floats are overwritten
 */
export function scaleParts<P extends RawPixels>(
  parts: { readonly train: P | undefined; readonly test: P | undefined; readonly validation?: P | undefined },
  { stretch = false, scaling: given }: Pick<ReadSettings, "stretch" | "scaling">,
): ScaledParts<P> {
  const found = parts.train ?? parts.test;
  if (found === undefined) return { ...parts, scaling: BYTES, notes: [] };
  const first = given === undefined ? withKnownGround(found) : found;
  const [train, test] = found === parts.train ? [first, parts.test] : [undefined, first];
  const { scaling, note } = given === undefined ? ownScaling(train, test, first, stretch) : givenScaling(given);
  const notes = note === undefined ? [] : [note];
  const scaled = (part: P | undefined): P | undefined => {
    if (part === undefined) return undefined;
    const { images, note: more } = inModelUnit(part, scaling, given === undefined && part === first);
    if (more !== undefined && !notes.includes(more)) notes.push(more);
    return { ...part, images, clear: undefined };
  };
  const tested = scaled(test);
  // A part that is both is overwritten once.
  const validation = parts.validation === parts.test ? tested : scaled(parts.validation);
  return { train: scaled(train), test: tested, ...(parts.validation && { validation }), scaling, notes };
}

/** Data sets of IDX files in one unit, whose pixels are bytes. */
export function scaleDatasets(
  { train, test }: { readonly train: Dataset; readonly test: Dataset | undefined },
  settings: Pick<ReadSettings, "stretch" | "scaling">,
): { readonly train: Dataset; readonly test: Dataset | undefined; readonly notes: readonly string[] } {
  const raw = ({ images }: Dataset): RawPixels => ({ images, depth: 8 });
  const { scaling, notes, ...parts } = scaleParts({ train: raw(train), test: test && raw(test) }, settings);
  const made = (data: Dataset, images: Pixels = data.images): Dataset => ({ ...data, images, scaling });
  return { train: made(train, parts.train?.images), test: test && made(test, parts.test?.images), notes };
}

/** The scaling of a model's training data, with a note for people where it changes pixels. */
export function givenScaling(scaling: PixelScaling): { scaling: PixelScaling; note: string | undefined } {
  if (isSameScaling(scaling, BYTES)) return { scaling, note: undefined };
  return {
    scaling,
    note: `pixels from ${rangeWords(scaling)} ${scaling.kept ? "stay as they are" : "are stretched to 0 to 255"}, as in training`,
  };
}

/**
 * The scaling of a new training by the pixels to train on, and a note on it.
 *
 * @param sample values that outliers are told by; default: some from all over the pixels
 */
export function ownScaling(
  train: RawPixels | undefined,
  test: RawPixels | undefined,
  first: RawPixels,
  stretch: boolean | "former",
  sample?: Float32Array,
): { scaling: PixelScaling; note: string | undefined } {
  if (stretch === "former") {
    const scaling = formerScaling(rangeOf(first.images), train && test && rangeOf(test.images));
    return isSameScaling(scaling, BYTES)
      ? { scaling, note: undefined }
      : { scaling, note: `pixels from ${rangeWords(scaling)} are stretched to 0 to 255` };
  }
  const { scaling, note } = decideScaling(visibleValues(first), sample);
  if (stretch) return { scaling, note };
  return { scaling: isSameScaling(scaling, BYTES) ? BYTES : { ...scaling, kept: true }, note: undefined };
}

/** The unit of pixels: that of the training data's files, 0 to 255, 0 to 65535, or 0 to 1. */
type PixelUnit = "training" | "bytes" | "words" | "unit";

/**
 * The unit that pixels are in, for a model whose training data were scaled in a way.
 *
 * That of the training, as a rule. But pictures and IDX files, whose format says what is white, are in their own unit where
 * that cannot be the training's: bytes where the training went beyond them, or any that go beyond twice the training's
 * white. Numbers are in another one only where they are whole from 0 to 255 and go beyond twice the training's white, or all
 * from 0 to 1 where the training's were bytes.
 *
 * @param isSource whether they are the pixels that the scaling is of
 */
export function unitOf(
  { images, depth }: RawPixels,
  scaling: PixelScaling,
  isSource = false,
): { readonly unit: PixelUnit; readonly note?: string } {
  if (isSource) return { unit: "training" };
  const { base, factor } = scaling;
  const white = base + 255 / factor;
  if (depth === 8 && white > MOST_OF_BYTES) return { unit: "bytes" };
  if (depth === 16 && white > MOST_OF_BYTES) return { unit: "training" };
  const { lowest, highest } = rangeOf(images);
  const words = `pixels from ${shortNumber(lowest)} to ${shortNumber(highest)}`;
  const unlike = `the training's were from ${rangeWords(scaling)}`;
  const isBeyond = highest > base + 2 * (white - base);
  if (isBeyond && depth === 16) return { unit: "words" };
  const areBytes = isUint8Array(images) && lowest >= 0;
  if (isBeyond && areBytes && white < highest) {
    return { unit: "bytes", note: `${words} are taken for 0 to 255, though ${unlike}` };
  }
  if (depth === undefined && isSameScaling(scaling, BYTES) && lowest >= 0 && highest <= 1 && highest > 0) {
    return { unit: "unit", note: `${words} are brought to 0 to 255, as ${unlike}` };
  }
  return isBeyond && !keepsValues(scaling)
    ? { unit: "training", note: `${words} go far beyond the training's: ${unlike}` }
    : { unit: "training" };
}

/**
 * Pixels as a model takes them, over white where they are transparent. Floats are overwritten.
 *
 * @param isSource whether they are the pixels that the scaling is of
 */
export function inModelUnit(
  part: RawPixels,
  scaling: PixelScaling,
  isSource = false,
): { readonly images: Pixels; readonly note?: string | undefined } {
  const { unit, note } = unitOf({ ...part, images: visibleValues(part) }, scaling, isSource);
  const white = unit === "words" ? WHITE : whiteOf(scaling);
  return { images: inUnit(overGround(part, white), unit, scaling), note };
}

/** Pixels of a unit as a model takes them. Floats are overwritten. */
export function inUnit(images: Pixels, unit: PixelUnit, scaling: PixelScaling): Pixels {
  const target = () => (isFloat32Array(images) ? images : new Float32Array(images.length));
  switch (unit) {
    case "training":
      return keepsValues(scaling) ? images : brightness(images, scaling, target());
    case "bytes":
      return scaleBytes(images, scaling);
    case "words":
      return scaleBytes(brightness(images, { base: 0, factor: 1 / WORD }, target()), scaling);
    case "unit":
      return scaleBytes(brightness(images, UNIT, target()), scaling);
  }
}
