import { flagOr, number, whole } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";

/** Changes that move, turn, crop or blank images. */
const MOVES = {
  /** Moves by up to this many pixels each way. */
  shift: { kind: number({ minimum: 0, maximum: 1000 }), default: 0 },
  /** Turns by up to this many degrees each way. */
  rotate: { kind: number({ minimum: 0, maximum: 180 }), default: 0 },
  /** Enlarges or shrinks by up to this share, as 0.1 for 0.9 to 1.1 times. */
  scale: { kind: number({ minimum: 0, maximum: 0.9 }), default: 0 },
  /** Slants by up to this many degrees each way. */
  shear: { kind: number({ minimum: 0, maximum: 80 }), default: 0 },
  /**
   * Mirrors each image with a chance of one half. `"alternating"`: every image in every other epoch, half of them in
   * the first (Jordan, 2024, "94% on CIFAR-10 in 3.29 Seconds").
   */
  horizontalFlip: { kind: flagOr("alternating"), default: false },
  /** Pads by this many pixels and cuts out a random part of the old size: whole-pixel moves. */
  randomCrop: { kind: whole(0, 1000), default: 0 },
  /**
   * Cuts out a random part of at least this share of the area and stretches it to the whole image, as 0.3; 0 is none. Its sides
   * are stretched by up to 4/3 against each other. As Inception's training does (Szegedy et al., 2015).
   */
  randomResizedCrop: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
  /** Blanks a square of this many pixels at a random place. As Cutout does (DeVries & Taylor, 2017). */
  cutout: { kind: whole(0, 1000), default: 0 },
} as const satisfies OptionSchema;

/** Changes of the pixels themselves. */
const PIXELS = {
  /**
   * Changes the brightness by a factor from 1 - x to 1 + x, as 0.2; 0 is none. Brightness, contrast, saturation and hue change in a random order, as
   * torchvision's `ColorJitter` has them, for pixels in the unit of bytes; what leaves 0 to 255 is cut off.
   */
  brightness: { kind: number({ minimum: 0, maximum: 10 }), default: 0 },
  /** Changes the contrast by a factor from 1 - x to 1 + x: blends the image with the mean of its grey. */
  contrast: { kind: number({ minimum: 0, maximum: 10 }), default: 0 },
  /** Changes the saturation by a factor from 1 - x to 1 + x: blends each pixel with its grey, which leaves grey images as they are. */
  saturation: { kind: number({ minimum: 0, maximum: 10 }), default: 0 },
  /**
   * Turns the hues by up to this share of the circle of colours, as 0.1; 0 is none, 0.5 all. By way of hue, saturation and value (HSV), as
   * torchvision's `ColorJitter`; grey images stay as they are.
   */
  hue: { kind: number({ minimum: 0, maximum: 0.5 }), default: 0 },
  /**
   * Fills a box at a random place with random pixels, in this share of the images, as 0.25; 0 is none. It has 2 to 33 % of the area, and a height
   * of 0.3 to 3.3 times its width. As Random Erasing does (Zhong et al., 2017); before images are moved.
   */
  randomErasing: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
  /**
   * Makes two changes of each image by this strength, as 9; 0 is none, 30 the most. They are drawn from fourteen: colours, contrast, sharpness, fewer
   * levels, shears, moves, turns and none. As RandAugment does (Cubuk et al., 2019), with torchvision's amounts; before all other changes but mixing.
   */
  randAugment: { kind: number({ minimum: 0, maximum: 30 }), default: 0 },
} as const satisfies OptionSchema;

/** Changes that mix images with one another. */
const MIXES = {
  /**
   * Blends each image and its target with another one of its batch, by a share from the beta distribution of (mixup, mixup), as 0.2; 0 is
   * none. As mixup does (Zhang et al., 2018). Needs a loss of values, or one that takes a share of each class, such as
   * `softmaxCrossEntropy`. Images are mixed as they are, and other changes are made to the mixed one.
   */
  mixup: { kind: number({ minimum: 0, maximum: 1000 }), default: 0 },
  /**
   * Pastes a box of another image of the batch into each, and mixes their targets by the area, from the beta distribution of (cutmix,
   * cutmix), as 1; 0 is none. As CutMix does (Yun et al., 2019). With `mixup`, one or the other for a whole batch.
   */
  cutmix: { kind: number({ minimum: 0, maximum: 1000 }), default: 0 },
} as const satisfies OptionSchema;

/** Random changes to training images. */
export const AUGMENT = { ...MOVES, ...PIXELS, ...MIXES };

/** Random changes to training images; each is drawn afresh for every image and step. */
export interface AugmentOptions extends OptionsOf<typeof AUGMENT> {}

/** Augmentation, checked and complete. */
export type Augment = ValuesOf<typeof AUGMENT>;

/**
 * Checks augmentation options, from TypeScript or from a file.
 *
 * @param json options as `fit` takes them; those that are missing have their defaults, which change nothing
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * const augment = readAugment({ shift: 2, rotate: 10 });
 */
export function readAugment(json: unknown): Augment {
  return readOptions("augment", AUGMENT, json);
}

/** True if one of some options is in use. */
function hasSome(augment: Augment, options: object): boolean {
  return Object.entries(augment).some(([key, value]) => key in options && value !== 0 && value !== false);
}

/** True if images are mixed with one another. */
export function isMixing(augment: Augment): boolean {
  return hasSome(augment, MIXES);
}

/** True if colours are changed, boxes erased, or changes drawn. */
export function changesPixels(augment: Augment): boolean {
  return hasSome(augment, PIXELS);
}

/** True if images are moved, turned, cropped or blanked; also if the augmentation changes nothing at all. */
export function isMoving(augment: Augment): boolean {
  return hasSome(augment, MOVES) || !(isMixing(augment) || changesPixels(augment));
}
