import { stat } from "node:fs/promises";
import type { EngineOptions } from "../engine/engine-options.ts";
import { InputRangeError, isInputError, retold } from "../errors.ts";
import { type Checkpoint, type NamedArray, readCheckpoint } from "../formats/checkpoint.ts";
import { isRecord } from "../json.ts";
import { pathExists } from "../node/files.ts";
import { readSafetensors } from "../node/safetensors.ts";
import { loadModel } from "../training/load-model.ts";
import type { Model } from "../training/model.ts";
import { type Progress, readProgress } from "../training/progress.ts";
import { expectNoNetwork } from "./model-and-network.ts";
import { RunFolder } from "./run-folder.ts";
import { resolveRun } from "./runs/name.ts";

/** A model file, read and checked. */
export interface ModelFile {
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

/**
 * Reads a model file, a checkpoint, or the model of a run.
 *
 * @param word a path, or the name of a run as `resolveRun` reads it
 * @param who stands in messages
 * @throws UsageError if the name is not that of one run, or a network's; FileError, RangeError if it cannot be read or is none
 */
export async function readModelFile(word: string, who = "model"): Promise<ModelFile> {
  const path = await resolveRun(who, word);
  await expectNoNetwork(who, word, path);
  const info = await stat(path).catch(() => undefined);
  const file = info?.isDirectory() ? await lastModel(new RunFolder(path)) : path;
  return { path: file, checkpoint: readCheckpoint(await readSafetensors(file, { convert: true }), modelTitle(file)) };
}

/** The model of a finished run, else the checkpoint of an unfinished one. */
async function lastModel({ model, checkpoint }: RunFolder): Promise<string> {
  return (await pathExists(model)) || !(await pathExists(checkpoint)) ? model : checkpoint;
}

/**
 * Puts a model together to work with.
 *
 * @throws TypeError, RangeError if the file contradicts itself, or a weight is not a finite number
 */
export async function openModel(
  { path, checkpoint }: ModelFile,
  engine: EngineOptions,
  training = false,
): Promise<Model> {
  for (const [name, { data }] of checkpoint.weights) checkFinite(path, name, data);
  try {
    return await loadModel(checkpoint, { ...engine, training });
  } catch (error) {
    throw inModelFile(path, error);
  }
}

/** A model file in messages. */
export function modelTitle(path: string): string {
  return `model ${JSON.stringify(path)}`;
}

/** An error of wrong input with the model file that it lies in; others as they are. */
export function inModelFile(path: string, error: unknown): unknown {
  if (!isInputError(error)) return error;
  // The path of the wrong file matters more than the word "model".
  const title = modelTitle(path);
  return retold(error, { who: error.who === "model" ? title : `${title}: ${error.who}` });
}

function checkFinite(path: string, name: string, data: NamedArray["data"]): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const who = `${modelTitle(path)}: weights ${JSON.stringify(name)}`;
  throw new InputRangeError(who, "finite numbers", `${data[at]} at index ${at}`);
}

/** The place that the run of a checkpoint has reached; undefined for finished models. */
export function progressOf({ checkpoint: { training } }: ModelFile): Progress | undefined {
  return isRecord(training?.state) ? readProgress(training.state.progress) : undefined;
}

/** Notes on the run that `train` put in a model file; undefined for models that were saved otherwise. */
export function runNotes({ checkpoint }: ModelFile): Readonly<Record<string, unknown>> | undefined {
  const notes = checkpoint.settings.run;
  if (isRecord(notes)) return notes;
  const { training } = checkpoint;
  const settings = isRecord(training?.state) ? training.state.settings : undefined;
  return isRecord(settings) ? settings : undefined;
}
