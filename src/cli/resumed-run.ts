import { dirname, resolve } from "node:path";
import type { PixelScaling } from "../data/scaling.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { flagName } from "../options/names.ts";
import type { BackboneSettings } from "../recipes/backbone-settings.ts";
import { type DataSettings, type RunSettings, readRunSettings } from "../recipes/run-settings.ts";
import { resumeTrainer, runSettings } from "../training/load-model.ts";
import { readBackbone } from "./backbone.ts";
import { UsageError } from "./command-error.ts";
import type { Context } from "./context.ts";
import { resolveEngine } from "./engine.ts";
import type { TrainOptions } from "./experiment.ts";
import { type ModelFile, openModel, progressOf, readModelFile } from "./model-file.ts";
import { withFeatures } from "./picture-features.ts";
import type { TrainingRun } from "./run-facts.ts";
import { openRunFolder } from "./run-folder.ts";
import { findCheckpoint } from "./runs/checkpoint.ts";
import { readTeacher, taughtBy } from "./teacher.ts";
import { restoreData, type TrainingData } from "./training-data.ts";
import { createTrainer } from "./training-run.ts";
import { type Transfer, transferFor } from "./transfer.ts";

/** Options that a resumed run takes from the command line; the checkpoint has all others. */
const WITH_RESUME: readonly string[] = [
  "resume",
  "epochs",
  "data",
  "cache",
  "engine",
  "threads",
  "out",
  "json",
  "quiet",
] satisfies (keyof TrainOptions)[];

/**
 * The run that `--resume` names, with everything back in place.
 *
 * @throws UsageError if there is nothing to go on with, or other settings are asked for; else as its data and its model are read
 */
export async function resumedRun(
  argument: string | undefined,
  options: TrainOptions,
  context: Context,
): Promise<TrainingRun> {
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
  const teacher = await readTeacher(noted.teacher);
  const restored = await restoreData(settings.data, model.scaling, context);
  const threads = options.threads ?? "auto";
  const taught = { ...restored, train: await taughtBy(teacher, restored.train, { engine, threads }, context) };
  const { data, transfer } = await withNotedBackbone(settings.backbone, taught, { engine, threads }, context);
  context.signal.throwIfAborted();

  const folder = await openRunFolder(options.out ?? dirname(path));
  const trainer = createTrainer(model, data.train, data.validation, settings, folder, context, transfer);
  resumeTrainer(trainer, file.checkpoint);
  return { model, data, settings, folder, trainer, began, transfer };
}

/** The data of a run on the features of a backbone, and the whole network; other data as it is, also that of a fine-tuning. */
async function withNotedBackbone(
  noted: BackboneSettings | undefined,
  data: TrainingData,
  engine: EngineOptions,
  context: Context,
): Promise<{ readonly data: TrainingData; readonly transfer?: Transfer }> {
  if (noted === undefined || noted.fineTune !== undefined) return { data };
  const transfer = await transferFor(await readBackbone(noted), noted.at, data.train);
  return { data: await withFeatures(transfer.whole, data, engine, context), transfer };
}

/** Runs of versions that knew no scaling of pixels keep reading their data as those did. */
function notedScaling(data: DataSettings, scaling: PixelScaling | undefined): DataSettings {
  if (scaling !== undefined || data.source !== "folder" || data.reader?.stretch === false) return data;
  return { ...data, reader: { ...data.reader, stretch: "former" } };
}

/** Throws unless a run can be trained to so many epochs; says what becomes of its schedule. */
function checkFurther(epochs: number, file: ModelFile, { schedule, epochs: before }: RunSettings, { output }: Context) {
  const { epoch = 0, stop } = progressOf(file) ?? {};
  if (stop !== undefined) {
    const advice = "--from starts a new one with its weights";
    throw new UsageError(
      "--resume",
      "a run to train further",
      `one that was stopped: ${stop.stopped}`,
      "contradiction",
      {
        advice,
      },
    );
  }
  if (epochs <= epoch) throw new UsageError("--epochs", `more than the ${epoch} that are done`, `${epochs}`);
  if (epochs !== before && (schedule.type === "oneCycle" || schedule.type === "cosine")) {
    output.remark(`the schedule ${schedule.type} spans all ${epochs} epochs now, in place of ${before}`);
  }
}
