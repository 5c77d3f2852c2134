import type { Loss } from "../../model/contracts.ts";
import { number, whole } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { classLoss, valueLoss, valuePlaces } from "./loss.ts";

/** A label is at most this, as data sets hold them in 16 bits. */
const MAX_LABEL = 2 ** 16 - 1;

const SOFTMAX = {
  /** Share of each target spread over all classes. From Szegedy et al. (2016). */
  labelSmoothing: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
  /**
   * Label of images that count neither in the loss and its mean nor in the accuracy, as in PyTorch. It may be a label that the
   * network has no output for, such as 255.
   */
  ignoreIndex: { kind: whole(0, MAX_LABEL), optional: true, rare: true },
} as const satisfies OptionSchema;

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends OptionsOf<typeof SOFTMAX> {}

/**
 * Cross-entropy of the softmax of the outputs with a class: the loss of classifiers. Targets are class indices, or, as
 * `targets` of a data set, a share of each class that add up to 1. A last layer `softmax()` is folded into it: a model has the
 * same losses, gradients and predictions with and without one.
 *
 * Class weights of `fit` count as those of PyTorch's `cross_entropy`, with label smoothing, too: the term of each class is
 * multiplied by its weight.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * softmaxCrossEntropy({ labelSmoothing: 0.1 });
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  return SOFTMAX_CROSS_ENTROPY.read("softmaxCrossEntropy", options);
}

export const SOFTMAX_CROSS_ENTROPY = {
  schema: SOFTMAX,
  read(who: string, given: object): Loss {
    const { labelSmoothing, ignoreIndex } = readOptions(who, SOFTMAX, given);
    const own = { ignoreIndex, softSmoothing: labelSmoothing };
    return classLoss("softmaxCrossEntropy", given, own, (tape, n, places, classes) => {
      const { images, outputs, targets, softTargets, weights, losses, correct, gradient } = places;
      const results = [weights, losses, correct, gradient, classes] as const;
      if (softTargets === 0) {
        tape.add("softmax_cross_entropy", "sample", n, outputs, targets, ...results, labelSmoothing, 1 / images);
      } else {
        tape.add("softmax_cross_entropy_soft", "sample", n, outputs, targets, softTargets, ...results, 1 / images);
      }
    });
  },
};

/**
 * Cross-entropy of the sigmoid of each output with a target from 0 to 1, mean over the outputs: several labels per image. A
 * last layer `sigmoid()` is folded into it: a model has the same losses, gradients and predictions with and without one.
 *
 * @example
 * sigmoidBinaryCrossEntropy();
 */
export function sigmoidBinaryCrossEntropy(): Loss {
  return SIGMOID_BINARY_CROSS_ENTROPY.read("sigmoidBinaryCrossEntropy", {});
}

export const SIGMOID_BINARY_CROSS_ENTROPY = {
  schema: {},
  read(who: string, given: object): Loss {
    readOptions(who, {}, given);
    return valueLoss("sigmoidBinaryCrossEntropy", given, { activation: "sigmoid" }, (tape, n, places, size) => {
      tape.add("sigmoid_binary_cross_entropy", "sample", n, ...valuePlaces(places, size), 1 / places.images);
    });
  },
};
