import { isRecord } from "../json.ts";
import type { Loss } from "../model/contracts.ts";
import { readVariant } from "../options/variants.ts";
import { SIGMOID_BINARY_CROSS_ENTROPY, SOFTMAX_CROSS_ENTROPY } from "./losses/cross-entropy.ts";
import { FURTHER_LOSSES } from "./losses/further.ts";
import { MEAN_SQUARED_ERROR } from "./losses/squared-error.ts";

export {
  type SoftmaxCrossEntropyOptions,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from "./losses/cross-entropy.ts";
export { meanSquaredError } from "./losses/squared-error.ts";

/** All losses by their names, as files and the command line have them. */
export const LOSSES = {
  softmaxCrossEntropy: SOFTMAX_CROSS_ENTROPY,
  sigmoidBinaryCrossEntropy: SIGMOID_BINARY_CROSS_ENTROPY,
  meanSquaredError: MEAN_SQUARED_ERROR,
  ...FURTHER_LOSSES,
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
