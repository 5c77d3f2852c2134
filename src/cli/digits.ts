import { createDataset, type Dataset } from "../data/dataset.ts";
import { generateDigits } from "../data/digits/generate.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import { DIGIT_NAMES } from "../data/mnist.ts";
import { TimeSlice } from "../training/event-loop.ts";
import { barLine } from "./bar.ts";
import { count } from "./format.ts";
import type { Output } from "./output.ts";

const SIDE = 28;
const CHUNK = 100;

/** Options of {@link makeDigits}. */
export interface DigitsRequest {
  readonly part: "train" | "test";
  readonly count: number;
  readonly seed: number;
}

/** Draws digits, with a status line, and stops when asked to. */
export async function makeDigits(request: DigitsRequest, output: Output, signal: AbortSignal): Promise<Dataset> {
  const { part, count: wanted, seed } = request;
  const first = part === "train" ? 0 : STANDARD_DIGITS.testStart;
  const images = new Uint8Array(wanted * SIDE * SIDE);
  const labels = new Uint8Array(wanted);
  const slice = new TimeSlice();
  for (let begin = 0; begin < wanted; begin += CHUNK) {
    signal.throwIfAborted();
    const drawn = generateDigits({ count: Math.min(CHUNK, wanted - begin), seed, start: first + begin });
    images.set(drawn.images, begin * SIDE * SIDE);
    labels.set(drawn.labels, begin);
    const head = `drawing ${count(wanted)} digits to ${part === "train" ? "train on" : "test on"}`;
    output.status((columns) => barLine(begin / wanted, head, [], columns, output.look));
    await slice.yieldIfOver();
  }
  output.clearStatus();
  return createDataset({ name: part, shape: [SIDE, SIDE, 1], images, labels, classNames: DIGIT_NAMES });
}
