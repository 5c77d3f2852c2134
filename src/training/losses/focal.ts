import { focalRows } from "../../engine/operands/extra/focal.ts";
import { InputRangeError } from "../../errors.ts";
import type { Loss } from "../../model/contracts.ts";
import { oneOrEach } from "../../options/compound.ts";
import { flag, number } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { classLoss, valueLoss, valuePlaces } from "./loss.ts";

const CATEGORICAL = {
  /** Factor of the whole loss, or a list of one for each class. Unlike `classWeight` of `fit` it counts in evaluation too. */
  alpha: { kind: oneOrEach({ minimum: 0, float32: true }), default: 0.25 },
  /** Power of 1 - p, by which images count less that are right already; 0 is the cross-entropy. */
  gamma: { kind: number({ minimum: 0, float32: true }), default: 2 },
  /** Share of each target spread over all classes. From Szegedy et al. (2016). */
  labelSmoothing: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
} as const satisfies OptionSchema;

/** Options of {@link categoricalFocalCrossentropy}. */
export interface CategoricalFocalCrossentropyOptions extends OptionsOf<typeof CATEGORICAL> {}

/**
 * Focal loss (Lin et al., 2017) of the softmax of the outputs with a class, alpha (1 - p)^gamma times the cross-entropy: for
 * classes of which some are rare or hard. `alpha` is a factor, or a list of one for each class. Targets are class indices. A last layer `softmax()` is folded into it.
 *
 * Name, options and defaults are Keras' (there with `from_logits`, and one-hot targets).
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * categoricalFocalCrossentropy({ gamma: 2, alpha: 0.25 });
 * categoricalFocalCrossentropy({ alpha: [0.25, 0.25, 1] });
 */
export function categoricalFocalCrossentropy(options: CategoricalFocalCrossentropyOptions = {}): Loss {
  return CATEGORICAL_FOCAL_CROSSENTROPY.read("categoricalFocalCrossentropy", options);
}

const CATEGORICAL_FOCAL_CROSSENTROPY = {
  schema: CATEGORICAL,
  read(who: string, given: object): Loss {
    const { alpha, gamma, labelSmoothing } = readOptions(who, CATEGORICAL, given);
    const isOne = typeof alpha === "number";
    const own = isOne ? {} : { numbers: alpha, expectOutputs: (classes: number) => expectEach(who, alpha, classes) };
    return classLoss(
      "categoricalFocalCrossentropy",
      given,
      { kernels: focalRows, ...own },
      (tape, n, places, classes) => {
        const { images, outputs, targets, weights, losses, correct, gradient, numbers } = places;
        const args = [outputs, targets, weights, losses, correct, gradient, classes, labelSmoothing, gamma] as const;
        const factors: readonly [number, number] = isOne ? [alpha, 0] : [0, numbers];
        tape.add("softmax_focal_cross_entropy", "sample", n, ...args, ...factors, 1 / images);
      },
    );
  },
};

/** Throws a RangeError unless there is an alpha for each class. */
function expectEach(who: string, { length }: readonly number[], classes: number): void {
  if (length === classes) return;
  throw new InputRangeError(who, `alpha to be one number, or one for each of ${classes} classes`, `${length} of them`);
}

const BINARY = {
  /** True: targets of 1 count `alpha` times, those of 0 count 1 - `alpha` times. */
  applyClassBalancing: { kind: flag(), default: false },
  /** Factor of targets of 1, with `applyClassBalancing`. */
  alpha: { kind: number({ minimum: 0, maximum: 1 }), default: 0.25 },
  /** Power of 1 - p, by which outputs count less that are right already; 0 is the cross-entropy. */
  gamma: { kind: number({ minimum: 0, float32: true }), default: 2 },
  /** Share of each target that is replaced by one half. */
  labelSmoothing: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
} as const satisfies OptionSchema;

/** Options of {@link binaryFocalCrossentropy}. */
export interface BinaryFocalCrossentropyOptions extends OptionsOf<typeof BINARY> {}

/**
 * Focal loss (Lin et al., 2017) of the sigmoid of each output with a target from 0 to 1, mean over the outputs: several labels
 * per image, most of which are 0. A last layer `sigmoid()` is folded into it.
 *
 * Name, options and defaults are Keras' (there with `from_logits`).
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * binaryFocalCrossentropy({ applyClassBalancing: true });
 */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): Loss {
  return BINARY_FOCAL_CROSSENTROPY.read("binaryFocalCrossentropy", options);
}

const BINARY_FOCAL_CROSSENTROPY = {
  schema: BINARY,
  read(who: string, given: object): Loss {
    const { applyClassBalancing, alpha, gamma, labelSmoothing } = readOptions(who, BINARY, given);
    const balance = applyClassBalancing ? ([alpha, 1 - alpha] as const) : ([1, 1] as const);
    return valueLoss(
      "binaryFocalCrossentropy",
      given,
      { activation: "sigmoid", kernels: focalRows },
      (tape, n, places, size) => {
        const args = [...valuePlaces(places, size), labelSmoothing, gamma, ...balance] as const;
        tape.add("sigmoid_focal_cross_entropy", "sample", n, ...args, 1 / places.images);
      },
    );
  },
};

/** The losses of this file by their names. */
export const FOCAL_LOSSES = {
  categoricalFocalCrossentropy: CATEGORICAL_FOCAL_CROSSENTROPY,
  binaryFocalCrossentropy: BINARY_FOCAL_CROSSENTROPY,
};
