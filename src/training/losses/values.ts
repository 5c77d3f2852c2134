import { valueLossRows } from "../../engine/operands/extra/value-losses.ts";
import type { Loss } from "../../model/contracts.ts";
import { number } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { valueLoss, valuePlaces } from "./loss.ts";

/** The properties that all losses of this file share. */
const EXTRA = { activation: undefined, kernels: valueLossRows };

/**
 * Distance of each output and its target, mean over the outputs: regression that a few targets far off do not dominate.
 * Where an output is just its target the gradient is 0.
 *
 * @example
 * meanAbsoluteError();
 */
export function meanAbsoluteError(): Loss {
  return MEAN_ABSOLUTE_ERROR.read("meanAbsoluteError", {});
}

const MEAN_ABSOLUTE_ERROR = {
  schema: {},
  read(who: string, given: object): Loss {
    readOptions(who, {}, given);
    return valueLoss("meanAbsoluteError", given, EXTRA, (tape, n, places, size) => {
      tape.add("mean_absolute_error", "sample", n, ...valuePlaces(places, size), 1 / places.images);
    });
  },
};

const HUBER_OPTIONS = {
  /** Distance up to which the loss is half the square, and beyond which it grows like a line. */
  delta: { kind: number({ above: 0, float32: true }), default: 1 },
} as const satisfies OptionSchema;

/** Options of {@link huber}. */
export interface HuberOptions extends OptionsOf<typeof HUBER_OPTIONS> {}

/**
 * Huber's loss (1964), mean over the outputs: half the square of a difference d up to `delta`, and delta (|d| - delta / 2) beyond.
 * It is Keras' and PyTorch's, smooth as the squared error near the target and as mild as the absolute one far off.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * huber({ delta: 0.5 });
 */
export function huber(options: HuberOptions = {}): Loss {
  return HUBER.read("huber", options);
}

const HUBER = {
  schema: HUBER_OPTIONS,
  read(who: string, given: object): Loss {
    const { delta } = readOptions(who, HUBER_OPTIONS, given);
    return valueLoss("huber", given, EXTRA, (tape, n, places, size) => {
      tape.add("huber", "sample", n, ...valuePlaces(places, size), delta, 1 / places.images);
    });
  },
};

/** The losses of this file by their names. */
export const VALUE_LOSSES = { meanAbsoluteError: MEAN_ABSOLUTE_ERROR, huber: HUBER };
