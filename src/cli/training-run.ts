import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import type { AnyDataset } from "../data/dataset.ts";
import { DivergedError, retold } from "../errors.ts";
import { CsvLog } from "../node/csv-log.ts";
import { writeFileAtomic } from "../node/files.ts";
import { ModelCheckpoint } from "../node/model-checkpoint.ts";
import { pickOptions } from "../options/schema.ts";
import { photos } from "../recipes/photos.ts";
import { type RunSettings, settingsJson } from "../recipes/run-settings.ts";
import type { Callback } from "../training/callback.ts";
import { endsWithBest, planCallbacks, restoredEpoch } from "../training/callbacks/plan-callbacks.ts";
import { divergenceOf, StopOnNaN } from "../training/callbacks/stop-on-nan.ts";
import type { EpochEvent, ReportEvent } from "../training/events.ts";
import { FIT_PLAN } from "../training/fit-plan.ts";
import type { History } from "../training/history.ts";
import { historyCsv, reportsCsv } from "../training/history-csv.ts";
import { ClassificationMetrics } from "../training/metrics.ts";
import type { Model } from "../training/model.ts";
import type { Trainer } from "../training/trainer.ts";
import { announce } from "./announce.ts";
import { confusionMatrix, trainingCurves } from "./charts.ts";
import { Interrupted } from "./command-error.ts";
import { type Context, commandLine, pathWord } from "./context.ts";
import { sourceArguments } from "./data-source.ts";
import { doneEvent } from "./done.ts";
import { guessingNote, isFarFromGuessing } from "./far-from-guessing.ts";
import { duration } from "./format.ts";
import { haveLabels } from "./labels.ts";
import { runFacts, type TrainingRun, writeSettings } from "./run-facts.ts";
import type { RunFolder } from "./run-folder.ts";
import { bestLine, matrixTitle, outcomeLine, outcomeOf, type RunOutcome } from "./run-outcome.ts";
import { detailsJson, type TestFigures, testJson, testModel } from "./test-figures.ts";
import { epochJson, TrainingDisplay } from "./training-display.ts";
import type { Transfer } from "./transfer.ts";
import { tellRun } from "./wide.ts";

/** The trainer of a run, with the callbacks that its settings ask for: a resumed run has to have the same. */
export function createTrainer(
  model: Model,
  train: AnyDataset,
  validation: AnyDataset | undefined,
  settings: RunSettings,
  folder: RunFolder,
  context: Pick<Context, "signal" | "checkpointSeconds">,
  transfer?: Transfer,
): Trainer {
  const { signal } = context;
  const isFrugal = context.checkpointSeconds !== undefined;
  const callbacks: Callback[] = [new StopOnNaN(), ...(isFrugal ? [] : [new CsvLog(folder.history)])];
  const save = () => savedModel({ model, settings, transfer });
  // A new head takes seconds, and most of its file would be the backbone.
  if (validation !== undefined && transfer === undefined && !isFrugal)
    callbacks.push(new ModelCheckpoint({ best: folder.best, save, monitor: settings.monitor }));
  const planned = planCallbacks(settings, validation !== undefined);
  if (endsWithBest(planned)) callbacks.push(lastModel(folder, save, () => trainer, context));
  callbacks.push(...planned);
  const trainer = model.trainer(train, { ...pickOptions(FIT_PLAN, settings), callbacks, signal, validation });
  return trainer;
}

/** The model file of a run: of the whole network, where it trains only the head. */
function savedModel({ model, settings, transfer }: Pick<TrainingRun, "model" | "settings" | "transfer">): Uint8Array {
  return transfer === undefined ? model.save(notes(settings)) : transfer.save(model, notes(settings));
}

/** A callback that writes the model of the last epoch before another puts the weights of the best one in place. */
function lastModel(
  folder: RunFolder,
  save: () => Uint8Array,
  trainer: () => Trainer,
  context: Pick<Context, "checkpointSeconds">,
): Callback {
  return {
    name: "lastModel",
    async onTrainEnd() {
      if (divergenceOf(trainer().stop) === undefined) await writeRunFile(folder.last, save(), context);
    },
  };
}

/**
 * Trains to the end, tests, and writes the files of the run; a run that fails before its first checkpoint leaves no files.
 *
 * @throws Interrupted if the signal aborts, once a checkpoint is written
 * @throws DivergedError if the training diverges, which leaves no new model; FileError if a file cannot be written
 */
export async function runTraining(run: TrainingRun, context: Context): Promise<void> {
  try {
    await writeSettings(run, context.checkpointSeconds === undefined);
    tellRun(run.folder);
    announce(run, context);
    await trainAndTest(run, context);
  } catch (error) {
    if (!(error instanceof Interrupted)) await run.folder.discard();
    throw error instanceof DivergedError ? withKeptFiles(run, error) : error;
  }
}

