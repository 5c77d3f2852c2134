/**
 * Parzen estimators: densities of one parameter's values in some trials, with a prior among them.
 *
 * @module
 */

import { exp, log } from "../../numeric/math.ts";
import { normalCdf } from "./normal.ts";

/** Random numbers of a draw, one after another. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** Deviations from which on a normal distribution adds nothing to a sum that has the prior in it: less than 1e-17 of it. */
const FAR = 10;

/** A density over the values of a parameter. */
export interface Density {
  /** A value drawn from it. */
  draw(random: Draws): number;
  /** Logarithm of the density at a value. */
  logAt(value: number): number;
}

/** Mean and deviation of the prior of a place from 0 to 1. */
const PRIOR = { mean: 0.5, deviation: 1 };

/** Deviations are no smaller than the prior's over this, however many trials there are. */
const FINEST = 100;

/**
 * Density over places from 0 to 1: a normal distribution around each place that was seen, and a wide one as the prior, all of one weight and cut
 * at 0 and 1. A deviation is the distance to the farther neighbour, within bounds (Bergstra et al., "Algorithms for
 * Hyper-Parameter Optimization", 2011, section 4.2; bounds and prior as in hyperopt's `adaptive_parzen_normal` without forgetting).
 *
 * @param places places that were seen, in any order
 */
export function placeDensity(places: readonly number[]): Density {
  const { means, deviations } = components(places);
  const count = means.length;
  let inside = 0;
  for (const [i, mean] of means.entries()) {
    inside += normalCdf((1 - mean) / deviations[i]) - normalCdf(-mean / deviations[i]);
  }
  return {
    draw(random) {
      for (;;) {
        const i = Math.floor(random.uniform() * count);
        const place = means[i] + deviations[i] * random.normal();
        if (place >= 0 && place < 1) return place;
      }
    },
    logAt(place) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const distance = (place - means[i]) / deviations[i];
        if (Math.abs(distance) < FAR) sum += exp(-0.5 * distance * distance) / deviations[i];
      }
      return log(sum / (inside * Math.sqrt(2 * Math.PI)));
    },
  };
}

/** Means, growing, and deviations of the normal distributions around places and of the prior. */
function components(places: readonly number[]): { means: readonly number[]; deviations: readonly number[] } {
  const sorted = [...places].sort((a, b) => a - b);
  const found = sorted.findIndex((place) => place >= PRIOR.mean);
  const prior = found < 0 ? sorted.length : found;
  const means = [...sorted.slice(0, prior), PRIOR.mean, ...sorted.slice(prior)];
  const least = PRIOR.deviation / Math.min(FINEST, 1 + means.length);
  const deviations = means.map((mean, i) => {
    if (i === prior) return PRIOR.deviation;
    // A single place has no neighbour but the prior, whose distance says little.
    if (means.length === 2) return PRIOR.deviation / 2;
    const left = i > 0 ? mean - means[i - 1] : 0;
    const right = i < means.length - 1 ? means[i + 1] - mean : 0;
    return Math.min(PRIOR.deviation, Math.max(least, left, right));
  });
  return { means, deviations };
}

/**
 * Density over choices by their numbers: in proportion to how often each was seen, plus one (Bergstra et al., 2011, section 4.2, with a uniform prior).
 *
 * @param choices number of choices
 * @param seen the choices that were seen, each from 0 to `choices` - 1
 */
export function choiceDensity(choices: number, seen: readonly number[]): Density {
  const counts = Array.from({ length: choices }, () => 1);
  for (const choice of seen) counts[choice]++;
  const total = choices + seen.length;
  return {
    draw(random) {
      let left = random.uniform() * total;
      for (const [choice, count] of counts.entries()) {
        left -= count;
        if (left < 0) return choice;
      }
      return choices - 1;
    },
    logAt: (choice) => log(counts[choice] / total),
  };
}
