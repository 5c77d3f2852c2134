/**
 * The networks that are compared, from convasm's own table, with the optimizers of the comparison: plain SGD, Adam for conv10.
 *
 * @module
 */

import { PLAIN_NETWORKS } from "../../../dist/recipes/networks.js";

/**
 * @typedef {object} NetworkSpec
 * @property {string} name
 * @property {readonly [number, number, number]} shape
 * @property {number} scale
 * @property {number} offset
 * @property {() => readonly any[]} layers convasm's
 * @property {any} optimizer as JSON
 * @property {(name: string, shape: readonly number[]) => Draw} initial
 */

/** @typedef {{ kind: "normal" | "uniform", scale: number, shift: number }} Draw shift + scale times a random number */

export const CLASSES = 10;

/** @type {(scale: number, shift?: number) => Draw} */
export const normal = (scale, shift = 0) => ({ kind: "normal", scale, shift });

/** @type {(scale: number, shift?: number) => Draw} */
export const uniform = (scale, shift = 0) => ({ kind: "uniform", scale, shift });

/**
 * He et al.'s for the weights; all others near their usual start but different, so that the check notices when two are
 * mixed up.
 *
 * @param {string} name @param {readonly number[]} shape
 */
function initial(name, shape) {
  const role = name.slice(name.lastIndexOf("/") + 1);
  if (role === "kernel") return normal(Math.sqrt(2 / shape.slice(0, -1).reduce((product, side) => product * side, 1)));
  if (role === "gamma") return normal(0.1, 1);
  return role === "movingVariance" ? uniform(0.5, 0.75) : normal(0.1);
}

/** @type {readonly NetworkSpec[]} */
export const COMPARED = PLAIN_NETWORKS.map((recipe) => ({
  name: recipe.name,
  shape: recipe.shape ?? [28, 28, 1],
  scale: 1 / 255,
  offset: 0,
  layers: () => recipe.layers(CLASSES),
  optimizer: recipe.name === "conv10" ? { type: "adam", learningRate: 0.005 } : { type: "sgd", learningRate: 0.01 },
  initial,
}));
