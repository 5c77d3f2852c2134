import { number } from "../../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../../options/schema.ts";
import { annealCosine } from "./anneal.ts";
import { type Described, scheduleType } from "./schedule.ts";

const schema = {
  /** Epochs of linear rise to the base rate; fractions are rounded to whole optimizer steps. */
  warmupEpochs: { kind: number({ minimum: 0 }), default: 0 },
  /** Share of the base rate that the end approaches. */
  finalFactor: { kind: number({ minimum: 0, maximum: 1 }), default: 0 },
} as const satisfies OptionSchema;

/** Linear warm-up by equal parts to the base rate, then half a cosine down to `finalFactor` times it. */
export type CosineSchedule = Described<"cosine", typeof schema>;

export const COSINE = scheduleType(
  "cosine",
  schema,
  ({ warmupEpochs, finalFactor }) =>
    (base, { step, totalSteps, stepsPerEpoch }) => {
      const warmup = Math.min(Math.round(warmupEpochs * stepsPerEpoch), totalSteps);
      if (step < warmup) return base * ((step + 1) / warmup);
      const progress = totalSteps > warmup ? Math.min(1, (step - warmup) / (totalSteps - warmup)) : 1;
      return base * annealCosine(1, finalFactor, progress);
    },
);

/**
 * Half a cosine over the run (Loshchilov and Hutter, 2017, without restarts), after an optional warm-up.
 *
 * @throws RangeError if a value is out of its range
 *
 * @example
 * cosine({ warmupEpochs: 1, finalFactor: 0.01 });
 */
export function cosine(options: OptionsOf<typeof schema> = {}): CosineSchedule {
  return COSINE.read('schedule "cosine"', options);
}
