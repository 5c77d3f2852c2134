import { dirname, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { PixelScaling } from "../data/scaling.ts";
import { isInputError, retold } from "../errors.ts";
import { flagName } from "../options/names.ts";
import { pickOptions } from "../options/schema.ts";
import { batchOf } from "../recipes/data-split.ts";
import { NETWORKS, RECIPES } from "../recipes/index.ts";
import { keepsBest } from "../recipes/recipe.ts";
import { type DataSettings, type RunSettings, readRunSettings } from "../recipes/run-settings.ts";
import { checkData } from "../training/evaluate.ts";
import { resumeTrainer, runSettings } from "../training/load-model.ts";
import { Model } from "../training/model.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { whiten } from "../training/whitening.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { COMMON_FILE_OPTIONS } from "./data-options.ts";
import { addDataOptions, type DataOptions, type LoadedData, readDataSource } from "./data-source.ts";
import { engineOption, resolveEngine, threadsOption } from "./engine.ts";
import { UsageError } from "./errors.ts";
import { addHelp, type HelpText } from "./help.ts";
import { type ModelFile, openModel, progressOf, readModelFile } from "./model-file.ts";
import { chooseNetwork, type NetworkOptions, networkFor } from "./network-option.ts";
import type { TrainingRun } from "./run-facts.ts";
import { createRunFolder, openRunFolder, RunFolder } from "./run-folder.ts";
import { findCheckpoint } from "./runs/checkpoint.ts";
import { addNetworkOptions, addTrainingOptions } from "./train-options.ts";
import { prepareData, restoreData, type TrainingData } from "./training-data.ts";
import { type TrainingOptions, trainingPlan } from "./training-options.ts";
import { createTrainer, runTraining } from "./training-run.ts";
import { checkWatched, chooseSplit, type SplitOptions } from "./training-split.ts";

interface TrainOptions extends NetworkOptions, TrainingOptions, SplitOptions, DataOptions, OutputOptions {
  readonly limit?: number | undefined;
  readonly freeze?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly overwrite?: boolean | undefined;
  /** True: the latest interrupted run. */
  readonly resume?: string | true | undefined;
}

const HELP: HelpText = {
  groups: {
    "Network:": ["--model", "--recipe", "--set", "--freeze"],
    "Training:": [
      "--epochs",
      "--batch-size",
      "--optimizer",
      "--lr",
      "--weight-decay",
      "--schedule",
      "--loss",
      "--augment",
      "--early-stopping",
      "--seed",
    ],
    "Data:": ["--data", "--validation", "--limit", ...COMMON_FILE_OPTIONS],
    "Machine:": ["--engine", "--threads"],
    "Output:": ["--out", "--overwrite", "--resume", "--json", "--quiet"],
  },
  notes: [
    `Networks for --model: ${NETWORKS.map(({ name }) => name).join(", ")}. Recipes for --recipe: ${RECIPES.map(({ name }) => name).join(", ")}. ` +
      "convasm recipes tells of each.",
    'A file for --model is JSON: {"layers": [{"type": "conv2d", "filters": 8, "kernelSize": 3}, ...]}, and where wanted input, loss, ' +
      "optimizer, schedule, batchSize, epochs, augment. Its last layer has one unit per class.",
    "Ctrl-C ends the training after the current step; --resume goes on from there, to the same weights.",
  ],
  examples: [
    ["convasm train", "MNIST, or generated digits where it cannot be had"],
    ["convasm train mnist --epochs 10 --validation 5000", "hold out 5,000 images, keep the best model"],
    ["convasm train digits --limit 10000", "the first 10,000 generated digits"],
    ["convasm train ./fashion --model keras --augment", "a folder of IDX files"],
    ["convasm train ./pets --size 32 --split 0.2", "pictures in one folder per class"],
    ["convasm train --recipe strided", "an experiment, on its own part of the data"],
    ["convasm train --optimizer adam --lr 0.002 --schedule cosine:warmupEpochs=1"],
    ["convasm train --model network.json --json", "layers from a file, one JSON object per line"],
    ["convasm train --resume runs/2026-01-31-120000-speed99"],
    [
      "convasm train --resume runs/2026-01-31-120000-speed99 --epochs 20",
      "train a finished run further, up to epoch 20",
    ],
  ],
};

/** Adds the command `train`. */
export function addTrainCommand(program: Command, signal: AbortSignal): void {
  const command = program.command("train").description("train a network, test it, and save it");
  addTrainingOptions(addNetworkOptions(addDataOptions(command)))
    .addOption(engineOption())
    .addOption(threadsOption())
    .option("-o, --out <dir>", "folder for the run (default: a new one in runs)")
    .option("--overwrite", "let the run replace an earlier one in --out")
    .option(
      "--resume [run]",
      "go on with an interrupted run: its folder or checkpoint (default: the latest in runs); with --epochs also with a finished one",
    )
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the result");
  addHelp(command, HELP);
  command.action(async (data: string | undefined, options: TrainOptions) => {
    const context = createContext(options, signal);
    const run = options.resume === undefined ? newRun(data, options, context) : resumedRun(data, options, context);
    await runTraining(await run, context);
  });
}

async function newRun(argument: string | undefined, options: TrainOptions, context: Context): Promise<TrainingRun> {
  const began = performance.now();
  const { limit = null } = options;
  const isNamed = (options.model ?? options.recipe) !== undefined;
  const usual = await chooseNetwork(isNamed ? options : { ...options, set: undefined });
  const split = chooseSplit(options, usual);
  // What is wrong shows before any data is loaded.
  const asked = trainingPlan(options, usual);
  const engine = resolveEngine(options.engine);
  const source = readDataSource(argument, options);
  // Only files may have a part of their own for validation.
  if (split.validation === null || source.source !== "folder") checkWatched(asked, split);
  const data = await prepareData(source, { limit, ...split }, context);
  context.signal.throwIfAborted();

  const network = isNamed ? usual : networkFor(data.train, options);
  const plan = trainingPlan(options, network);
  const { seed, batchSize, optimizer, loss } = plan;
  checkWatched(plan, data);
  const model = new Model(network.build(data.train), seed);
  for (const prefix of options.freeze ?? []) model.freeze(prefix);
  const { threads = "auto" } = options;
  await model.compile({ optimizer, loss, batchSize: batchOf(batchSize, data.train.length), engine, threads });
  // Data that does not fit is reported before a folder is made.
  for (const part of [data.train, data.test]) if (part !== undefined) checkData(model.network, part, "train");
  if (network.whitening !== undefined) whiten(model, data.train, network.whitening);
  const settings = readRunSettings({
    ...pickOptions(RUN_PLAN, plan),
    ...(data.validation !== undefined && { restoreBestWeights: keepsBest(plan) }),
    network: network.name,
    isRecipe: network.isRecipe,
    ...(network.changes.length > 0 && {
      set: Object.fromEntries(network.changes.map(({ path, value }) => [path, value])),
    }),
    data: {
      ...sourceSettings(data.loaded),
      folder: folderOf(data),
      limit,
      ...split,
      validation: data.choice,
      ...(data.draw === "classes" && { draw: data.draw }),
      sha256: data.sha256,
    },
    engine,
  });
  // Nor does what the steps are too few for leave one.
  withAdvice(() => createTrainer(model, data.train, data.validation, settings, new RunFolder(""), context.signal));
  const folder = await createRunFolder(options.out, network.name, options.overwrite === true);
  const trainer = createTrainer(model, data.train, data.validation, settings, folder, context.signal);
  const isChosen = !isNamed && network.name !== usual.name;
  return { model, data, settings, folder, trainer, began, isChosen, changes: network.changes };
}

/** Says how to do without what a run of few steps has no room for. */
function withAdvice<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isInputError(error) || error.code !== "too-few-steps") throw error;
    throw retold(error, { advice: "too few steps; --no-averaging trains without" });
  }
}

