import { isRecord } from "../json.ts";
import type { Loss } from "../model/contracts.ts";
import { number } from "../options/kinds.ts";
import { configOf, type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { readVariant } from "../options/variants.ts";

const SMOOTHING = {
  /** Share of each target spread over all classes. From Szegedy et al. (2016). */
  labelSmoothing: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
} as const satisfies OptionSchema;

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions extends OptionsOf<typeof SMOOTHING> {}

/**
 * Cross-entropy of the softmax of the outputs with a class: the loss of classifiers. Targets are class indices. A last layer
 * `softmax()` is folded into it: a model has the same losses, gradients and predictions with and without one.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * softmaxCrossEntropy({ labelSmoothing: 0.1 });
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  return LOSSES.softmaxCrossEntropy.read("softmaxCrossEntropy", options);
}

/**
 * Cross-entropy of the sigmoid of each output with a target from 0 to 1, mean over the outputs: several labels per image. A
 * last layer `sigmoid()` is folded into it: a model has the same losses, gradients and predictions with and without one.
 *
 * @example
 * sigmoidBinaryCrossEntropy();
 */
export function sigmoidBinaryCrossEntropy(): Loss {
  return LOSSES.sigmoidBinaryCrossEntropy.read("sigmoidBinaryCrossEntropy", {});
}

/**
 * Square of the difference of each output and its target, mean over the outputs: regression.
 *
 * @example
 * meanSquaredError();
 */
export function meanSquaredError(): Loss {
  return LOSSES.meanSquaredError.read("meanSquaredError", {});
}

/** All losses by their names, as files and the command line have them. */
export const LOSSES = {
  softmaxCrossEntropy: {
    schema: SMOOTHING,
    read(who: string, given: object): Loss {
      const { labelSmoothing } = readOptions(who, SMOOTHING, given);
      return {
        config: configOf("softmaxCrossEntropy", given),
        activation: "softmax",
        classes: true,
        emit(tape, n, { images, outputs, targets, losses, correct, gradient }, classes) {
          const args = [outputs, targets, losses, correct, gradient, classes, labelSmoothing, 1 / images] as const;
          tape.add("softmax_cross_entropy", "sample", n, ...args);
        },
      };
    },
  },
  sigmoidBinaryCrossEntropy: {
    schema: {},
    read(who: string, given: object): Loss {
      readOptions(who, {}, given);
      return {
        config: configOf("sigmoidBinaryCrossEntropy", given),
        activation: "sigmoid",
        classes: false,
        emit(tape, n, { images, outputs, targets, losses, gradient }, size) {
          tape.add("sigmoid_binary_cross_entropy", "sample", n, outputs, targets, losses, gradient, size, 1 / images);
        },
      };
    },
  },
  meanSquaredError: {
    schema: {},
    read(who: string, given: object): Loss {
      readOptions(who, {}, given);
      return {
        config: configOf("meanSquaredError", given),
        activation: undefined,
        classes: false,
        emit(tape, n, { images, outputs, targets, losses, gradient }, size) {
          tape.add("mean_squared_error", "sample", n, outputs, targets, losses, gradient, size, 1 / images);
        },
      };
    },
  },
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
