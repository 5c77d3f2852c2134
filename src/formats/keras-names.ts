/**
 * Names in Keras' files.
 *
 * @module
 */

/** The key under which files of Keras and TensorFlow.js that convasm wrote have the names of classes. */
export const CLASS_NAMES = "class_names";

/** Keras' names of parameters, by ours. */
const NAMES: Readonly<Record<string, string>> = {
  movingMean: "moving_mean",
  movingVariance: "moving_variance",
  depthwiseKernel: "depthwise_kernel",
  pointwiseKernel: "pointwise_kernel",
};

/** Keras' name of a parameter of ours. */
export function kerasParameter(own: string): string {
  return NAMES[own] ?? own;
}

/** The name of a class in snake case, as groups are called: `batch_normalization` for `BatchNormalization`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
