import type { Dataset } from "../../data/dataset.ts";
import { tunedLayers } from "../../model/blocks.ts";
import { whole } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, pickOptions, readOptions } from "../../options/schema.ts";
import { BestWeights } from "../callbacks/best-weights.ts";
import { COMPILE_OPTIONS } from "../compile-options.ts";
import { FIT_OPTIONS, withoutShuffle } from "../fit-options.ts";
import type { History } from "../history.ts";
import type { Model } from "../model.ts";
import { fineTunePlan } from "./fine-tune-plan.ts";

const WHO = "fineTune";

/** Options of `fineTune`. */
export const FINE_TUNE_OPTIONS = {
  ...COMPILE_OPTIONS,
  ...FIT_OPTIONS,
  /** Last blocks of the backbone that are trained beside the last layer. If not given, all. */
  blocks: { kind: whole(1), optional: true },
} as const satisfies OptionSchema;

/** Options of {@link fineTune}: the blocks, and those of `compile` and `fit`. */
export interface FineTuneOptions extends Partial<OptionsOf<typeof FINE_TUNE_OPTIONS>> {}

/**
 * Trains the last blocks of a model on, or all of them, after `fitHead` has trained its last layer. With images for validation it ends with
 * the weights of the epoch of the least loss of theirs.
 *
 * A block is what lies between two sums of branches, poolings or layers without an activation: a residual block, a bottleneck. By default the
 * rates of layers fall with depth (`layerDecay`, Howard & Ruder, 2018), images are cut out, mirrored and recoloured at random, and the number
 * of epochs follows from that of the images, for some minutes on two cores. Layers of normalisation stay frozen.
 *
 * @param model as `transferModel` makes it; it is compiled anew, for training
 * @param data images as the backbone takes them
 * @param options those of `compile` and `fit`, each in place of its default
 * @throws TypeError, RangeError if the data does not fit the model, it has not so many blocks, or for a wrong option
 * @example
 * const model = await transferModel(backbone, { classes: train.classNames });
 * await fitHead(model, await featuresOf(model, train));
 * const { epochs } = await fineTune(model, train, { blocks: 4, validation: test });
 */
export async function fineTune(model: Model, data: Dataset, options: FineTuneOptions = {}): Promise<History> {
  const { blocks } = readOptions(WHO, FINE_TUNE_OPTIONS, withoutShuffle(WHO, options));
  const { blocks: _, ...given } = withoutShuffle(WHO, options);
  const { trained, frozen } = tunedLayers(model.architecture.graph, blocks, WHO);
  for (const path of frozen) model.freeze(path);
  for (const path of trained) model.unfreeze(path);
  const plan = { ...fineTunePlan(data, trained.length), ...given };
  await model.compile(pickOptions(COMPILE_OPTIONS, plan));
  const { callbacks = [], validation } = given;
  const best = validation === undefined ? [] : [new BestWeights({ name: "bestOfFineTuning" })];
  const all = [...(Array.isArray(callbacks) ? callbacks : [callbacks]), ...best];
  return model.fit(data, { ...pickOptions(FIT_OPTIONS, plan), callbacks: all });
}
