import { pow } from "../../numeric/math.ts";
import { flag, number } from "../../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../../options/schema.ts";
import { type Described, scheduleType } from "./schedule.ts";

const schema = {
  /** Share of the learning rate that is left after one epoch. */
  decay: { kind: number({ above: 0, maximum: 1 }) },
  /** Falls only between epochs, in place of a little at every step. */
  staircase: { kind: flag(), default: false },
} as const satisfies OptionSchema;

/** Multiplies by `decay` over each epoch. */
export type ExponentialSchedule = Described<"exponential", typeof schema>;

export const EXPONENTIAL = scheduleType(
  "exponential",
  schema,
  ({ decay, staircase }) =>
    (base, { step, stepsPerEpoch }) => {
      const epochs = step / stepsPerEpoch;
      return base * pow(decay, staircase ? Math.floor(epochs) : epochs);
    },
);

/**
 * Decays by the same share in every epoch.
 *
 * @throws RangeError unless 0 < decay <= 1
 *
 * @example
 * exponential({ decay: 0.9 }); // base * 0.9^epochs
 */
export function exponential(options: OptionsOf<typeof schema>): ExponentialSchedule {
  return EXPONENTIAL.read('schedule "exponential"', options);
}