async function trainAndTest(run: TrainingRun, context: Context): Promise<void> {
  const { model, folder, data } = run;
  const { output, signal } = context;
  const history = await train(run, context);
  output.clearStatus();
  if (context.checkpointSeconds !== undefined) await writeHistory(run, context);
  if (history.end === "interrupted") return interrupt(run, context);
  const divergence = divergenceOf(history.end);
  if (divergence !== undefined) throw divergence;
  if (typeof history.end === "object") output.text(`stopped early: ${history.end.reason ?? history.end.stopped}`);

  await writeRunFile(folder.model, savedModel(run), context);
  // Two files of the same weights would only be a riddle.
  if (endsWithBest(run.trainer.callbacks)) await rm(folder.best, { force: true });
  await writeCurves(run, context);
  let figures: TestFigures | undefined;
  try {
    const { test = data.validation } = data;
    figures = test && (await testModel(model, test, output, signal, run.settings.prediction, run.settings.metrics));
  } catch (error) {
    // A model whose outputs are no numbers is of no use.
    if (error instanceof DivergedError) await rm(folder.model, { force: true });
    if (!signal.aborted || error !== signal.reason) throw error;
    output.clearStatus();
    return interrupt(run, context);
  }
  const outcome = outcomeOf(data, run.trainer);
  await writeFigures(run, figures, outcome, context);
  // One that is some epochs old is of no use.
  if (context.checkpointSeconds !== undefined) await rm(folder.checkpoint, { force: true });
  else if (existsSync(folder.checkpoint)) await rename(folder.checkpoint, folder.finished);
  report(run, figures, outcome, context);
}

/** Draws the epochs so far. */
async function writeCurves({ folder, settings, trainer }: TrainingRun, context: Context): Promise<void> {
  const { history } = trainer.progress;
  const best = restoredEpoch(trainer.callbacks);
  await writeRunFile(folder.curves, trainingCurves(history, `Training: ${settings.network}`, best), context);
}

/** Writes a file of a run, whose folder somebody may have removed meanwhile. Those of many short runs are not waited for on the disk. */
function writeRunFile(
  path: string,
  data: Uint8Array | string,
  { checkpointSeconds }: Pick<Context, "checkpointSeconds"> = {},
): Promise<void> {
  return writeFileAtomic(path, data, { makeFolder: true, flush: checkpointSeconds === undefined });
}

/** Steps from one report of a kind to the next. */
function reportEvery(event: ReportEvent, { evaluations }: RunSettings): number {
  if (event.event === "average") return event.steps;
  return evaluations.find(({ on, every }) => on === event.on && event.step % every === 0)?.every ?? 1;
}

async function writeReports({ trainer, folder }: TrainingRun): Promise<void> {
  const { reports } = trainer.progress;
  if (reports.length > 0) await writeRunFile(folder.reports, reportsCsv(reports));
}

async function writeHistory({ trainer, folder }: TrainingRun, context: Context): Promise<void> {
  const { history } = trainer.progress;
  if (history.length > 0) await writeRunFile(folder.history, historyCsv(history), context);
}

/** Steps and epochs, with a checkpoint after each epoch, or at times. */
async function train(run: TrainingRun, { output, checkpointSeconds = 0 }: Context): Promise<History> {
  const { model, trainer, settings, folder } = run;
  let kept = performance.now();
  const display = new TrainingDisplay(output, settings.epochs, run.label);
  const events = trainer.run();
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    const event = next.value;
    let isKept = false;
    if (event.event === "step") {
      display.step(event);
    } else if (event.event === "epoch") {
      display.epoch(event);
      output.event(epochJson(event));
      const isDue = performance.now() - kept >= 1000 * checkpointSeconds;
      if (isDue) await writeReports(run);
      isKept = isDue && divergenceOf(trainer.stop) === undefined;
      if (isKept) {
        await writeRunFile(folder.checkpoint, model.checkpoint(trainer, settingsJson(settings)));
        kept = performance.now();
      }
    } else {
      display.report(event, reportEvery(event, settings), trainer.stepsPerEpoch);
      output.event({ ...event });
    }
    run.watch?.(event, isKept);
  }
}

async function interrupt(run: TrainingRun, context: Context): Promise<never> {
  const { model, trainer, settings, folder } = run;
  const { signal, output, checkpointSeconds } = context;
  // The checkpoint of the last epoch has the weights before they were averaged, or those of the best epoch came in their place.
  const { epoch, step, stepInEpoch, history, stop } = trainer.progress;
  const isOver = epoch === settings.epochs || stop !== undefined;
  if (!isOver || (!existsSync(folder.checkpoint) && checkpointSeconds === undefined))
    await writeRunFile(folder.checkpoint, model.checkpoint(trainer, settingsJson(settings)));
  await writeReports(run);
  if (history.length > 0) await writeCurves(run, context);
  // Something else than Ctrl-C, such as output that cannot be written, tells of itself.
  if (!(signal.reason instanceof Interrupted)) throw signal.reason;
  output.event({ event: "interrupted", epoch: epoch + 1, step, checkpoint: folder.checkpoint });
  const where = isOver
    ? "after the last epoch, before the test"
    : `in epoch ${epoch + 1} of ${settings.epochs}, at step ${stepInEpoch} of ${trainer.stepsPerEpoch}`;
  const command = commandLine(context, "train", "--resume", pathWord(folder.path));
  throw new Interrupted(`interrupted ${where}; nothing is lost, go on with: ${command}`);
}

