import type { Network } from "../model/network.ts";
import { type Stepper, stepperOf } from "./batch.ts";
import { type Evaluator, evaluateImages } from "./evaluate.ts";

/** Who makes the steps and evaluations of a run. */
export interface Crew {
  readonly step: Stepper;
  readonly evaluate: Evaluator;
}

/** A network that is alone. */
export function crewOf(network: Network): Crew {
  return {
    step: stepperOf(network),
    evaluate: (data, indices, options) => evaluateImages(network, data, indices, options),
  };
}
