import type { Callback } from "../callback.ts";
import type { RunPlan } from "../plan.ts";
import { BestWeights } from "./best-weights.ts";
import { EarlyStopping } from "./early-stopping.ts";
import { ReduceOnPlateau } from "./reduce-on-plateau.ts";

/**
 * The callbacks that a plan asks for.
 *
 * @param hasValidation whether there are validation figures to watch, or else those of the training
 */
export function planCallbacks(
  {
    earlyStopping,
    reduceOnPlateau,
    restoreBestWeights = earlyStopping !== undefined,
    monitor: wanted,
  }: Pick<RunPlan, "earlyStopping" | "reduceOnPlateau" | "restoreBestWeights" | "monitor">,
  hasValidation: boolean,
): Callback[] {
  const monitor = hasValidation ? wanted : wanted === "valLoss" ? "trainLoss" : "trainAccuracy";
  const callbacks: Callback[] = [];
  if (earlyStopping !== undefined)
    callbacks.push(new EarlyStopping({ monitor, patience: earlyStopping, restoreBestWeights }));
  else if (restoreBestWeights) callbacks.push(new BestWeights({ monitor }));
  if (reduceOnPlateau !== undefined) callbacks.push(new ReduceOnPlateau({ monitor, patience: reduceOnPlateau }));
  return callbacks;
}

/** True if one of these callbacks ends the run with the weights of its best epoch. */
export function endsWithBest(callbacks: readonly Callback[]): boolean {
  return keeperOf(callbacks) !== undefined;
}

/** The epoch, from 1, whose weights these callbacks end a run with; undefined for the last one. */
export function restoredEpoch(callbacks: readonly Callback[]): number | undefined {
  return keeperOf(callbacks)?.bestEpoch || undefined;
}

function keeperOf(callbacks: readonly Callback[]): BestWeights | undefined {
  return callbacks.find(
    (callback): callback is BestWeights => callback instanceof BestWeights && callback.keepsWeights,
  );
}
