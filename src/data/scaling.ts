/**
 * The unit of pixels: how the numbers in files belong to those that a model is given.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { flag, number, type OptionKind } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { FIT } from "./picture-fit.ts";
import type { Pixels } from "./pixels.ts";

/** The scaling that made pixels of the numbers in files. */
export const SCALING = {
  /** The value in the files that is black. */
  base: { kind: number() },
  /** 255 by the difference of white and black in the files. */
  factor: { kind: number({ above: 0 }) },
  /** True: the values stayed as they are, and base and factor only say what is black and white among them. */
  kept: { kind: flag(), default: false },
  ...FIT,
} as const satisfies OptionSchema;

/**
 * The scaling that made the pixels of a data set of those in files: `(value - base) * factor`, which is 0 for black and 255 for white. A type
 * alias because interfaces do not fit `Json`.
 */
export type PixelScaling = { readonly [K in keyof OptionsOf<typeof SCALING>]: OptionsOf<typeof SCALING>[K] };

/** Pixels that are 0 to 255 in the files already. */
export const BYTES: PixelScaling = { base: 0, factor: 1 };

/** Pixels that are 0 to 1 in the files. */
export const UNIT: PixelScaling = { base: 0, factor: 255 };

/** Stretched values end here: outliers are cut at a whole range below black, and above white. */
const LOWEST = -255;
const HIGHEST = 510;

/** True if pixels of files and of the data set are the same numbers. */
export function keepsValues({ base, factor, kept }: PixelScaling): boolean {
  return kept === true || (base === 0 && factor === 1);
}

/** True if two scalings are the same; for bytes, kept or not makes no difference. */
export function isSameScaling(a: PixelScaling, b: PixelScaling): boolean {
  const isKept = keepsValues(a) === keepsValues(b);
  return a.base === b.base && a.factor === b.factor && isKept;
}

/**
 * Checks a scaling, from plain JavaScript or from a file.
 *
 * @param who stands in error messages
 * @throws TypeError, RangeError if it is none
 */
function readScaling(who: string, json: unknown): PixelScaling {
  const { kept, ...rest } = readOptions(who, SCALING, json);
  return kept ? { ...rest, kept } : rest;
}

/** The scaling of a model's pixels. */
export const PIXEL_SCALING: OptionKind<PixelScaling, PixelScaling> = {
  field: "value",
  wanted: "a scaling",
  read: (who, key, value) => readScaling(`${who}: ${key}`, value),
};

/**
 * Pixels for a model from numbers as its training data's files have them. Stretched ones are cut at a whole range below black
 * and above white, -255 and 510, so that outliers do no harm.
 *
 * @param values not changed
 * @param scaling the model's; undefined stands for none
 * @returns `values` themselves where they stay as they are
 *
 * @example
 * const pixels = scalePixels(Float32Array.of(0, 7.5, 15), { base: 0, factor: 17 }); // 0, 127.5, 255
 */
export function scalePixels(values: Pixels, scaling: PixelScaling | undefined): Pixels {
  if (scaling === undefined || keepsValues(scaling)) return values;
  return brightness(values, scaling, new Float32Array(values.length));
}

/**
 * Pixels for a model from bytes, 0 black to 255 white, as pictures and drawings have them: `resizeImage`, `prepareDigit`.
 *
 * @param bytes not changed; floats from 0 to 255 do as well
 * @param scaling the model's; undefined stands for none
 * @returns `bytes` themselves, unless the model was trained on values that were kept as they are
 *
 * @example
 * const pixels = scaleBytes(Uint8Array.of(0, 255), { base: -1, factor: 127.5, kept: true }); // -1, 1
 */
export function scaleBytes(bytes: Pixels, scaling: PixelScaling | undefined): Pixels {
  if (scaling?.kept !== true) return bytes;
  const { base, factor } = scaling;
  return Float32Array.from(bytes, (value) => value / factor + base);
}

/**
 * Pixels of a model as people see them, 0 black to 255 white: the other way round of {@link scaleBytes}.
 *
 * @returns `pixels` themselves where they are that already
 */
export function shownPixels(pixels: Pixels, scaling: PixelScaling | undefined): Pixels {
  return scaling?.kept === true ? brightness(pixels, scaling, new Float32Array(pixels.length)) : pixels;
}

/** Numbers of files in the unit 0 to 255, written to `target`, which may be the same array. */
export function brightness(values: Pixels, { base, factor }: PixelScaling, target: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) {
    target[i] = Math.min(HIGHEST, Math.max(LOWEST, (values[i] - base) * factor));
  }
  return target;
}

/** The parts of a data set that tell how its pixels were scaled. */
interface ScaledData {
  readonly name: string;
  readonly scaling?: PixelScaling | undefined;
}

/**
 * Throws unless a data set's pixels are in a model's unit: where both know their scaling, the files were scaled alike, or both
 * to 0 to 255 from bytes or from 0 to 1.
 *
 * @param who stands in error messages
 * @throws RangeError if they were not
 */
export function checkScaling(who: string, data: ScaledData, model: PixelScaling | undefined): void {
  const own = data?.scaling;
  if (model === undefined || own === undefined || isSameScaling(own, model)) return;
  const isStretched = model.kept !== true || keepsValues({ ...model, kept: false });
  const isByFormat = isSameScaling(own, BYTES) || (isSameScaling(own, UNIT) && isSameScaling(model, BYTES));
  if (isStretched && isByFormat) return;
  const words = (scaling: PixelScaling) => `from ${rangeWords(scaling)}${keepsValues(scaling) ? "" : " to 0 to 255"}`;
  const advice = "the scaling option of readData takes the model's over";
  throw new InputRangeError(
    who,
    `pixels scaled as the training's, ${words(model)}`,
    `${words(own)} in ${data.name}`,
    "out-of-range",
    { advice: advice },
  );
}

/** Black and white in the files, such as "0 to 15". */
export function rangeWords({ base, factor }: PixelScaling): string {
  return `${shortNumber(base)} to ${shortNumber(base + 255 / factor)}`;
}

/** A number in four digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
