import { choice, number } from "../../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../../options/schema.ts";
import { annealCosine, annealLinear } from "./anneal.ts";
import { type Described, scheduleType } from "./schedule.ts";

const schema = {
  /** The peak, in place of the optimizer's learning rate. */
  maxLearningRate: { kind: number({ above: 0 }), optional: true },
  /** Divisor of the peak that gives the learning rate of the first step. */
  startDivisor: { kind: number({ minimum: 1 }), default: 25 },
  /** Divisor of the first step's learning rate that gives that of the last step. */
  finalDivisor: { kind: number({ minimum: 1 }), default: 1e4 },
  /** Share of all steps that rise. A rise of one step or less is left out. */
  warmupShare: { kind: number({ above: 0, below: 1 }), default: 0.3 },
  /** Shape of rise and fall. */
  anneal: { kind: choice(["cosine", "linear"]), default: "cosine" },
} as const satisfies OptionSchema;

/** A rise to a peak and a fall to nearly nothing, over the whole run (Smith and Topin, 2018, "Super-Convergence"). */
export type OneCycleSchedule = Described<"oneCycle", typeof schema>;

export const ONE_CYCLE = scheduleType("oneCycle", schema, (options) => {
  const { maxLearningRate, startDivisor, finalDivisor, warmupShare, anneal } = options;
  const mix = anneal === "cosine" ? annealCosine : annealLinear;
  return (base, { step, totalSteps }) => {
    const peak = maxLearningRate ?? base;
    const start = peak / startDivisor;
    const end = start / finalDivisor;
    const last = totalSteps - 1;
    // The peak may lie between two steps, as in PyTorch's OneCycleLR; a run too short to rise starts at it, unlike there.
    const peakStep = Math.max(0, warmupShare * totalSteps - 1);
    if (step < peakStep) return mix(start, peak, step / peakStep);
    return mix(peak, end, last > peakStep ? Math.min(1, (step - peakStep) / (last - peakStep)) : 0);
  };
});

/**
 * A single cycle over the run.
 *
 * The peak stands at the end of the rise, which may lie between two steps, as in PyTorch's OneCycleLR. A rise of one step or less
 * (`warmupShare` times all steps is at most 1) is left out: the first step has the peak, and a run of one step has only that.
 *
 * @throws RangeError if a value is out of its range
 *
 * @example
 * oneCycle({ maxLearningRate: 0.01, warmupShare: 0.25 });
 */
export function oneCycle(options: OptionsOf<typeof schema> = {}): OneCycleSchedule {
  return ONE_CYCLE.read('schedule "oneCycle"', options);
}
