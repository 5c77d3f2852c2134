import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { text } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { type Fields, readFields } from "../options/objects.ts";
import type { Stop } from "./callback.ts";
import type { EpochEvent, ReportEvent } from "./events.ts";
import type * as Later from "./later.ts";
import { type MetricCounts, readCounts } from "./metric-counts.ts";
import { readReport } from "./reports.ts";

/** Position of a run: all that a resumed run needs besides weights, optimizer state and options. */
export interface Progress {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done in the current epoch. */
  readonly stepInEpoch: number;
  /** Steps done since the start. */
  readonly step: number;
  /** Sums over the current epoch so far. */
  readonly loss: number;
  /** Right answers in the current epoch so far. */
  readonly correct: number;
  /** Images of the current epoch so far. */
  readonly images: number;
  /** Seconds of training in the current epoch so far. */
  readonly trainSeconds: number;
  /** Counts of the predictions in the current epoch so far, where the run has metrics. */
  readonly counts?: MetricCounts;
  /** Sums since the last event `average`. */
  readonly averaged: Sums;
  /** Number of reports that were already given after the last step. */
  readonly reported: number;
  /** The factor of the learning rate that callbacks have set. */
  readonly learningRateFactor: number;
  /** The reason for which a callback has ended the run. */
  readonly stop?: Stop;
  /** The events of the epochs that are done. */
  readonly history: readonly EpochEvent[];
  /** Averages and evaluations in the course of the epochs. */
  readonly reports: readonly ReportEvent[];
}

/** Sums over images. */
export type Sums = {
  /** Sum of the images' losses. */
  readonly loss: number;
  /** Right answers. */
  readonly correct: number;
  /** Number of images. */
  readonly images: number;
};

/** Sums over the images of a step, and counts of their predictions. */
type StepSums = Sums & { readonly counts?: MetricCounts | undefined };

const NO_SUMS: Sums = { loss: 0, correct: 0, images: 0 };

/** The position at which a run begins. */
export const START: Progress = {
  epoch: 0,
  stepInEpoch: 0,
  step: 0,
  loss: 0,
  correct: 0,
  images: 0,
  trainSeconds: 0,
  averaged: NO_SUMS,
  reported: 0,
  learningRateFactor: 1,
  history: [],
  reports: [],
};

/**
 * The position after a step, with its sums over images and its time.
 *
 * @param later adds up counts; undefined without metrics
 */
export function afterStep(
  before: Progress,
  { loss, correct, images, counts }: StepSums,
  seconds: number,
  later: typeof Later | undefined,
): Progress {
  const { averaged } = before;
  return {
    ...before,
    stepInEpoch: before.stepInEpoch + 1,
    step: before.step + 1,
    loss: before.loss + loss,
    correct: before.correct + correct,
    images: before.images + images,
    trainSeconds: before.trainSeconds + seconds,
    ...(counts && later && { counts: later.addCounts(before.counts, counts) }),
    averaged: {
      loss: averaged.loss + loss,
      correct: averaged.correct + correct,
      images: averaged.images + images,
    },
    reported: 0,
  };
}

/** The position after a report. */
export function afterReport(before: Progress, event: ReportEvent): Progress {
  return {
    ...before,
    reported: before.reported + 1,
    ...(event.event === "average" && { averaged: NO_SUMS }),
    reports: [...before.reports, event],
  };
}

/** The position at the begin of the next epoch. */
export function afterEpoch({ counts: _, ...before }: Progress, event: EpochEvent): Progress {
  return {
    ...before,
    epoch: before.epoch + 1,
    stepInEpoch: 0,
    loss: 0,
    correct: 0,
    images: 0,
    trainSeconds: 0,
    history: [...before.history, event],
  };
}

/** Throws a RangeError unless a position is one of a run of so many epochs of so many steps. */
export function checkProgress({ epoch, stepInEpoch, step }: Progress, epochs: number, steps: number): void {
  if (epoch * steps + stepInEpoch === step && stepInEpoch <= steps && epoch <= epochs) return;
  throw new InputRangeError(
    "resume",
    `a run of ${epochs} epochs of ${steps} steps`,
    `one at epoch ${epoch}, step ${stepInEpoch}, ${step} in all`,
  );
}

/**
 * Reads a run's position from a checkpoint's JSON.
 *
 * @throws TypeError, RangeError if something is missing or of the wrong kind
 */
