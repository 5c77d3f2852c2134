import type { AnyDataset, DatasetFacts } from "../data/dataset.ts";
import { InputTypeError } from "../errors.ts";
import type { Network } from "../model/network.ts";
import { readOptions } from "../options/schema.ts";
import { checkData } from "./check-data.ts";
import { checkMetrics, type MetricName } from "./chosen-metrics.ts";
import { EVALUATE_OPTIONS, type EvaluateOptions, type Evaluation, type Evaluator } from "./evaluation.ts";
import type { PredictionSettings } from "./prediction-settings.ts";

/**
 * Loss and accuracy over a data set, in inference mode, by the weights of one moment: a run under way takes its next
 * step when it is done.
 *
 * @param evaluator the function that does the work; default: the network alone
 * @throws TypeError, RangeError if the data set does not fit the network
 */
export async function evaluate(
  network: Network,
  data: AnyDataset,
  options: EvaluateOptions = {},
  evaluator: Evaluator = evaluatorOf(network),
): Promise<Evaluation> {
  const { metrics } = readOptions("evaluate", EVALUATE_OPTIONS, options);
  checkData(network, data, "evaluate");
  checkMetrics("evaluate", network, metrics);
  return network.turns.read(() => evaluator(data, undefined, options));
}

/** The network alone. What it takes is loaded at the first evaluation. */
export function evaluatorOf(network: Network): Evaluator {
  return async (...some) => (await import("./later.ts")).evaluateImages(network, ...some);
}

/** The options of the evaluations that belong to a run, from the run's own; all of its metrics, or none. */
export function evaluateOptions(
  {
    prediction,
    signal,
  }: { readonly prediction?: PredictionSettings | undefined; readonly signal?: AbortSignal | undefined },
  metrics: readonly MetricName[] = [],
): EvaluateOptions {
  return { ...prediction, ...(signal && { signal }), ...(metrics.length > 0 && { metrics }) };
}

/** Throws unless a network can be trained on a data set and validated on another. */
export function checkRun(network: Network, data: DatasetFacts, validation: DatasetFacts | undefined): void {
  checkData(network, data, "fit");
  if (validation !== undefined) checkData(network, validation, "fit: validation");
  if (network.optimizer === undefined)
    throw new InputTypeError("fit", "a model compiled with an optimizer", "none", "wrong-time");
}
