import { isRecord } from "../json.ts";
import type { Loss } from "../model/contracts.ts";
import { readVariant } from "../options/variants.ts";
import { SIGMOID_BINARY_CROSS_ENTROPY, SOFTMAX_CROSS_ENTROPY } from "./losses/cross-entropy.ts";
import { BINARY_FOCAL_CROSSENTROPY, CATEGORICAL_FOCAL_CROSSENTROPY } from "./losses/focal.ts";
import { HUBER, MEAN_ABSOLUTE_ERROR, MEAN_SQUARED_ERROR } from "./losses/values.ts";

export {
  type SoftmaxCrossEntropyOptions,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from "./losses/cross-entropy.ts";
export {
  type BinaryFocalCrossentropyOptions,
  binaryFocalCrossentropy,
  type CategoricalFocalCrossentropyOptions,
  categoricalFocalCrossentropy,
} from "./losses/focal.ts";
export { type HuberOptions, huber, meanAbsoluteError, meanSquaredError } from "./losses/values.ts";

/** All losses by their names, as files and the command line have them. */
export const LOSSES = {
  softmaxCrossEntropy: SOFTMAX_CROSS_ENTROPY,
  categoricalFocalCrossentropy: CATEGORICAL_FOCAL_CROSSENTROPY,
  sigmoidBinaryCrossEntropy: SIGMOID_BINARY_CROSS_ENTROPY,
  binaryFocalCrossentropy: BINARY_FOCAL_CROSSENTROPY,
  meanSquaredError: MEAN_SQUARED_ERROR,
  meanAbsoluteError: MEAN_ABSOLUTE_ERROR,
  huber: HUBER,
};

/** A loss by name; or with options, as `softmaxCrossEntropy({ labelSmoothing: 0.1 })` makes one. */
export type LossOption = keyof typeof LOSSES | Loss;

/**
 * A loss from a name or from untrusted JSON.
 *
 * @throws TypeError, RangeError for an unknown loss or option
 * @example
 * parseLoss(JSON.parse('{ "type": "softmaxCrossEntropy", "labelSmoothing": 0.1 }'));
 */
export function parseLoss(json: unknown): Loss {
  return readVariant("loss", LOSSES, json);
}

/** A loss from a user's option; plain objects, which only JavaScript lets through, are read as JSON. */
export function lossOf(option: unknown): Loss {
  return isLoss(option) ? option : parseLoss(option);
}

function isLoss(option: unknown): option is Loss {
  return isRecord(option) && typeof option.emit === "function";
}
