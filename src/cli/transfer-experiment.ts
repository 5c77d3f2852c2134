import { pathExists } from "../node/files.ts";
import { pickOptions } from "../options/schema.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import { keepsBest } from "../recipes/recipe.ts";
import { readRunSettings } from "../recipes/run-settings.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { readBackbone } from "./backbone.ts";
import { fetchedBackbone, publicBackbone } from "./backbones.ts";
import { UsageError } from "./command-error.ts";
import type { Context } from "./context.ts";
import { readDataSource } from "./data-source.ts";
import { resolveEngine } from "./engine.ts";
import { dataSettings, type Experiment, type TrainOptions } from "./experiment.ts";
import { tune, tunedNetwork, tunedStart } from "./fine-tuning.ts";
import { withFeatures } from "./picture-features.ts";
import { prepareData } from "./training-data.ts";
import { trainingPlan } from "./training-options.ts";
import { checkWatched, chooseSplit } from "./training-split.ts";
import { headArchitecture, headNetwork, notedBackbone, transferFor } from "./transfer.ts";

/** Options that have no meaning with a backbone, which is the network. */
const WITHOUT = ["from", "recipe", "set", "freeze", "teacher"] as const;

/** Share of each class that is held out for validation from data without images to validate or test on. */
const HELD_OUT = 0.2;

/** Throws if options of a backbone were given without `--backbone`. */
export function expectBackbone({ backbone, at, input, fineTune }: TrainOptions): void {
  const words = { "--at": at, "--input": input, "--fine-tune": fineTune };
  const given = Object.entries(words).find(([, value]) => value !== undefined)?.[0];
  if (backbone === undefined && given !== undefined)
    throw new UsageError(given, "--backbone FILE with it", "none", "missing");
}

/**
 * The training of a new last layer on the features of the network that `--backbone` names, or with `--fine-tune` of blocks of that network
 * after it.
 *
 * @throws UsageError, TypeError, RangeError for wrong options, a wrong backbone, or data that does not fit; else as the data is read
 */
export async function prepareTransfer(
  file: string,
  argument: string | undefined,
  options: TrainOptions,
  context: Context,
): Promise<Experiment> {
  const isTuned = options.fineTune !== undefined;
  // Features are those of pictures as they are.
  const contradiction = [...WITHOUT, ...(isTuned ? [] : (["augment"] as const))].find(
    (key) => options[key] !== undefined,
  );
  if (contradiction !== undefined) {
    const advice = "it trains a new last layer on the features of the network in the file";
    throw new UsageError("--backbone", `no --${contradiction}`, "both", "contradiction", { advice });
  }
  const { limit = null, threads = "auto", at, model, fineTune } = options;
  const listed = (await pathExists(file)) ? undefined : publicBackbone(file);
  const { input = listed?.input } = options;
  const source = readDataSource(argument, options);
  const size = "reader" in source ? source.reader?.size : undefined;
  const noted: BackboneSettings = notedBackbone({
    file: listed === undefined ? file : await fetchedBackbone(listed, context),
    ...(at !== undefined && { at }),
    ...(size !== undefined && size !== "auto" && { size }),
    ...(model !== undefined && { network: model }),
    ...(input !== undefined && { input }),
    ...(fineTune !== undefined && { fineTune: fineTune === true ? ("all" as const) : fineTune }),
  });
  // Mistakes show before any data is loaded.
  const engine = resolveEngine(options.engine);
  const split = chooseSplit(options, {});
  const backbone = await readBackbone(noted);
  trainingPlan(options, isTuned ? tunedNetwork(backbone) : headNetwork(backbone));
  const prepared = await prepareData(source, { limit, ...split, heldOut: HELD_OUT }, context, backbone);
  const transfer = await transferFor(backbone, at, prepared.train);
  const tuned = noted.fineTune === undefined ? undefined : tune(transfer.whole, noted.fineTune);
  const features = await withFeatures(transfer.whole, prepared, { engine, threads }, context);
  const network =
    tuned === undefined ? headNetwork(backbone, features.train) : tunedNetwork(backbone, prepared.train, tuned);
  const data = tuned === undefined ? features : prepared;
  const plan = trainingPlan(options, network);
  checkWatched(plan, data);
  const settings = readRunSettings({
    ...pickOptions(RUN_PLAN, plan),
    ...(tuned !== undefined && data.validation !== undefined && { restoreBestWeights: keepsBest(plan) }),
    network: network.name,
    ...(tuned !== undefined && { from: backbone.name }),
    backbone: noted,
    data: dataSettings(prepared, { limit, ...split }, backbone.usual),
    engine,
  });
  const shared = { isChosen: false, plan, data, settings, engine, freeze: [] };
  if (tuned === undefined) {
    const build = () => headArchitecture(features.train);
    return { ...shared, network: { ...network, build }, start: undefined, threads: 1, transfer };
  }
  const start = { name: backbone.name, request: backbone, ...tunedStart(transfer.whole, features, context) };
  return { ...shared, network: { ...network, build: () => transfer.whole.architecture }, start, threads };
}
