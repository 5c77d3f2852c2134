import type { Callback } from "../callback.ts";
import type { RunPlan } from "../plan.ts";
import { EarlyStopping } from "./early-stopping.ts";
import { ReduceOnPlateau } from "./reduce-on-plateau.ts";

/**
 * The callbacks that a plan asks for.
 *
 * @param hasValidation whether there is a validation loss to watch, or else the training loss
 */
export function planCallbacks(
  { earlyStopping, reduceOnPlateau }: Pick<RunPlan, "earlyStopping" | "reduceOnPlateau">,
  hasValidation: boolean,
): Callback[] {
  const monitor = hasValidation ? "valLoss" : "trainLoss";
  return [
    ...(earlyStopping === undefined ? [] : [new EarlyStopping({ monitor, patience: earlyStopping })]),
    ...(reduceOnPlateau === undefined ? [] : [new ReduceOnPlateau({ monitor, patience: reduceOnPlateau })]),
  ];
}