/** The error of a diverged training with advice that names the files of the run which are still there. */
function withKeptFiles({ folder }: TrainingRun, error: DivergedError): DivergedError {
  const kept = [
    ...(existsSync(folder.checkpoint) ? [`the checkpoint of the last good epoch is ${folder.checkpoint}`] : []),
    ...(existsSync(folder.best) ? [`the best model until then is ${folder.best}`] : []),
  ];
  return retold(error, { advice: [error.advice, ...kept].join("; ") });
}

/** Notes of a model file on its training, without paths of this machine. */
function notes(settings: RunSettings) {
  const { backbone, data } = settings;
  const named = backbone && { ...backbone, file: basename(backbone.file) };
  return settingsJson({ ...settings, backbone: named, data: { ...data, folder: null } });
}

async function writeFigures(
  run: TrainingRun,
  figures: TestFigures | undefined,
  outcome: RunOutcome,
  context: Context,
): Promise<void> {
  const { folder } = run;
  const tested = testJson(outcome.on === "test" ? figures : undefined);
  const json = { ...tested, ...outcome, ...(figures && detailsJson(figures)), ...runFacts(run) };
  await writeRunFile(folder.metrics, `${JSON.stringify(json, null, 2)}\n`, context);
  // Which label is taken for which is not known where an image may have several.
  if (!(figures?.metrics instanceof ClassificationMetrics)) return;
  const title = matrixTitle(figures, outcome);
  await writeRunFile(folder.confusion, confusionMatrix(figures.metrics, figures.classNames, title), context);
}

/** The figures of the last epoch on the images that it trained on. */
function lastFigures(epochs: readonly EpochEvent[]) {
  const last = epochs.at(-1);
  return last && { loss: last.trainLoss, accuracy: last.trainAccuracy };
}

function report(run: TrainingRun, figures: TestFigures | undefined, outcome: RunOutcome, context: Context): void {
  const { data, folder, model, trainer } = run;
  const { output } = context;
  const { style } = output;
  const facts = runFacts(run);
  const { seconds, trainSeconds } = facts;
  output.text();
  output.result(
    figures === undefined
      ? `No test images in ${data.loaded.title}; trained in ${duration(trainSeconds)}`
      : style.bold(outcomeLine(figures, outcome, style.green)),
  );
  const best = bestLine(outcome, run.settings);
  if (best !== undefined) output.text(best);
  output.text(`Trained in ${duration(trainSeconds)}; ${duration(seconds)} in all`);
  const last = figures ?? lastFigures(trainer.progress.history);
  const diverged = last !== undefined && isFarFromGuessing(last, data.train.classes);
  if (diverged) {
    const { learningRate } = model.network.optimizer ?? {};
    output.remark(guessingNote(last, { classes: data.train.classes, learningRate, steps: trainer.progress.step }));
  } else if (wantsBackbone(run)) {
    output.text("With so few pictures a network that was trained on many others before would do better than one");
    output.text("from random weights: --backbone FILE takes the features of one, and trains a new last layer.");
  }
  output.text();
  output.text(`Model     ${folder.model}`);
  if (outcome.bestEpoch !== null)
    output.text(`          ${folder.last} ${style.dim("(the weights of the last epoch)")}`);
  output.text(
    `Run       ${folder.path} ${style.dim(`(settings, history, curves${haveLabels(data.train) ? "" : ", confusion matrix"})`)}`,
  );
  const [, , channels] = run.transfer?.shape ?? data.train.shape;
  const place = pathWord(folder.path);
  const next = [
    ...(outcome.on === "test" || data.choice === "val"
      ? [["eval", place, ...sourceArguments(data.loaded.source)]]
      : []),
    ...(channels === 1 || channels === 3 ? [["predict", place, "IMAGE.png"]] : []),
    ["inspect", place],
  ];
  for (const [i, words] of next.entries())
    output.text(`${i === 0 ? "Next" : "    "}      ${commandLine(context, ...words)}`);
  const tested = outcome.on === "test" ? figures : undefined;
  const done = doneEvent(model, folder.model, tested, { all: seconds, train: trainSeconds }, diverged);
  output.event({ ...done, last: outcome.bestEpoch === null ? null : folder.last, ...outcome, ...facts });
}

/** Number of photographs below which a network that others have trained helps more than anything else. */
const FEW = 5000;

/** True for photographs that are too few to train a network from random weights. */
function wantsBackbone({ data: { train }, settings }: TrainingRun): boolean {
  return settings.isRecipe && settings.network === photos.name && train.length < FEW;
}
