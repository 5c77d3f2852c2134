import type { SearchPlan } from "./options.ts";
import type { Space } from "./space.ts";
import { gridSize } from "./ways/grid.ts";
import { rungBudgets } from "./ways/rungs.ts";

/** Trials of a way that has no end of its own, as `createWay` has it. */
const USUAL = 32;

/** Number of trials that a search will have, as far as it is known before: those of all rungs; undefined where the clock ends it. */
export function expectedTrials(plan: SearchPlan, space: Space, epochs: number, maximize: boolean): number | undefined {
  const { way, trials, hours, eta } = plan;
  if (way === "grid") return Math.min(trials ?? Number.POSITIVE_INFINITY, gridSize(space, plan.gridPoints));
  if (way !== "halving" && way !== "asha") return trials ?? (hours === undefined ? USUAL : undefined);
  const budgets = rungBudgets({ ...plan, epochs, maximize, trials });
  let rung = trials ?? eta ** budgets.length;
  let total = 0;
  for (const _ of budgets) {
    total += rung;
    rung = Math.floor(rung / eta);
  }
  return total;
}
