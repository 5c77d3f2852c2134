import { createDataset, type Dataset } from "../data/dataset.ts";
import { generateDigits } from "../data/digits/generate.ts";
import { DIGIT_NAMES } from "../data/mnist.ts";
import { Breather } from "../training/pause.ts";
import { barLine } from "./bar.ts";
import { count } from "./format.ts";
import type { Output } from "./output.ts";

/** Sizes of the built-in data set: those of MNIST. */
export const DIGITS_TRAIN = 60_000;
export const DIGITS_TEST = 10_000;

/** The built-in data set is always the same one, whatever the seed of the training. */
export const DIGITS_SEED = 0;

/** Digits for testing come from so much further along the same endless sequence that training never sees them. */
const TEST_START = 100_000_000;

const SIDE = 28;
const CHUNK = 100;

/** What {@link makeDigits} makes. */
export interface DigitsRequest {
  readonly part: "train" | "test";
  readonly count: number;
  readonly seed: number;
}

/** Draws digits, with a status line, and stops when asked to. */
export async function makeDigits(request: DigitsRequest, output: Output, signal: AbortSignal): Promise<Dataset> {
  const { part, count: wanted, seed } = request;
  const first = part === "train" ? 0 : TEST_START;
  const images = new Uint8Array(wanted * SIDE * SIDE);
  const labels = new Uint8Array(wanted);
  const breather = new Breather();
  for (let begin = 0; begin < wanted; begin += CHUNK) {
    signal.throwIfAborted();
    const drawn = generateDigits({ count: Math.min(CHUNK, wanted - begin), seed, start: first + begin });
    images.set(drawn.images, begin * SIDE * SIDE);
    labels.set(drawn.labels, begin);
    const head = `drawing ${count(wanted)} digits to ${part === "train" ? "train on" : "test on"}`;
    output.status((columns) => barLine(begin / wanted, head, [], columns, output.look));
    await breather.pause();
  }
  output.clearStatus();
  return createDataset({ name: part, shape: [SIDE, SIDE, 1], images, labels, classNames: DIGIT_NAMES });
}
