import { InputTypeError } from "../../errors.ts";
import { pow } from "../../numeric/math.ts";
import { growing } from "../../options/compound.ts";
import { number } from "../../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../../options/schema.ts";
import { type Described, scheduleType } from "./schedule.ts";

const MAX_MILESTONES = 1000;

const schema = {
  /** Epochs between two drops; fractions are rounded to whole optimizer steps. */
  stepEpochs: { kind: number({ above: 0 }), optional: true },
  /** Epochs done at each drop, growing, in place of `stepEpochs`; `[2, 3.5]` drops after 2 epochs and in the middle of the fourth. */
  milestones: { kind: growing(MAX_MILESTONES), optional: true },
  /** Factor of the learning rate at each drop. */
  factor: { kind: number({ above: 0, maximum: 1 }), default: 0.1 },
} as const satisfies OptionSchema;

/** Multiplies by `factor` every `stepEpochs`, or at each of `milestones`: one of the two. */
export type StepSchedule = Described<"step", typeof schema>;

export const STEP = scheduleType(
  "step",
  schema,
  ({ stepEpochs, milestones = [], factor }) =>
    (base, { step, stepsPerEpoch }) => {
      const drops =
        stepEpochs === undefined
          ? milestones.filter((epochs) => step >= Math.round(epochs * stepsPerEpoch)).length
          : Math.floor(step / Math.max(1, Math.round(stepEpochs * stepsPerEpoch)));
      return base * pow(factor, drops);
    },
  (who, { stepEpochs, milestones }) => {
    if ((stepEpochs === undefined) !== (milestones === undefined)) return;
    const got = stepEpochs === undefined ? "neither" : "both";
    throw new InputTypeError(who, "either stepEpochs or milestones", got, "contradiction");
  },
);

/**
 * Drops at regular epochs or at milestones.
 *
 * @throws TypeError unless exactly one of `stepEpochs` and `milestones` is given
 * @throws RangeError if a value is out of its range
 *
 * @example
 * step({ milestones: [30, 60], factor: 0.1 }); // base, then base / 10 after 30 epochs, base / 100 after 60
 */
export function step(options: OptionsOf<typeof schema>): StepSchedule {
  return STEP.read('schedule "step"', options);
}
