/**
 * The reference of all contenders' results: the plain-JavaScript engine of convasm in float64.
 *
 * @module
 */

import * as convasm from "../../../dist/node/convasm.js";
import { createModel } from "../peers/convasm.js";
import { LoadedSubject } from "../peers/subject.js";

/** Largest error of a loss before any step, as a share of 1 + itself. */
const FIRST_BOUND = 1e-4;

/** Largest error of a loss after steps of the optimizer, through which rounding errors grow. */
const LATER_BOUND = 5e-4;

/** Largest error of a probability. */
const PROBABILITY_BOUND = 1e-4;

/** @type {Map<string, Promise<number[]>>} */
const known = new Map();

/** @param {string} path of the subject @param {"train" | "infer"} mode */
async function compute(path, mode) {
  const loaded = new LoadedSubject(path);
  const { subject } = loaded;
  // The mean over repeated images is that over the images themselves, and so are a batch's statistics.
  const { bytes, labels } = loaded.checkedBatch();
  const n = subject.distinct;
  const images = bytes.subarray(0, (bytes.length / subject.batch) * n);
  const alone = Object.assign(Object.create(LoadedSubject.prototype), loaded, { subject: { ...subject, batch: n } });
  const engine = { engine: "js", precision: "float64" };
  const model = await createModel(alone, { mode, dropout: false, engine });
  if (mode === "infer") {
    const values = await model.predict(images);
    return Array.from({ length: subject.batch * subject.classes }, (_, i) => values[i % values.length]);
  }
  const { net: name, shape, classes } = subject;
  const data = convasm.createDataset({ name, shape, classes, images, labels: labels.subarray(0, n) });
  const losses = [];
  const { checkSteps } = subject;
  for await (const event of model.fitEvents(data, { epochs: checkSteps, shuffle: false })) {
    if (event.event === "step") losses.push(event.loss);
  }
  return losses;
}

/**
 * Compares a contender's results with the reference.
 *
 * @param {string} path of the subject
 * @param {"train" | "infer"} mode
 * @param {number[]} result losses of the first steps, or probabilities
 * @returns {Promise<number>} the largest error
 * @throws Error if it is too large
 */
export async function compare(path, mode, result) {
  const key = `${path} ${mode}`;
  if (!known.has(key)) known.set(key, compute(path, mode));
  const wanted = await /** @type {Promise<number[]>} */ (known.get(key));
  if (result.length !== wanted.length) throw new Error(`computes ${result.length} numbers instead of ${wanted.length}`);
  let largest = 0;
  for (const [i, value] of wanted.entries()) {
    const scale = mode === "infer" ? 1 : 1 + Math.abs(value);
    const bound = mode === "infer" ? PROBABILITY_BOUND : i === 0 ? FIRST_BOUND : LATER_BOUND;
    const error = Math.abs(result[i] - value) / scale;
    // Written so that NaN fails too.
    if (!(error <= bound)) {
      const what = mode === "infer" ? "a probability" : `the loss after ${i} steps`;
      throw new Error(`computes another network: ${what} is ${result[i]} instead of ${value}`);
    }
    largest = Math.max(largest, error);
  }
  return largest;
}
