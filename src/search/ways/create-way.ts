import { InputRangeError } from "../../errors.ts";
import type { Space } from "../space.ts";
import type { Way, WayOptions } from "../way.ts";
import { AshaWay } from "./asha.ts";
import { gridSettings } from "./grid.ts";
import { HalvingWay } from "./halving.ts";
import { ListWay } from "./list.ts";
import { quasiRandomSettings } from "./quasi-random.ts";
import { randomSettings } from "./random.ts";
import { rungBudgets } from "./rungs.ts";
import { TpeWay } from "./tpe.ts";

/** Trials of a way that has no end of its own. */
export const USUAL_TRIALS = 32;

/**
 * A way to search a space.
 *
 * Without `options.trials` a grid has all of its combinations, halving and ASHA as many trials on the lowest rung that `eta` of them reach the
 * last, and the others 32. An infinite number is for searches that end by the clock.
 *
 * @param seed all numbers that a way draws follow from it
 * @throws RangeError for fewer epochs than two rungs take, halving without an end, and more parameters than a quasi-random sequence has
 *
 * @example
 * const way = createWay(readSpace({ lr: { log: [0.01, 1] } }), { way: "random", trials: 20, ... }, 1);
 * way.next(); // { index: 0, settings: { lr: 0.0583... } }
 */
export function createWay(space: Space, options: WayOptions, seed: number): Way {
  const { way, trials } = options;
  switch (way) {
    case "grid": {
      const grid = gridSettings(space, options.gridPoints);
      return new ListWay(() => grid.next().value, trials ?? Number.POSITIVE_INFINITY);
    }
    case "random": {
      const settings = randomSettings(space, seed);
      return new ListWay(() => settings.next(), trials ?? USUAL_TRIALS);
    }
    case "quasiRandom": {
      const settings = quasiRandomSettings(space, seed);
      return new ListWay(() => settings.next(), trials ?? USUAL_TRIALS);
    }
    case "halving": {
      const count = trials ?? rungTrials(options);
      if (Number.isFinite(count)) return new HalvingWay(space, options, count, seed);
      throw new InputRangeError("halving", "a number of trials, as its rungs are whole", "none", "missing");
    }
    case "asha":
      return new AshaWay(space, options, trials ?? rungTrials(options), seed);
    case "tpe":
      return new TpeWay(space, options, trials ?? USUAL_TRIALS, seed);
  }
}

/** Trials on the lowest rung of which `eta` reach the last. */
export function rungTrials(options: WayOptions): number {
  return options.eta ** rungBudgets(options).length;
}
