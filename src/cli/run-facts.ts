import { writeFileAtomic } from "../node/files.ts";
import { version } from "../node/version.ts";
import { pickOptions } from "../options/schema.ts";
import type { RecipeChange } from "../recipes/change-recipe.ts";
import { type RunSettings, settingsJson } from "../recipes/run-settings.ts";
import type { FitEvent } from "../training/events.ts";
import type { Model } from "../training/model.ts";
import { RUN_PLAN } from "../training/plan.ts";
import type { Trainer } from "../training/trainer.ts";
import { machineFacts } from "./machine.ts";
import type { RunFolder } from "./run-folder.ts";
import type { TrainingData } from "./training-data.ts";
import type { Transfer } from "./transfer.ts";

/** A training run with everything in place. */
export interface TrainingRun {
  readonly model: Model;
  readonly data: TrainingData;
  readonly settings: RunSettings;
  readonly folder: RunFolder;
  readonly trainer: Trainer;
  /** The whole network, where the run trains only the head. */
  readonly transfer?: Transfer | undefined;
  /** The settings that `--set` changed, where the run is new. */
  readonly changes?: readonly RecipeChange[];
  /** Time at which the command began, by `performance.now`. */
  readonly began: number;
  /** True if network and settings were chosen by the data, which is worth a word. */
  readonly isChosen?: boolean;
  /** Stands in front of its status line, where several run one after another. */
  readonly label?: string;
  /** Called with each event of the training, once what belongs to it is written, and whether that was a checkpoint. */
  readonly watch?: (event: FitEvent, isKept: boolean) => void;
}

/** The program and the machine that figures come from: version, Node, processor, engine and threads. */
export function hostFacts({ network: { engine } }: Model) {
  const { cpu } = machineFacts();
  return { version: version(), node: process.version, cpu, engine: engine.name, threads: engine.threads };
}

/** The recipe, seed, plan and data of a run, by which it can be told from others and made again. */
function experimentFacts({ model, data, settings, trainer, transfer }: TrainingRun) {
  const { network, isRecipe } = settings;
  const { batchSize, optimizer, loss } = model.network;
  const plan = {
    ...pickOptions(RUN_PLAN, settingsJson(settings)),
    batchSize,
    stepsPerEpoch: trainer.stepsPerEpoch,
    optimizer: { ...optimizer?.config, learningRate: optimizer?.learningRate },
    loss: loss?.config,
  };
  const images = {
    ...settings.data,
    title: data.loaded.title,
    shape: transfer?.shape ?? data.train.shape,
    classes: data.train.classes,
    trainImages: data.train.length,
    validationImages: data.validation?.length ?? 0,
    testImages: data.test?.length ?? 0,
  };
  return {
    network,
    isRecipe,
    recipe: isRecipe ? network : null,
    set: settings.set ?? null,
    from: settings.from ?? null,
    ...(settings.backbone !== undefined && { backbone: settings.backbone }),
    ...(settings.teacher !== undefined && { teacher: settings.teacher }),
    seed: model.seed,
    plan,
    data: images,
  };
}

/** The facts of a run beside its figures, with the seconds that the command and the training took, as its last line of `--json` and `metrics.json` have them. */
export function runFacts(run: TrainingRun) {
  const { plan, isRecipe: _, ...facts } = experimentFacts(run);
  const seconds = (performance.now() - run.began) / 1000;
  const trainSeconds = run.trainer.progress.history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { ...facts, settings: plan, ...hostFacts(run.model), seconds, trainSeconds };
}

/** The facts of a run at its start, as `settings.json` and the first line of `--json` have them. */
export function startFacts(run: TrainingRun) {
  const { model, folder } = run;
  const { plan, ...facts } = experimentFacts(run);
  const { parameters, trainable } = model.describe();
  return {
    ...facts,
    ...plan,
    parameters,
    trainable,
    memoryBytes: model.network.memory().total,
    out: folder.path,
    ...hostFacts(model),
  };
}

/** Writes `settings.json`, and waits until it is on the disk if `flush`. */
export async function writeSettings(run: TrainingRun, flush: boolean): Promise<void> {
  const facts = { ...startFacts(run), startedAt: new Date().toISOString(), model: run.model.architecture.toJson() };
  await writeFileAtomic(run.folder.settings, `${JSON.stringify(facts, null, 2)}\n`, { flush });
}
