/**
 * Learning-rate schedules: plain descriptions that JSON can hold, and the one function that evaluates them.
 *
 * The descriptions are type aliases because interfaces do not fit `Json`.
 *
 * @module
 */

import { shown } from "../errors.ts";
import { cos, pow } from "../numeric/math.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";

/** The base learning rate at every step. */
export type ConstantSchedule = {
  readonly type: "constant";
};

/** Multiplies by `factor` every `stepEpochs`, or at each of `milestones`: one of the two. */
export type StepSchedule = {
  readonly type: "step";
  /** Epochs between two drops; fractions are rounded to whole optimizer steps. */
  readonly stepEpochs?: number | undefined;
  /** Epochs done at each drop, growing; `[2, 3.5]` drops after 2 epochs and in the middle of the fourth. */
  readonly milestones?: readonly number[] | undefined;
  /** Default 0.1. */
  readonly factor?: number | undefined;
};

/** Multiplies by `decay` over each epoch. */
export type ExponentialSchedule = {
  readonly type: "exponential";
  /** What is left of the learning rate after one epoch, above 0 and at most 1. */
  readonly decay: number;
  /** Falls only between epochs; default false: a little at every step. */
  readonly staircase?: boolean | undefined;
};

/** Linear warm-up by equal parts to the base rate, then half a cosine down to `finalFactor` times it. */
export type CosineSchedule = {
  readonly type: "cosine";
  /** Default 0; fractions are rounded to whole optimizer steps. */
  readonly warmupEpochs?: number | undefined;
  /** Share of the base rate that the end approaches, 0 to 1; default 0. */
  readonly finalFactor?: number | undefined;
};

/** Up to a peak and down to nearly nothing, over the whole run (Smith and Topin, 2018, "Super-Convergence"). */
export type OneCycleSchedule = {
  readonly type: "oneCycle";
  /** The peak; default: the base learning rate. */
  readonly maxLearningRate?: number | undefined;
  /** The first step has the peak divided by this; default 25. */
  readonly startDivisor?: number | undefined;
  /** The last step has the first step's rate divided by this; default 1e4. */
  readonly finalDivisor?: number | undefined;
  /** Share of all steps that rise, above 0 and below 1; default 0.3. A rise of one step or less is left out. */
  readonly warmupShare?: number | undefined;
  /** Shape of rise and fall; default `"cosine"`. */
  readonly anneal?: "cosine" | "linear" | undefined;
};

export type Schedule = ConstantSchedule | StepSchedule | ExponentialSchedule | CosineSchedule | OneCycleSchedule;

type Options<T> = Omit<T, "type">;

const TYPES = ["constant", "step", "exponential", "cosine", "oneCycle"] as const;
const STEP_FACTOR = 0.1;
const START_DIVISOR = 25;
const FINAL_DIVISOR = 1e4;
const WARMUP_SHARE = 0.3;
const MAX_MILESTONES = 1000;

/** The base learning rate throughout. */
export function constant(): ConstantSchedule {
  return { type: "constant" };
}

/**
 * Drops at regular epochs or at milestones.
 *
 * @throws TypeError unless exactly one of `stepEpochs` and `milestones` is given
 * @throws RangeError if a value is out of its range
 *
 * @example
 * step({ milestones: [30, 60], factor: 0.1 }); // base, then base / 10 after 30 epochs, base / 100 after 60
 */
export function step(options: Options<StepSchedule>): StepSchedule {
  return readStep('schedule "step"', options);
}

/**
 * Decays by the same share in every epoch.
 *
 * @throws RangeError unless 0 < decay <= 1
 *
 * @example
 * exponential({ decay: 0.9 }); // base * 0.9^epochs
 */
export function exponential(options: Options<ExponentialSchedule>): ExponentialSchedule {
  return readExponential('schedule "exponential"', options);
}

/**
 * Half a cosine over the run (Loshchilov and Hutter, 2017, without restarts), after an optional warm-up.
 *
 * @throws RangeError if a value is out of its range
 *
 * @example
 * cosine({ warmupEpochs: 1, finalFactor: 0.01 });
 */
export function cosine(options: Options<CosineSchedule> = {}): CosineSchedule {
  return readCosine('schedule "cosine"', options);
}

