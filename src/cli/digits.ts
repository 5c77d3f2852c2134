import type { Dataset } from "../data/dataset.ts";
import { drawDigits } from "../data/digits/dataset.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import { barLine } from "./bar.ts";
import { count } from "./format.ts";
import type { Output } from "./output.ts";

/** Options of {@link makeDigits}. */
export interface DigitsRequest {
  readonly part: "train" | "test";
  readonly count: number;
  readonly seed: number;
}

/** Draws digits, with a status line, and stops when asked to. */
export async function makeDigits(request: DigitsRequest, output: Output, signal: AbortSignal): Promise<Dataset> {
  const { part, count: wanted, seed } = request;
  const start = part === "train" ? 0 : STANDARD_DIGITS.testStart;
  const head = `drawing ${count(wanted)} digits to ${part === "train" ? "train on" : "test on"}`;
  const onProgress = (done: number) =>
    output.status((columns) => barLine(done / wanted, head, [], columns, output.look));
  const drawn = await drawDigits({ count: wanted, seed, start }, { signal, onProgress });
  output.clearStatus();
  // Runs on digits have never noted a scaling: files of models and checkpoints stay as they are.
  return { ...drawn, name: part, scaling: undefined };
}
