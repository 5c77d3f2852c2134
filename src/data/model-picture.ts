/**
 * Pictures of any size as the pixels that a model takes.
 *
 * @module
 */

import { InputRangeError, isInputError, retold } from "../errors.ts";
import { prepareDigit } from "./digit-image.ts";
import type { RasterImage } from "./image.ts";
import { DIGIT_NAMES } from "./mnist.ts";
import type { ImageShape, Pixels } from "./pixels.ts";
import { picturePixels, seenImage } from "./read/picture.ts";
import { type PixelScaling, scaleBytes } from "./scaling.ts";

/** The ways to bring a picture to a model's shape. */
export const PREPARATIONS = ["auto", "resize", "digit"] as const;

/** One of these ways. */
export type Preparation = (typeof PREPARATIONS)[number];

/** Facts of a model that its pictures have to fit. */
export interface PictureModel {
  /** Shape of its images. */
  readonly shape: ImageShape;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
}

/**
 * A picture in the shape and the unit of a model.
 *
 * @param who stands in messages
 * @param how `resize` stretches it to the model's size; `digit` prepares it as MNIST was made: light on dark, at most 20 pixels high and
 *   wide, centred by mass; `auto` does that for models of 28 x 28 grey pixels with the classes 0 to 9, and resizes for others
 * @throws RangeError if the model does not take pictures, or nothing stands out in one of a digit
 */
export function modelPicture(
  who: string,
  image: RasterImage,
  { shape, classNames, scaling }: PictureModel,
  how: Preparation = "auto",
): Pixels {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new InputRangeError(who, "a model of 1 or 3 channels to give pictures to", `one of ${channels}`);
  }
  const isDigitShape = height === 28 && width === 28 && channels === 1;
  if (how === "digit" && !isDigitShape) {
    const expected = "a model of 28 x 28 x 1 pixels to give digits to";
    throw new InputRangeError(who, expected, shape.join(" x "), "shape-mismatch");
  }
  const isDigitModel = isDigitShape && classNames?.join() === DIGIT_NAMES.join();
  try {
    return how === "digit" || (how === "auto" && isDigitModel)
      ? scaleBytes(prepareDigit(seenImage(image, scaling)), scaling)
      : picturePixels(image, shape, scaling);
  } catch (error) {
    throw isInputError(error) ? retold(error, { who }) : error;
  }
}