/**
 * One cycle over the run.
 *
 * The peak stands at the end of the rise, which may lie between two steps, as in PyTorch's OneCycleLR. A rise of one step or less
 * (`warmupShare` times all steps is at most 1) is left out: the first step has the peak, and a run of one step has only that.
 *
 * @throws RangeError if a value is out of its range
 *
 * @example
 * oneCycle({ maxLearningRate: 0.01, warmupShare: 0.25 });
 */
export function oneCycle(options: Options<OneCycleSchedule> = {}): OneCycleSchedule {
  return readOneCycle('schedule "oneCycle"', options);
}

function readMilestones(who: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new TypeError(`${who}: expected milestones to be an array, got ${shown(value)}`);
  if (value.length === 0 || value.length > MAX_MILESTONES) {
    throw new RangeError(`${who}: expected 1 to ${MAX_MILESTONES} milestones, got ${value.length}`);
  }
  let previous = 0;
  return value.map((entry: unknown, i) => {
    previous = checkNumber(who, `milestones[${i}]`, entry, { above: previous });
    return previous;
  });
}

function readStep(who: string, value: unknown): StepSchedule {
  const fields = readFields(who, value, ["type", "stepEpochs", "milestones", "factor"]);
  const { stepEpochs, milestones, factor = STEP_FACTOR } = fields;
  if ((stepEpochs === undefined) === (milestones === undefined)) {
    const got = stepEpochs === undefined ? "neither" : "both";
    throw new TypeError(`${who}: expected either stepEpochs or milestones, got ${got}`);
  }
  const drop = { factor: checkNumber(who, "factor", factor, { above: 0, maximum: 1 }) };
  return stepEpochs === undefined
    ? { type: "step", milestones: readMilestones(who, milestones), ...drop }
    : { type: "step", stepEpochs: checkNumber(who, "stepEpochs", stepEpochs, { above: 0 }), ...drop };
}

function readExponential(who: string, value: unknown): ExponentialSchedule {
  const { decay, staircase = false } = readFields(who, value, ["type", "decay", "staircase"]);
  if (typeof staircase !== "boolean") {
    throw new TypeError(`${who}: expected staircase to be true or false, got ${shown(staircase)}`);
  }
  return { type: "exponential", decay: checkNumber(who, "decay", decay, { above: 0, maximum: 1 }), staircase };
}

function readCosine(who: string, value: unknown): CosineSchedule {
  const fields = readFields(who, value, ["type", "warmupEpochs", "finalFactor"]);
  const { warmupEpochs = 0, finalFactor = 0 } = fields;
  return {
    type: "cosine",
    warmupEpochs: checkNumber(who, "warmupEpochs", warmupEpochs, { minimum: 0 }),
    finalFactor: checkNumber(who, "finalFactor", finalFactor, { minimum: 0, maximum: 1 }),
  };
}

function checkAnneal(who: string, anneal: unknown): "cosine" | "linear" {
  if (anneal === "cosine" || anneal === "linear") return anneal;
  const problem = `${who}: expected anneal to be "cosine" or "linear", got ${shown(anneal)}`;
  throw typeof anneal === "string" ? new RangeError(problem) : new TypeError(problem);
}

function readOneCycle(who: string, value: unknown): OneCycleSchedule {
  const names = ["type", "maxLearningRate", "startDivisor", "finalDivisor", "warmupShare", "anneal"] as const;
  const fields = readFields(who, value, names);
  const { maxLearningRate, startDivisor = START_DIVISOR, finalDivisor = FINAL_DIVISOR } = fields;
  const { warmupShare = WARMUP_SHARE, anneal = "cosine" } = fields;
  const checked = {
    startDivisor: checkNumber(who, "startDivisor", startDivisor, { minimum: 1 }),
    finalDivisor: checkNumber(who, "finalDivisor", finalDivisor, { minimum: 1 }),
    warmupShare: checkNumber(who, "warmupShare", warmupShare, { above: 0, below: 1 }),
    anneal: checkAnneal(who, anneal),
  };
  if (maxLearningRate === undefined) return { type: "oneCycle", ...checked };
  return {
    type: "oneCycle",
    maxLearningRate: checkNumber(who, "maxLearningRate", maxLearningRate, { above: 0 }),
    ...checked,
  };
}

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
  const type = readType(who, json, TYPES);
  const named = `${who} "${type}"`;
  const value = typeof json === "string" ? { type } : json;
  switch (type) {
    case "constant":
      readFields(named, value, ["type"]);
      return constant();
    case "step":
      return readStep(named, value);
    case "exponential":
      return readExponential(named, value);
    case "cosine":
      return readCosine(named, value);
    case "oneCycle":
      return readOneCycle(named, value);
  }
}

