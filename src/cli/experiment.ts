import { resolve } from "node:path";
import type { DatasetFacts } from "../data/dataset.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { isInputError, retold } from "../errors.ts";
import { pickOptions } from "../options/schema.ts";
import { photos } from "../recipes/photos.ts";
import { keepsBest } from "../recipes/recipe.ts";
import { firstImages } from "../recipes/run.ts";
import { type DataSettings, type RunSettings, readRunSettings } from "../recipes/run-settings.ts";
import { batchOf } from "../recipes/split-data.ts";
import { checkData } from "../training/check-data.ts";
import { Model } from "../training/model.ts";
import { RUN_PLAN, type TrainingPlan } from "../training/plan.ts";
import { unevenPlan } from "../training/transfer/probe.ts";
import { whiten } from "../training/whitening.ts";
import type { Context, OutputOptions } from "./context.ts";
import { type DataOptions, type LoadedData, readDataSource } from "./data-source.ts";
import { resolveEngine } from "./engine.ts";
import { forLabels } from "./labels.ts";
import { chooseNetwork, type NetworkChoice, type NetworkOptions, networkFor } from "./network-option.ts";
import type { TrainingRun } from "./run-facts.ts";
import { createRunFolder, RunFolder } from "./run-folder.ts";
import type { Seeds } from "./seeds.ts";
import { chooseStart, type StartModel } from "./start-model.ts";
import { readTeacher, taughtBy } from "./teacher.ts";
import { prepareData, type TrainingData } from "./training-data.ts";
import { type TrainingOptions, trainingPlan } from "./training-options.ts";
import { createTrainer } from "./training-run.ts";
import { checkWatched, chooseSplit, type SplitOptions } from "./training-split.ts";
import type { Transfer } from "./transfer.ts";

/** The options of `train`. */
export interface TrainOptions extends NetworkOptions, TrainingOptions, SplitOptions, DataOptions, OutputOptions {
  readonly limit?: number | undefined;
  readonly freeze?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly backbone?: string | undefined;
  readonly at?: string | undefined;
  readonly input?: string | undefined;
  /** True: all blocks of the backbone. */
  readonly fineTune?: number | true | undefined;
  readonly seeds?: Seeds | undefined;
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
  /** True: the latest interrupted run. */
  readonly resume?: string | true | undefined;
}

/** A training with its data in place: all that its runs with several seeds have in common. */
export interface Experiment {
  readonly network: NetworkChoice;
  /** True if network and settings were chosen by the data. */
  readonly isChosen: boolean;
  /** The model whose weights it starts with; undefined for initial weights. */
  readonly start: StartModel | undefined;
  readonly plan: TrainingPlan;
  readonly data: TrainingData;
  readonly settings: RunSettings;
  readonly engine: EngineName;
  readonly threads: number | "auto";
  readonly freeze: readonly string[];
  /** The whole network, where runs train only the head. */
  readonly transfer?: Transfer | undefined;
}

/**
 * The training that the options ask for.
 *
 * @throws UsageError, TypeError, RangeError for wrong options, or data that does not fit; else as the data is read
 */
export async function prepareExperiment(
  argument: string | undefined,
  options: TrainOptions,
  context: Context,
): Promise<Experiment> {
  const { limit = null, threads = "auto", freeze = [] } = options;
  const isNamed = (options.from ?? options.model ?? options.recipe) !== undefined;
  const { network: usual, start } =
    options.from === undefined
      ? { network: await chooseNetwork(isNamed ? options : { ...options, set: undefined }), start: undefined }
      : await chooseStart(options.from, options);
  const split = chooseSplit(options, usual);
  // Mistakes show before any data is loaded.
  const asked = trainingPlan(options, usual);
  const engine = resolveEngine(options.engine);
  const teacher = await readTeacher(options.teacher);
  const source = readDataSource(argument, options);
  // Only files may have a part of their own for validation.
  if (split.validation === null || source.source !== "folder") checkWatched(asked, split);
  const prepared = await prepareData(source, { limit, ...split }, context, start?.request);
  const data = { ...prepared, train: await taughtBy(teacher, prepared.train, { engine, threads }, context) };
  context.signal.throwIfAborted();
  const chosen = isNamed ? usual : withRareClasses(networkFor(data.train, options), data.train);
  const network = forLabels(chosen, data.train);
  const plan = trainingPlan(options, network);
  checkWatched(plan, data);
  const settings = readRunSettings({
    ...pickOptions(RUN_PLAN, plan),
    ...(data.validation !== undefined && { restoreBestWeights: keepsBest(plan) }),
    network: network.name,
    isRecipe: network.isRecipe,
    ...(network.changes.length > 0 && {
      set: Object.fromEntries(network.changes.map(({ path, value }) => [path, value])),
    }),
    from: start?.name,
    ...(teacher !== undefined && { teacher: resolve(teacher.path) }),
    data: dataSettings(data, { limit, ...split }, start?.request.usual),
    engine,
  });
  const isChosen = !isNamed && (network.name !== usual.name || network.epochs !== usual.epochs);
  return { network, isChosen, start, plan, data, settings, engine, threads, freeze };
}