export function readProgress(json: unknown): Progress {
  const who = "resume";
  const keys = [
    "epoch",
    "stepInEpoch",
    "step",
    "loss",
    "correct",
    "images",
    "trainSeconds",
    "counts",
    "averaged",
    "reported",
    "learningRateFactor",
    "stopped",
    "stop",
    "history",
    "reports",
  ] as const;
  const fields = readFields(who, json, keys);
  const count = (name: (typeof keys)[number]) => checkNumber(who, name, fields[name], { whole: true, minimum: 0 });
  const number = (name: (typeof keys)[number]) => checkNumber(who, name, fields[name]);
  // Earlier versions had no reports.
  const { history, reports = [] } = fields;
  const stop = readStop(fields);
  if (!Array.isArray(history)) throw new InputTypeError(who, "history to be a list", shown(history));
  if (!Array.isArray(reports)) throw new InputTypeError(who, "reports to be a list", shown(reports));
  return {
    epoch: count("epoch"),
    stepInEpoch: count("stepInEpoch"),
    step: count("step"),
    loss: number("loss"),
    correct: count("correct"),
    images: count("images"),
    trainSeconds: number("trainSeconds"),
    ...(fields.counts !== undefined && { counts: readCounts("resume: counts", fields.counts) }),
    averaged: fields.averaged === undefined ? NO_SUMS : readSums(fields.averaged),
    reported: fields.reported === undefined ? 0 : count("reported"),
    learningRateFactor: number("learningRateFactor"),
    ...(stop !== undefined && { stop }),
    history: history.map(readEpochEvent),
    reports: reports.map(readReport),
  };
}

/** The reason for an end; earlier versions kept its text, or null, and the earliest nothing else. */
function readStop({ stop: json, stopped: former = null }: Fields<"stop" | "stopped">): Stop | undefined {
  const readText = text();
  if (former !== null && typeof former !== "string")
    throw new InputTypeError("resume", "stopped to be text or null", shown(former));
  if (json === undefined) return former === null ? undefined : { stopped: former };
  const who = "resume: stop";
  const { stopped, by, reason, divergence } = readFields(who, json, ["stopped", "by", "reason", "divergence"]);
  const { expected, got } = readFields(who, divergence ?? {}, ["expected", "got"]);
  return {
    stopped: readText.read(who, "stopped", stopped),
    ...(by !== undefined && { by: readText.read(who, "by", by) }),
    ...(reason !== undefined && { reason: readText.read(who, "reason", reason) }),
    ...(divergence !== undefined && {
      divergence: { expected: readText.read(who, "expected", expected), got: readText.read(who, "got", got) },
    }),
  };
}

function readSums(json: unknown): Sums {
  const who = "resume: averaged";
  const { loss, correct, images } = readFields(who, json, ["loss", "correct", "images"]);
  const whole = { whole: true, minimum: 0 };
  return {
    loss: checkNumber(who, "loss", loss),
    correct: checkNumber(who, "correct", correct, whole),
    images: checkNumber(who, "images", images, whole),
  };
}

function readEpochEvent(json: unknown): EpochEvent {
  const who = "resume: history";
  if (!isRecord(json)) throw new InputTypeError(who, "objects", typeof json);
  // JSON has no NaN: an accuracy that a loss does not know was written as null.
  const number = (name: string) => (json[name] === null ? Number.NaN : checkNumber(who, name, json[name]));
  return {
    event: "epoch",
    epoch: number("epoch"),
    epochs: number("epochs"),
    trainLoss: number("trainLoss"),
    trainAccuracy: number("trainAccuracy"),
    ...(json.valLoss !== undefined && { valLoss: number("valLoss"), valAccuracy: number("valAccuracy") }),
    ...(json.trainMetrics !== undefined && { trainMetrics: readMetrics(json.trainMetrics) }),
    ...(json.valMetrics !== undefined && { valMetrics: readMetrics(json.valMetrics) }),
    lr: number("lr"),
    imagesPerSecond: number("imagesPerSecond"),
    seconds: number("seconds"),
  };
}

function readMetrics(json: unknown): Readonly<Record<string, number>> {
  const who = "resume: history: metrics";
  if (!isRecord(json)) throw new InputTypeError(who, "an object", shown(json));
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, value === null ? Number.NaN : checkNumber(who, name, value)]),
  );
}
