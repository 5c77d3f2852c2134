import { isRecord } from "../json.ts";
import { checkNumber, readFields } from "../json-fields.ts";
import type { EpochEvent } from "./events.ts";

/** Where a run stands: all that a resumed run needs besides weights, optimizer state and options. */
export interface Progress {
  /** Epochs done. */
  readonly epoch: number;
  /** Steps done in the current epoch. */
  readonly stepInEpoch: number;
  /** Steps done since the start. */
  readonly step: number;
  /** Sums over the current epoch so far. */
  readonly loss: number;
  readonly correct: number;
  readonly images: number;
  readonly trainSeconds: number;
  /** What callbacks made of the schedule's learning rate. */
  readonly learningRateFactor: number;
  /** A callback's reason for ending the run. */
  readonly stopped: string | null;
  readonly history: readonly EpochEvent[];
}

/** Where a run begins. */
export const START: Progress = {
  epoch: 0,
  stepInEpoch: 0,
  step: 0,
  loss: 0,
  correct: 0,
  images: 0,
  trainSeconds: 0,
  learningRateFactor: 1,
  stopped: null,
  history: [],
};

/**
 * Progress from a checkpoint's JSON.
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
    "learningRateFactor",
    "stopped",
    "history",
  ] as const;
  const fields = readFields(who, json, keys);
  const count = (name: (typeof keys)[number]) => checkNumber(who, name, fields[name], { whole: true, minimum: 0 });
  const number = (name: (typeof keys)[number]) => checkNumber(who, name, fields[name]);
  const { stopped, history } = fields;
  if (stopped !== null && typeof stopped !== "string")
    throw new TypeError(`${who}: expected stopped to be text or null`);
  if (!Array.isArray(history)) throw new TypeError(`${who}: expected history to be a list`);
  return {
    epoch: count("epoch"),
    stepInEpoch: count("stepInEpoch"),
    step: count("step"),
    loss: number("loss"),
    correct: count("correct"),
    images: count("images"),
    trainSeconds: number("trainSeconds"),
    learningRateFactor: number("learningRateFactor"),
    stopped,
    history: history.map(readEpochEvent),
  };
}

function readEpochEvent(json: unknown): EpochEvent {
  const who = "resume: history";
  if (!isRecord(json)) throw new TypeError(`${who}: expected objects, got ${typeof json}`);
  // JSON has no NaN: an accuracy that a loss does not know was written as null.
  const number = (name: string) => (json[name] === null ? Number.NaN : checkNumber(who, name, json[name]));
  return {
    event: "epoch",
    epoch: number("epoch"),
    epochs: number("epochs"),
    trainLoss: number("trainLoss"),
    trainAccuracy: number("trainAccuracy"),
    ...(json.valLoss !== undefined && { valLoss: number("valLoss"), valAccuracy: number("valAccuracy") }),
    lr: number("lr"),
    imagesPerSecond: number("imagesPerSecond"),
    seconds: number("seconds"),
  };
}
