/**
 * The networks that are compared, from convasm's own table, with the optimizers of the comparison: plain SGD, Adam for conv10.
 *
 * @module
 */

import { efficientnetLite0 } from "../../../dist/recipes/efficientnet-lite.js";
import { mobilenetV2 } from "../../../dist/recipes/mobilenet-v2.js";
import { PLAIN_NETWORKS } from "../../../dist/recipes/networks.js";
import { resnet18 } from "../../../dist/recipes/resnet18.js";

/**
 * @typedef {object} NetworkSpec
 * @property {string} name
 * @property {readonly [number, number, number]} shape
 * @property {number} scale
 * @property {number} offset
 * @property {() => readonly any[]} layers convasm's
 * @property {any} optimizer as JSON
 * @property {(name: string, shape: readonly number[]) => Draw} initial
 * @property {number} [distinct] most images of the check that differ
 * @property {number} [checkSteps] training steps of the check
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

/** The small networks, which are compared unless others are asked for. @type {readonly NetworkSpec[]} */
export const COMPARED = PLAIN_NETWORKS.map((recipe) => ({
  name: recipe.name,
  shape: recipe.shape ?? [28, 28, 1],
  scale: 1 / 255,
  offset: 0,
  layers: () => recipe.layers(CLASSES),
  optimizer: recipe.name === "conv10" ? { type: "adam", learningRate: 0.005 } : { type: "sgd", learningRate: 0.01 },
  initial,
}));

/** @param {any} recipe @param {string} name @param {number} side of the images @returns {NetworkSpec} */
function large(recipe, name, side) {
  /** @type {readonly [number, number, number]} */
  const shape = [side, side, 3];
  return {
    name,
    shape,
    scale: 1 / 255,
    offset: 0,
    layers: () => recipe.layers(CLASSES, { shape, variables: recipe.variables }),
    optimizer: { type: "sgd", learningRate: 0.01 },
    initial,
    // Plain JavaScript in float64 takes seconds for each image, and after a step on two images of noise, whose channels hardly vary in
    // deep layers, rounding errors show in the loss.
    distinct: 2,
    checkSteps: 1,
  };
}

/** Networks that people bring. @type {readonly NetworkSpec[]} */
export const LARGE = [
  large(mobilenetV2, "mobilenetV2-96", 96),
  large(mobilenetV2, "mobilenetV2", 224),
  large(efficientnetLite0, "efficientnetLite0", 224),
  large(resnet18, "resnet18", 32),
];

/** The rows of `--key`, which tell most in a quarter of an hour. @type {readonly (readonly [net: string, batch: number, mode: "train" | "infer"])[]} */
export const KEY_ROWS = [
  ["mobilenetV2-96", 32, "train"],
  ["mobilenetV2-96", 2, "train"],
  ["mobilenetV2", 1, "infer"],
  ["mobilenetV2", 8, "infer"],
  ["efficientnetLite0", 1, "infer"],
  ["resnet18", 32, "train"],
  ["resnet18", 32, "infer"],
  ["resnet8", 128, "train"],
  ["strided", 128, "train"],
];
