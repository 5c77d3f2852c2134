import { shown } from "../errors.ts";
import { parameterCounts, size } from "../model/summary.ts";
import type { RunSettings } from "../recipes/run-settings.ts";
import { endsWithBest } from "../training/callbacks/plan-callbacks.ts";
import type { Context } from "./context.ts";
import { count, counted, dimensions } from "./format.ts";
import { classesWords } from "./labels.ts";
import { changeText } from "./network-option.ts";
import { startFacts, type TrainingRun } from "./run-facts.ts";

/** Says what is trained, on which images and how, before the first step. */
export function announce(run: TrainingRun, context: Context): void {
  context.output.event({ event: "start", ...startFacts(run), resumedAtStep: run.trainer.progress.step });
  announceLines(run, context);
}

/** Prints the lines that tell people what is trained, on which images and how. */
export function announceLines(run: TrainingRun, { output }: Context): void {
  const { model, data, settings, trainer, folder, transfer } = run;
  const { loaded, train, validation, test } = data;
  const { progress } = trainer;
  const { engine } = model.network;
  const images = [
    `${count(train.length)} to train on`,
    ...(validation === undefined ? [] : [`${count(validation.length)} for validation`]),
    ...(test === undefined ? [] : [`${count(test.length)} to test on`]),
  ];
  const { config, learningRate } = model.network.optimizer ?? {};
  output.text(
    `Data      ${loaded.title}: ${images.join(", ")}; ${dimensions(transfer?.shape ?? train.shape)}, ${classesWords(train)}`,
  );
  const use = validationUse(run);
  if (use !== undefined) output.text(`          ${use}`);
  const memory = `memory to train ${size(model.network.memory().total)}`;
  const recipe = settings.isRecipe ? ", a recipe" : settings.from === undefined ? "" : `, from ${settings.from}`;
  if (transfer !== undefined) output.text(`Backbone  ${transfer.line}`);
  const network = transfer === undefined ? `${settings.network}${recipe}` : "a new last layer on its features";
  output.text(`Network   ${network}: parameters ${parameterCounts(model.describe())}; ${memory}`);
  for (const [i, change] of (run.changes ?? []).entries())
    output.text(`${i === 0 ? "Set" : "   "}       ${changeText(change)}`);
  const machine = `engine ${settings.engine}, ${counted(engine.threads, "thread")}`;
  const rate = `learning rate ${shown(learningRate)} (${settings.schedule.type})`;
  const epochs = `${counted(settings.epochs, "epoch")} of ${counted(trainer.stepsPerEpoch, "step")} of ${model.network.batchSize}`;
  output.text(`Training  ${epochs}; ${config?.type}, ${rate}; seed ${model.seed}; ${machine}`);
  if (run.isChosen) {
    output.text(`Chosen    for such images: the recipe ${settings.network}, its epochs and batches by their number`);
    const augment = augmentWords(settings);
    if (augment !== "") output.text(`          augmentation ${augment}`);
    const size = loaded.pictures === undefined ? "" : ", --size";
    output.text(`          --model, --recipe, --epochs, --batch-size${size} and --augment choose otherwise`);
  }
  if (engine.reason !== undefined && engine.name !== "js") output.text(`Threads   1: ${engine.reason}`);
  if (progress.step > 0) {
    const at = `epoch ${Math.min(progress.epoch + 1, settings.epochs)}, step ${progress.stepInEpoch}`;
    output.text(`Resumed   ${folder.path} at ${at}`);
  }
  output.text();
}

/** A sentence on what the validation images decide; undefined where there are none, or they decide nothing. */
function validationUse({ data: { validation, test }, trainer }: TrainingRun): string | undefined {
  if (validation === undefined || !endsWithBest(trainer.callbacks)) return undefined;
  const use = "validation chooses the epoch that the model is of";
  if (test === validation) return `${use}; the images to test on are the same`;
  return test === undefined
    ? `${use}; as there are no images to test on, the last figure is of them, too (--split 0.2 holds some out)`
    : use;
}

/** The random changes of the images, as the option has them. */
function augmentWords({ augment }: RunSettings): string {
  const changes = Object.entries(augment ?? {}).filter(([, value]) => value !== 0 && value !== false);
  return changes.map(([key, value]) => `${key}=${value}`).join(",");
}
