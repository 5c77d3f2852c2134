import type { Optimizer } from "../../model/contracts.ts";
import { pow } from "../../numeric/math.ts";
import { flag } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { optimizer, POSITIVE, SHARE, sharedOptions } from "./optimizer.ts";

/** The options of Adam with a default decay. */
function schemaWith(weightDecay: number) {
  return {
    ...sharedOptions(0.001, weightDecay),
    /** Share of the first moment that stays from step to step. */
    beta1: { kind: SHARE, default: 0.9, rare: true },
    /** Share of the second moment that stays from step to step. */
    beta2: { kind: SHARE, default: 0.999, rare: true },
    /** Added to the root of the second moment, so that nothing is divided by 0. */
    epsilon: { kind: POSITIVE, default: 1e-7, rare: true },
    /** Adds epsilon under the root instead of to the root. */
    epsilonInside: { kind: flag(), default: false, rare: true },
    /** Corrects the moments of early steps, which are too small because they start at zero. */
    biasCorrection: { kind: flag(), default: true, rare: true },
  } as const satisfies OptionSchema;
}

type Schema = ReturnType<typeof schemaWith>;

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends OptionsOf<ReturnType<typeof schemaWith>> {}

/**
 * Adam (Kingma & Ba, 2015).
 *
 * `weightDecay` is decoupled, which makes it AdamW: PyTorch's Adam calls the coupled one so, which is `l2` here.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * adam({ learningRate: 0.001 });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return ADAM.read("adam", options);
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, 2019), 0.01 by default.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * adamw({ learningRate: 0.001, weightDecay: 0.05 });
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return ADAMW.read("adamw", options);
}

function read(type: "adam" | "adamw", schema: Schema, who: string, given: object): Optimizer {
  const values = readOptions(who, schema, given);
  const { beta1, beta2, epsilon, epsilonInside, biasCorrection } = values;
  return optimizer(type, given, values, {
    slots: ["first moment", "second moment"],
    emit(tape, { count, values, gradients, slots: [first, second], hyper }, l2, decay) {
      const inside = epsilonInside ? 1 : 0;
      const args = [values, gradients, first, second, hyper, beta1, beta2, epsilon, inside, l2, decay] as const;
      tape.add("adam_update", "parameter", count, ...args);
    },
    corrections: (step) => (biasCorrection ? [1 / (1 - pow(beta1, step)), 1 / (1 - pow(beta2, step))] : [1, 1]),
  });
}

const ADAM_OPTIONS = schemaWith(0);
const ADAMW_OPTIONS = schemaWith(0.01);

export const ADAM = {
  schema: ADAM_OPTIONS,
  read: (who: string, given: object) => read("adam", ADAM_OPTIONS, who, given),
};

export const ADAMW = {
  schema: ADAMW_OPTIONS,
  read: (who: string, given: object) => read("adamw", ADAMW_OPTIONS, who, given),
};