/** The source of a run's data, with the size that pictures of other sizes were brought to. */
function sourceSettings({ source, pictures }: LoadedData) {
  if (source.source !== "folder" || pictures === undefined) return source;
  const { smallest, largest, size } = pictures;
  const { reader = { stretch: true } } = source;
  const isTheirs = [smallest, largest].every((one) => one.join() === size.join());
  return isTheirs ? source : { ...source, reader: { ...reader, size } };
}

function folderOf({ loaded }: TrainingData): string | null {
  return "folder" in loaded.source && loaded.source.folder !== undefined ? resolve(loaded.source.folder) : null;
}

/** Options that a resumed run takes from the command line; the checkpoint has all others. */
const WITH_RESUME: readonly string[] = [
  "resume",
  "epochs",
  "data",
  "engine",
  "threads",
  "out",
  "json",
  "quiet",
] satisfies (keyof TrainOptions)[];

async function resumedRun(argument: string | undefined, options: TrainOptions, context: Context): Promise<TrainingRun> {
  const began = performance.now();
  const surplus = Object.entries(options).find(([name, value]) => value !== undefined && !WITH_RESUME.includes(name));
  if (surplus !== undefined || argument !== undefined) {
    const got = argument === undefined ? flagName(surplus?.[0] ?? "") : JSON.stringify(argument);
    throw new UsageError("--resume", "no other settings than the checkpoint's", got);
  }
  const { epochs } = options;
  const path = await findCheckpoint(options.resume === true ? undefined : options.resume, epochs !== undefined);
  const file = await readModelFile(path);
  const noted = readRunSettings(runSettings(file.checkpoint));
  if (epochs !== undefined) checkFurther(epochs, file, noted, context);
  const engine = resolveEngine(options.engine ?? noted.engine);
  const model = await openModel(file, { engine, threads: options.threads ?? "auto" }, true);
  // The present place of the data: an interrupted run goes on from there.
  const place = options.data === undefined ? noted.data.folder : resolve(options.data);
  const settings: RunSettings = {
    ...noted,
    epochs: epochs ?? noted.epochs,
    engine,
    data: notedScaling({ ...noted.data, folder: place }, model.scaling),
  };
  const data = await restoreData(settings.data, model.scaling, context);
  context.signal.throwIfAborted();

  const folder = await openRunFolder(options.out ?? dirname(path));
  const trainer = createTrainer(model, data.train, data.validation, settings, folder, context.signal);
  resumeTrainer(trainer, file.checkpoint);
  return { model, data, settings, folder, trainer, began };
}

/** Runs of versions that knew no scaling of pixels keep reading their data as those did. */
function notedScaling(data: DataSettings, scaling: PixelScaling | undefined): DataSettings {
  if (scaling !== undefined || data.source !== "folder" || data.reader?.stretch === false) return data;
  return { ...data, reader: { ...data.reader, stretch: "former" } };
}

/** Throws unless a run can be trained to so many epochs; says what becomes of its schedule. */
function checkFurther(epochs: number, file: ModelFile, { schedule, epochs: before }: RunSettings, { output }: Context) {
  const { epoch = 0, stopped = null } = progressOf(file) ?? {};
  if (stopped !== null) {
    throw new UsageError("--resume", "a run to train further", `one that was stopped: ${stopped}`);
  }
  if (epochs <= epoch) throw new UsageError("--epochs", `more than the ${epoch} that are done`, `${epochs}`);
  if (epochs !== before && (schedule.type === "oneCycle" || schedule.type === "cosine")) {
    output.remark(`the schedule ${schedule.type} spans all ${epochs} epochs now, in place of ${before}`);
  }
}
