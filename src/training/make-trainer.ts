import { matchClasses } from "../data/classes.ts";
import type { AnyDataset } from "../data/dataset.ts";
import { checkScaling, type PixelScaling } from "../data/scaling.ts";
import { InputRangeError } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import { frozenWeights } from "../model/freezing.ts";
import type { Network } from "../model/network.ts";
import type { FitOptions } from "./fit-options.ts";
import { Trainer } from "./trainer.ts";

/** The parts of a model that a run needs, and those that it takes over from the data. */
interface TrainedModel {
  readonly network: Network;
  readonly architecture: Architecture;
  readonly seed: number;
  classNames: readonly string[] | undefined;
  scaling: PixelScaling | undefined;
}

/**
 * A training run for a model, which takes over the data's class names, where it has none, and scaling.
 *
 * @throws TypeError, RangeError if the data does not fit the model, or for a wrong option
 */
export function makeTrainer(model: TrainedModel, data: AnyDataset, options: FitOptions): Trainer {
  const { network, architecture, seed } = model;
  if (frozenWeights(architecture).join() !== frozenWeights(network.architecture).join()) {
    const expected = "compile() after freeze() or unfreeze(), which count from then on";
    throw new InputRangeError("fit", expected, "none", "wrong-time");
  }
  const names = model.classNames ?? data?.classNames;
  const validation = options?.validation && matchClasses(options.validation, names, "fit: validation");
  const matched = validation === undefined ? options : { ...options, validation };
  const trainer = new Trainer(network, matchClasses(data, names, "fit"), seed, matched);
  if (options.validation !== undefined) checkScaling("fit: validation", options.validation, data.scaling);
  model.classNames = names;
  model.scaling = data.scaling ?? model.scaling;
  return trainer;
}
