import type { SearchPlan } from "./options.ts";
import type { Space } from "./space.ts";
import { rungTrials, USUAL_TRIALS } from "./ways/create-way.ts";
import { gridSize } from "./ways/grid.ts";
import { rungBudgets } from "./ways/rungs.ts";

/** Number of trials that a search will have, as far as it is known before: those of all rungs; undefined where the clock ends it. */
export function expectedTrials(plan: SearchPlan, space: Space, epochs: number, maximize: boolean): number | undefined {
  const { way, trials, hours, eta } = plan;
  if (way === "grid") return Math.min(trials ?? Number.POSITIVE_INFINITY, gridSize(space, plan.gridPoints));
  if (way !== "halving" && way !== "asha") return trials ?? (hours === undefined ? USUAL_TRIALS : undefined);
  const options = { ...plan, epochs, maximize, trials };
  let rung = trials ?? rungTrials(options);
  let total = 0;
  for (const _ of rungBudgets(options)) {
    total += rung;
    rung = Math.floor(rung / eta);
  }
  return total;
}