/** The share of the learning rate that a step schedule leaves. */
function stepFactor(schedule: StepSchedule, at: number, stepsPerEpoch: number): number {
  const { stepEpochs, milestones = [], factor = STEP_FACTOR } = schedule;
  const drops =
    stepEpochs === undefined
      ? milestones.filter((epochs) => at >= Math.round(epochs * stepsPerEpoch)).length
      : Math.floor(at / Math.max(1, Math.round(stepEpochs * stepsPerEpoch)));
  return pow(factor, drops);
}

/** From `from` at progress 0 to `to` at 1, along half a cosine. */
function annealCosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + cos(Math.PI * progress))) / 2;
}

function annealLinear(from: number, to: number, progress: number): number {
  return from + (to - from) * progress;
}

function cosineFactor(schedule: CosineSchedule, at: number, totalSteps: number, stepsPerEpoch: number): number {
  const { warmupEpochs = 0, finalFactor = 0 } = schedule;
  const warmup = Math.min(Math.round(warmupEpochs * stepsPerEpoch), totalSteps);
  if (at < warmup) return (at + 1) / warmup;
  const progress = totalSteps > warmup ? Math.min(1, (at - warmup) / (totalSteps - warmup)) : 1;
  return annealCosine(1, finalFactor, progress);
}

function oneCycleRate(schedule: OneCycleSchedule, baseLearningRate: number, at: number, totalSteps: number): number {
  const {
    maxLearningRate: peak = baseLearningRate,
    startDivisor = START_DIVISOR,
    finalDivisor = FINAL_DIVISOR,
  } = schedule;
  const { warmupShare = WARMUP_SHARE, anneal = "cosine" } = schedule;
  const mix = anneal === "cosine" ? annealCosine : annealLinear;
  const start = peak / startDivisor;
  const end = start / finalDivisor;
  const last = totalSteps - 1;
  // The peak may lie between two steps, as in PyTorch's OneCycleLR; a run too short to rise starts at it, unlike there.
  const peakStep = Math.max(0, warmupShare * totalSteps - 1);
  if (at < peakStep) return mix(start, peak, at / peakStep);
  return mix(peak, end, last > peakStep ? Math.min(1, (at - peakStep) / (last - peakStep)) : 0);
}

/**
 * The learning rate of one optimizer step: a pure function, the same bits on every engine.
 *
 * @param baseLearningRate the optimizer's learning rate, above 0
 * @param step steps done before this one, from 0; beyond the end the last rate stays
 * @param totalSteps optimizer steps of the whole run
 * @param stepsPerEpoch optimizer steps of one epoch
 * @throws RangeError if a number is out of its range
 *
 * @example
 * learningRateAt(cosine(), 0.1, 50, 100, 10); // 0.05
 */
export function learningRateAt(
  schedule: Schedule,
  baseLearningRate: number,
  step: number,
  totalSteps: number,
  stepsPerEpoch: number,
): number {
  const who = "learningRateAt";
  checkNumber(who, "baseLearningRate", baseLearningRate, { above: 0 });
  checkNumber(who, "step", step, { minimum: 0, whole: true });
  checkNumber(who, "totalSteps", totalSteps, { minimum: 1, whole: true });
  checkNumber(who, "stepsPerEpoch", stepsPerEpoch, { minimum: 1, whole: true });
  switch (schedule.type) {
    case "constant":
      return baseLearningRate;
    case "step":
      return baseLearningRate * stepFactor(schedule, step, stepsPerEpoch);
    case "exponential": {
      const epochs = step / stepsPerEpoch;
      return baseLearningRate * pow(schedule.decay, schedule.staircase ? Math.floor(epochs) : epochs);
    }
    case "cosine":
      return baseLearningRate * cosineFactor(schedule, step, totalSteps, stepsPerEpoch);
    case "oneCycle":
      return oneCycleRate(schedule, baseLearningRate, step, totalSteps);
  }
}