/** A network that was chosen for photographs, with weights for classes of which some are rare. */
function withRareClasses(network: NetworkChoice, train: DatasetFacts): NetworkChoice {
  return network.name === photos.name ? { ...unevenPlan(train), ...network } : network;
}

/** The parts of a context that a run needs before it trains. */
type RunContext = Pick<Context, "signal" | "output" | "checkpointSeconds">;

/** Seed and output folder of one run of an experiment. */
export interface NewRunOptions {
  readonly seed: number;
  readonly out: string | undefined;
  readonly overwrite: boolean;
  /** Time at which the command began, by `performance.now`. */
  readonly began: number;
}

/**
 * The model of an experiment as its training begins.
 *
 * @throws RangeError if the data does not fit the network, or steps are too few for what is asked for
 */
export async function startedModel(experiment: Experiment, seed: number, context: RunContext): Promise<Model> {
  const { network, start, data, settings, engine, threads, transfer } = experiment;
  const { train, validation, test } = data;
  const { optimizer, loss, batchSize } = experiment.plan;
  const model = new Model(network.build(train), seed);
  for (const prefix of experiment.freeze) model.freeze(prefix);
  await model.compile({ optimizer, loss, batchSize: batchOf(batchSize, train.length), engine, threads });
  for (const part of [train, test]) if (part !== undefined) checkData(model.network, part, "train");
  const note = await start?.fill(model, train);
  if (note !== undefined) context.output.remark(note);
  if (network.whitening !== undefined)
    whiten(model, await firstImages(train, network.whitening.images), network.whitening);
  withAdvice(() => createTrainer(model, train, validation, settings, new RunFolder(""), context, transfer));
  return model;
}

/**
 * A run of an experiment, with its folder. What does not fit is reported before there is a folder.
 *
 * @throws as {@link startedModel}; FileError, UsageError if there can be no such folder
 */
export async function newRun(
  experiment: Experiment,
  { seed, out, overwrite, began }: NewRunOptions,
  context: RunContext,
): Promise<TrainingRun> {
  const { network, isChosen, data, settings, transfer } = experiment;
  const model = await startedModel(experiment, seed, context);
  const folder = await createRunFolder(out, network.name, overwrite);
  const trainer = createTrainer(model, data.train, data.validation, settings, folder, context, transfer);
  return { model, data, settings, folder, trainer, began, isChosen, transfer, changes: network.changes };
}

/** Runs `work`, and adds the advice to train without an average to the error of a run of too few steps. */
function withAdvice<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isInputError(error) || error.code !== "too-few-steps") throw error;
    throw retold(error, { advice: "too few steps; --no-averaging trains without" });
  }
}

/** The settings that note the data of a run. */
export function dataSettings(
  data: TrainingData,
  { limit, trainRange, testRange, fold }: Pick<DataSettings, "limit" | "trainRange" | "testRange" | "fold">,
  usual: ReadSettings | undefined,
): DataSettings {
  return {
    ...sourceSettings(data.loaded, usual),
    folder: folderOf(data),
    limit,
    trainRange,
    testRange,
    validation: data.choice,
    ...(data.draw === "classes" && { draw: data.draw }),
    ...(fold !== undefined && { fold }),
    sha256: data.sha256,
  };
}

/** The source of a run's data, with the size that pictures of other sizes were brought to, or the form that a model needs that it starts from. */
function sourceSettings({ source, pictures }: LoadedData, usual: ReadSettings | undefined) {
  if (source.source !== "folder") return source;
  const { reader = { stretch: true } } = source;
  if (usual !== undefined) return { ...source, reader: { ...usual, ...reader } };
  if (pictures === undefined) return source;
  const { smallest, largest, size } = pictures;
  const isTheirs = [smallest, largest].every((one) => one.join() === size.join());
  return isTheirs ? source : { ...source, reader: { ...reader, size } };
}

function folderOf({ loaded }: TrainingData): string | null {
  return "folder" in loaded.source && loaded.source.folder !== undefined ? resolve(loaded.source.folder) : null;
}
