/**
 * Readers of specs and results of runs from files and messages that are not to be trusted.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import type { EndedRun, Fold, RunResult, RunSpec, RunTimes, Settings } from "./trial.ts";

/** Name of the file in a run's folder that has its result: an {@link EndedRun}. */
export const RESULT_FILE = "result.json";

const WHOLE = { whole: true, minimum: 0 } as const;

/**
 * Reads the spec of a run.
 *
 * @throws TypeError, RangeError for anything that is none
 */
export function readRunSpec(who: string, json: unknown): RunSpec {
  const fields = readFields(who, json, ["index", "trial", "settings", "seed", "fold", "budget", "from"]);
  return {
    index: checkNumber(who, "index", fields.index, WHOLE),
    trial: checkNumber(who, "trial", fields.trial, WHOLE),
    settings: readSettings(`${who}: settings`, fields.settings),
    seed: checkNumber(who, "seed", fields.seed, WHOLE),
    ...(fields.fold !== undefined && { fold: readFold(`${who}: fold`, fields.fold) }),
    ...(fields.budget !== undefined && {
      budget: checkNumber(who, "budget", fields.budget, { whole: true, minimum: 1 }),
    }),
    ...(fields.from !== undefined && { from: checkNumber(who, "from", fields.from, WHOLE) }),
  };
}

function readFold(who: string, json: unknown): Fold {
  const { index, of } = readFields(who, json, ["index", "of"]);
  const parts = checkNumber(who, "of", of, { whole: true, minimum: 2 });
  return { index: checkNumber(who, "index", index, { whole: true, minimum: 0, below: parts }), of: parts };
}

/** Reads settings: an object of JSON values by their keys. */
export function readSettings(who: string, json: unknown): Settings {
  if (!isRecord(json)) throw new InputTypeError(who, "an object of settings", shown(json));
  const copy: { readonly [key: string]: Json } = JSON.parse(JSON.stringify(json));
  return copy;
}

/**
 * Reads a run that has ended, such as its `result.json` has it.
 *
 * @throws TypeError, RangeError for anything that is none
 */
export function readEndedRun(who: string, json: unknown): EndedRun {
  const { result, times } = readFields(who, json, ["result", "times"]);
  return { result: readRunResult(`${who}: result`, result), times: readTimes(`${who}: times`, times) };
}

function readRunResult(who: string, json: unknown): RunResult {
  const fields = readFields(who, json, ["index", "trial", "status", "value", "metrics", "epochs", "curve", "error"]);
  const { status, value, error } = fields;
  if (status !== "done" && status !== "failed")
    throw new InputRangeError(who, "status to be done or failed", shown(status));
  if (status === "done" && value === undefined) throw new InputRangeError(who, "a value", "none", "missing");
  if (error !== undefined && typeof error !== "string")
    throw new InputTypeError(who, "error to be a text", shown(error));
  return {
    index: checkNumber(who, "index", fields.index, WHOLE),
    trial: checkNumber(who, "trial", fields.trial, WHOLE),
    status,
    ...(value !== undefined && { value: checkNumber(who, "value", value) }),
    metrics: readMetrics(`${who}: metrics`, fields.metrics),
    epochs: checkNumber(who, "epochs", fields.epochs, WHOLE),
    curve: readCurve(`${who}: curve`, fields.curve),
    ...(error !== undefined && { error }),
  };
}

function readMetrics(who: string, json: unknown): Readonly<Record<string, number>> {
  if (!isRecord(json)) throw new InputTypeError(who, "an object of numbers", shown(json));
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, checkNumber(who, name, value)]));
}

function readCurve(who: string, json: unknown): readonly number[] {
  if (!Array.isArray(json)) throw new InputTypeError(who, "an array of numbers", shown(json));
  return json.map((value: unknown, epoch) => checkNumber(who, `epoch ${epoch + 1}`, value));
}

function readTimes(who: string, json: unknown): RunTimes {
  const { seconds, endedAt, host } = readFields(who, json, ["seconds", "endedAt", "host"]);
  if (typeof endedAt !== "string" || Number.isNaN(Date.parse(endedAt))) {
    throw new InputTypeError(who, "endedAt to be a time", shown(endedAt));
  }
  if (typeof host !== "string") throw new InputTypeError(who, "host to be a text", shown(host));
  return { seconds: checkNumber(who, "seconds", seconds, { minimum: 0 }), endedAt, host };
}
