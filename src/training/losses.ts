import type { Loss } from "../model/contracts.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";

/** A loss by name; or with options, as `softmaxCrossEntropy({ labelSmoothing: 0.1 })` makes one. */
export type LossOption = "softmaxCrossEntropy" | "sigmoidBinaryCrossEntropy" | "meanSquaredError" | Loss;

/**
 * Cross-entropy of the softmax of the outputs with a class: the loss of classifiers. Targets are class indices. A last layer
 * `softmax()` is folded into it: a model has the same losses, gradients and predictions with and without one.
 *
 * @param options.labelSmoothing share of each target spread over all classes (Szegedy et al., 2016), 0 to 1; default 0
 * @throws RangeError if it is not in [0, 1]
 * @example
 * softmaxCrossEntropy({ labelSmoothing: 0.1 });
 */
export function softmaxCrossEntropy(options: { labelSmoothing?: number } = {}): Loss {
  const type = "softmaxCrossEntropy";
  const { labelSmoothing = 0 } = options;
  checkNumber(type, "labelSmoothing", labelSmoothing, { minimum: 0, maximum: 1 });
  return {
    config: { type, ...(labelSmoothing !== 0 && { labelSmoothing }) },
    activation: "softmax",
    classes: true,
    emit(tape, n, { images, outputs, targets, losses, correct, gradient }, classes) {
      const args = [outputs, targets, losses, correct, gradient, classes, labelSmoothing, 1 / images] as const;
      tape.add("softmax_cross_entropy", "sample", n, ...args);
    },
  };
}

/**
 * Cross-entropy of the sigmoid of each output with a target from 0 to 1, mean over the outputs: several labels per image. A
 * last layer `sigmoid()` is folded into it: a model has the same losses, gradients and predictions with and without one.
 *
 * @example
 * sigmoidBinaryCrossEntropy();
 */
export function sigmoidBinaryCrossEntropy(): Loss {
  return {
    config: { type: "sigmoidBinaryCrossEntropy" },
    activation: "sigmoid",
    classes: false,
    emit(tape, n, { images, outputs, targets, losses, gradient }, size) {
      tape.add("sigmoid_binary_cross_entropy", "sample", n, outputs, targets, losses, gradient, size, 1 / images);
    },
  };
}

/**
 * Square of the difference of each output and its target, mean over the outputs: regression.
 *
 * @example
 * meanSquaredError();
 */
export function meanSquaredError(): Loss {
  return {
    config: { type: "meanSquaredError" },
    activation: undefined,
    classes: false,
    emit(tape, n, { images, outputs, targets, losses, gradient }, size) {
      tape.add("mean_squared_error", "sample", n, outputs, targets, losses, gradient, size, 1 / images);
    },
  };
}

/**
 * A loss from a name or from untrusted JSON.
 *
 * @throws TypeError, RangeError for an unknown loss or option
 * @example
 * parseLoss(JSON.parse('{ "type": "softmaxCrossEntropy", "labelSmoothing": 0.1 }'));
 */
export function parseLoss(json: unknown): Loss {
  const type = readType("loss", json, ["softmaxCrossEntropy", "sigmoidBinaryCrossEntropy", "meanSquaredError"]);
  const fields: Record<string, unknown> = typeof json === "object" && json !== null ? { ...json } : {};
  switch (type) {
    case "softmaxCrossEntropy": {
      const { labelSmoothing = 0 } = readFields(type, { type, ...fields }, ["type", "labelSmoothing"]);
      const range = { minimum: 0, maximum: 1 };
      return softmaxCrossEntropy({ labelSmoothing: checkNumber(type, "labelSmoothing", labelSmoothing, range) });
    }
    case "sigmoidBinaryCrossEntropy":
      readFields(type, { type, ...fields }, ["type"]);
      return sigmoidBinaryCrossEntropy();
    case "meanSquaredError":
      readFields(type, { type, ...fields }, ["type"]);
      return meanSquaredError();
  }
}

/** A loss from what users give for one; plain objects, which only JavaScript lets through, are read as JSON. */
export function lossOf(option: LossOption): Loss {
  return typeof option === "object" && typeof option?.emit === "function" ? option : parseLoss(option);
}
