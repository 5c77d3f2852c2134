import type { Optimizer } from "../../model/contracts.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { optimizer, POSITIVE, SHARE, sharedOptions } from "./optimizer.ts";

const schema = {
  ...sharedOptions(0.001),
  /** Share of the mean square that stays from step to step. */
  rho: { kind: SHARE, default: 0.9 },
  /** Share of the velocity that stays from step to step. */
  momentum: { kind: SHARE, default: 0, rare: true },
  /** Added to the root of the mean square, so that nothing is divided by 0. */
  epsilon: { kind: POSITIVE, default: 1e-7, rare: true },
} as const satisfies OptionSchema;

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptionsOf<typeof schema> {}

/**
 * RMSProp (Tieleman & Hinton, 2012): steps divided by the root of a running mean of squares.
 *
 * `weightDecay` is decoupled: PyTorch's RMSprop calls the coupled one so, which is `l2` here.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * rmsprop({ learningRate: 0.001 });
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  return read("rmsprop", options);
}

function read(who: string, given: object): Optimizer {
  const values = readOptions(who, schema, given);
  const { rho, momentum, epsilon } = values;
  return optimizer("rmsprop", given, values, {
    slots: ["square", "velocity"],
    emit(tape, { count, values, gradients, slots: [square, velocity], hyper }, l2, decay) {
      const args = [values, gradients, square, velocity, hyper, rho, momentum, epsilon, l2, decay] as const;
      tape.add("rmsprop_update", "parameter", count, ...args);
    },
  });
}

export const RMSPROP = { schema, read };
