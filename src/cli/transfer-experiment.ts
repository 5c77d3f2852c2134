import { pickOptions } from "../options/schema.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import { readRunSettings } from "../recipes/run-settings.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { readBackbone } from "./backbone.ts";
import { UsageError } from "./command-error.ts";
import type { Context } from "./context.ts";
import { readDataSource } from "./data-source.ts";
import { resolveEngine } from "./engine.ts";
import { dataSettings, type Experiment, type TrainOptions } from "./experiment.ts";
import { withFeatures } from "./picture-features.ts";
import { prepareData } from "./training-data.ts";
import { trainingPlan } from "./training-options.ts";
import { checkWatched, chooseSplit } from "./training-split.ts";
import { headArchitecture, headNetwork, notedBackbone, transferFor } from "./transfer.ts";

/** Options that have no meaning with a backbone, which is the network, and whose features are not augmented. */
const WITHOUT = ["from", "recipe", "set", "freeze", "teacher", "augment"] as const;

/** Share of each class that is held out for validation from data without images to validate or test on. */
const HELD_OUT = 0.2;

/** Throws if options of a backbone were given without `--backbone`. */
export function expectBackbone({ backbone, at, input }: TrainOptions): void {
  const given = at !== undefined ? "--at" : input !== undefined ? "--input" : undefined;
  if (backbone === undefined && given !== undefined)
    throw new UsageError(given, "--backbone FILE with it", "none", "missing");
}

/**
 * The training of a new last layer on the features of the network that `--backbone` names.
 *
 * @throws UsageError, TypeError, RangeError for wrong options, a wrong backbone, or data that does not fit; else as the data is read
 */
export async function prepareTransfer(
  file: string,
  argument: string | undefined,
  options: TrainOptions,
  context: Context,
): Promise<Experiment> {
  const contradiction = WITHOUT.find((key) => options[key] !== undefined);
  if (contradiction !== undefined) {
    const advice = "it trains a new last layer on the features of the network in the file";
    throw new UsageError("--backbone", `no --${contradiction}`, "both", "contradiction", { advice });
  }
  const { limit = null, threads = "auto", at, input, model } = options;
  const noted: BackboneSettings = notedBackbone({
    file,
    ...(at !== undefined && { at }),
    ...(model !== undefined && { network: model }),
    ...(input !== undefined && { input }),
  });
  // Mistakes show before any data is loaded.
  const engine = resolveEngine(options.engine);
  const split = chooseSplit(options, {});
  const source = readDataSource(argument, options);
  const backbone = await readBackbone(noted);
  trainingPlan(options, headNetwork(backbone));
  const prepared = await prepareData(source, { limit, ...split, heldOut: HELD_OUT }, context, backbone);
  const transfer = await transferFor(backbone, at, prepared.train);
  const data = await withFeatures(transfer.whole, prepared, { engine, threads }, context);
  const network = headNetwork(backbone, data.train);
  const plan = trainingPlan(options, network);
  checkWatched(plan, data);
  const settings = readRunSettings({
    ...pickOptions(RUN_PLAN, plan),
    network: network.name,
    backbone: noted,
    data: dataSettings(data, { limit, ...split }, backbone.usual),
    engine,
  });
  const build = () => headArchitecture(data.train);
  return {
    network: { ...network, build },
    isChosen: false,
    start: undefined,
    plan,
    data,
    settings,
    engine,
    threads: 1,
    freeze: [],
    transfer,
  };
}
