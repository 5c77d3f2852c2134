/**
 * The recipes of the five NumPy notebooks, at the notebooks' own batch sizes.
 *
 * @module
 */

import { NOTEBOOKS as RECIPES } from "../../../dist/recipes/index.js";
import { CLASSES, normal, uniform } from "./networks.js";

/** @import { Draw, NetworkSpec } from "./networks.js" */

/** @param {readonly number[]} shape */
const fanIn = (shape) => shape.slice(0, -1).reduce((product, side) => product * side, 1);

/** @param {string} name */
const isKernel = (name) => name.endsWith("/kernel");

/** Initial weights as each notebook draws them. @type {Record<string, (name: string, shape: readonly number[]) => Draw>} */
const INITIAL = {
  strided: (name, shape) => normal(1 / Math.sqrt(isKernel(name) ? fanIn(shape) : shape[shape.length - 1])),
  batchnorm: (name) => (isKernel(name) ? normal(0.1) : normal(0, /\/(gamma|movingVariance)$/.test(name) ? 1 : 0)),
  conv8: (name, shape) => normal(isKernel(name) ? 1 / fanIn(shape) : 0),
  conv5: (name, shape) => normal(!isKernel(name) ? 1 / Math.sqrt(CLASSES) : shape.length === 4 ? 1 / 5 : 1 / 28),
  conv10: (name, shape) => (isKernel(name) && shape.length === 2 ? uniform(2, -1) : uniform(1)),
};

/** Training images per second that were measured of the notebooks themselves, on another machine. */
export const PUBLISHED = { strided: 138, batchnorm: 184, conv8: 56, conv5: 1168, conv10: 10.3 };

/** Images of a step over the whole data set. */
const FULL_BATCH = 1000;

/** @type {readonly (NetworkSpec & { batch: number, checkSteps: number })[]} */
export const NOTEBOOKS = RECIPES.map(({ name, input, layers, optimizer, batchSize }) => ({
  name,
  batch: batchSize === "all" ? FULL_BATCH : batchSize,
  // Slow contenders make one step after the first loss.
  checkSteps: batchSize === 1 ? 4 : 2,
  shape: [28, 28, 1],
  scale: /** @type {number} */ (input.scale ?? 1),
  offset: /** @type {number} */ (input.offset ?? 0),
  layers: () => layers(CLASSES),
  optimizer: { ...optimizer.config, learningRate: optimizer.learningRate },
  initial: INITIAL[name],
}));
