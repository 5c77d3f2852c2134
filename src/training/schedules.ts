/**
 * Learning-rate schedules: plain descriptions that JSON can hold, and their evaluation.
 *
 * @module
 */

import { checkNumber } from "../options/numbers.ts";
import { readVariant } from "../options/variants.ts";
import { CONSTANT, type ConstantSchedule } from "./schedules/constant.ts";
import { COSINE, type CosineSchedule } from "./schedules/cosine.ts";
import { EXPONENTIAL, type ExponentialSchedule } from "./schedules/exponential.ts";
import { ONE_CYCLE, type OneCycleSchedule } from "./schedules/one-cycle.ts";
import { STEP, type StepSchedule } from "./schedules/step.ts";

export { constant } from "./schedules/constant.ts";
export { cosine } from "./schedules/cosine.ts";
export { exponential } from "./schedules/exponential.ts";
export { oneCycle } from "./schedules/one-cycle.ts";
export { step } from "./schedules/step.ts";

/** All schedules by their names, as files and the command line have them. */
export const SCHEDULES = {
  constant: CONSTANT,
  step: STEP,
  exponential: EXPONENTIAL,
  cosine: COSINE,
  oneCycle: ONE_CYCLE,
};

/** Learning rate over time, as plain data. */
export type Schedule = ConstantSchedule | StepSchedule | ExponentialSchedule | CosineSchedule | OneCycleSchedule;

/**
 * Checks a schedule from untrusted JSON and fills in the defaults.
 *
 * A bare string is short for an object with just that type: `"cosine"` is `{ "type": "cosine" }`.
 *
 * @param who stands in error messages
 * @throws TypeError for a value of the wrong kind, an unknown key or a missing field
 * @throws RangeError for an unknown type or a number out of its range
 *
 * @example
 * parseSchedule(JSON.parse('{ "type": "cosine", "warmupEpochs": 1 }'));
 */
export function parseSchedule(json: unknown, who = "schedule"): Schedule {
  return readVariant<Schedule>(who, SCHEDULES, json, (type) => `${who} "${type}"`);
}

/**
 * The learning rates of a run, as a pure function of the step: the same bits on every engine.
 *
 * @param totalSteps optimizer steps of the whole run
 * @param stepsPerEpoch optimizer steps of one epoch
 * @returns the rate by the optimizer's own, above 0, and the steps done before, from 0; beyond the end the last rate stays
 * @throws TypeError, RangeError if the schedule or a number is wrong
 *
 * @example
 * learningRates(cosine(), 100, 10)(0.1, 50); // 0.05
 */
export function learningRates(
  schedule: Schedule,
  totalSteps: number,
  stepsPerEpoch: number,
): (baseLearningRate: number, step: number) => number {
  const who = "learningRates";
  checkNumber(who, "totalSteps", totalSteps, { minimum: 1, whole: true });
  checkNumber(who, "stepsPerEpoch", stepsPerEpoch, { minimum: 1, whole: true });
  const rate = SCHEDULES[schedule.type].rate(schedule);
  return (baseLearningRate, step) => {
    checkNumber(who, "baseLearningRate", baseLearningRate, { above: 0 });
    checkNumber(who, "step", step, { minimum: 0, whole: true });
    return rate(baseLearningRate, { step, totalSteps, stepsPerEpoch });
  };
}
