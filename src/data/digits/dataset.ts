import { TimeSlice } from "../../event-loop.ts";
import { createDataset, type Dataset } from "../dataset.ts";
import { DIGIT_NAMES } from "../mnist.ts";
import { BYTES } from "../scaling.ts";
import { SIDE } from "./draw.ts";
import { type Digits, type DigitsOptions, generateDigits, readDigits } from "./generate.ts";

/**
 * Generated digits as a data set of [28, 28, 1] images in ten classes: what `generateDigits` draws.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * const train = digits({ count: 10_000, seed: 1 });
 * const test = digits({ count: 1_000, seed: 1, start: 10_000 });
 */
export function digits(options: DigitsOptions = {}): Dataset {
  return datasetOf(generateDigits(options));
}

/** Number of digits that are drawn before the event loop may run. */
const PIECE = 100;

/**
 * Draws the data set of `digits` in pieces, between which the event loop runs for timers, messages and signals.
 *
 * @param onProgress told how many are drawn, before each piece
 * @throws the signal's reason if it is aborted meanwhile
 */
export async function drawDigits(
  options: DigitsOptions,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {},
): Promise<Dataset> {
  const { count, seed, start } = readDigits("digits", options);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  const slice = new TimeSlice();
  for (let begin = 0; begin < count; begin += PIECE) {
    signal?.throwIfAborted();
    onProgress?.(begin);
    const drawn = generateDigits({ count: Math.min(PIECE, count - begin), seed, start: start + begin });
    images.set(drawn.images, begin * SIDE * SIDE);
    labels.set(drawn.labels, begin);
    await slice.yieldIfOver();
  }
  return datasetOf({ images, labels });
}

function datasetOf({ images, labels }: Digits): Dataset {
  return createDataset({
    name: "digits",
    shape: [SIDE, SIDE, 1],
    images,
    labels,
    classNames: DIGIT_NAMES,
    scaling: BYTES,
  });
}
