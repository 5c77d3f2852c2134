import { createDataset, type Dataset } from "../dataset.ts";
import { DIGIT_NAMES } from "../mnist.ts";
import { BYTES } from "../scaling.ts";
import { SIDE } from "./draw.ts";
import { type DigitsOptions, generateDigits } from "./generate.ts";

/**
 * Generated digits as a data set of [28, 28, 1] images in ten classes: what `generateDigits` draws.
 *
 * @throws TypeError, RangeError if an option is not a whole number in its range
 * @example
 * const train = digits({ count: 10_000, seed: 1 });
 * const test = digits({ count: 1_000, seed: 1, start: 10_000 });
 */
export function digits(options: DigitsOptions): Dataset {
  const { images, labels } = generateDigits(options);
  return createDataset({
    name: "digits",
    shape: [SIDE, SIDE, 1],
    images,
    labels,
    classNames: DIGIT_NAMES,
    scaling: BYTES,
  });
}
