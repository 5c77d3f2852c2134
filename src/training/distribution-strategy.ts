import type { Network } from "../model/network.ts";
import { type Stepper, stepperOf } from "./batch.ts";
import { evaluatorOf } from "./evaluate.ts";
import type { Evaluator } from "./evaluation.ts";

/** A way to make the steps and evaluations of a run: by one network, or by several that share the work. */
export interface DistributionStrategy {
  readonly step: Stepper;
  readonly evaluate: Evaluator;
}

/** A network that does all work alone. */
export function singleNetwork(network: Network): DistributionStrategy {
  return {
    step: stepperOf(network),
    evaluate: evaluatorOf(network),
  };
}
