import { type FileSource, placeOf } from "../data/file-source.ts";
import { ENGINE } from "../engine/engine-options.ts";
import { InputRangeError, InputTypeError, listed } from "../errors.ts";
import { type Checkpoint, type NamedArray, readCheckpoint } from "../formats/checkpoint.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import { isRecord, type Json } from "../json.ts";
import type { Architecture } from "../model/architecture.ts";
import { frozenWeights } from "../model/freezing.ts";
import { readArchitecture } from "../model/read-architecture.ts";
import { isMap } from "../numeric/array-kinds.ts";
import { flag } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { Model } from "./model.ts";
import { AVERAGE } from "./model-contents.ts";
import { BATCH_SIZE, readModelSettings, SEED } from "./model-settings.ts";
import { readModelFile } from "./model-source.ts";
import { CLASSES, forClasses } from "./new-classes.ts";
import { parseOptimizer } from "./optimizers.ts";
import { readProgress } from "./progress.ts";
import type { Trainer } from "./trainer.ts";

/** The options of `loadModel`. */
export const LOAD_OPTIONS = {
  ...ENGINE,
  /** Largest number of images that are worked on at once. Without it as the model was trained with. */
  batchSize: { kind: BATCH_SIZE, optional: true },
  /** Compiles with the optimizer of the file too, to go on training. */
  training: { kind: flag(), default: false },
  /** Classes to train for: names, or their number. Where they are not the file's, the last dense or convolution layer begins anew. */
  classes: { kind: CLASSES, optional: true },
  /** Seed of everything random from now on. Without it that of the file. */
  seed: { kind: SEED, optional: true },
} as const satisfies OptionSchema;

/** Options of `loadModel`. */
export interface LoadOptions extends OptionsOf<typeof LOAD_OPTIONS> {}

/**
 * A compiled model from a model file or a checkpoint.
 *
 * @param file its bytes, a `Blob`, an address, in Node also a path, or the checkpoint that `readCheckpoint` read from it
 * @throws TypeError, RangeError if it is not such a file, or its weights do not fit its architecture
 * @throws FileError in Node, for a path that cannot be read
 * @example
 * const model = await loadModel("runs/pets/model.safetensors");
 * const [best] = await model.classify("photo.jpg");
 * @example
 * const model = await loadModel(bytes, { classes: train.classNames }); // its weights, to begin with on other data
 * await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy" });
 */
export async function loadModel(file: FileSource | Checkpoint, options: LoadOptions = {}): Promise<Model> {
  const checkpoint = await readModelContents(file);
  const { training, classes, seed, ...engine } = readOptions("loadModel", LOAD_OPTIONS, options);
  const settings = readModelSettings("model", checkpoint.settings);
  const { batchSize, loss, optimizer, scaling } = settings;
  const architecture = readArchitecture(checkpoint.model);
  checkWeights(architecture, checkpoint);
  const { classNames } = settings;
  const chosen =
    classes === undefined
      ? { architecture, classNames, fresh: [] }
      : forClasses(architecture, classNames, classes, "loadModel");
  const model = new Model(chosen.architecture, seed ?? settings.seed);
  model.classNames = chosen.classNames;
  model.scaling = scaling;
  if (training && optimizer === undefined)
    throw new InputTypeError("model", "a file with an optimizer", "none", "missing");
  await model.compile({
    ...engine,
    batchSize: engine.batchSize ?? batchSize,
    ...(loss !== undefined && { loss }),
    ...(training && { optimizer: parseOptimizer(optimizer) }),
  });
  restoreWeights(model, checkpoint, chosen.fresh);
  return model;
}

/**
 * Gives a compiled model the weights of a file.
 *
 * @param fresh paths of layers that keep their initial weights
 */
export function restoreWeights(
  model: Model,
  { weights }: Pick<Checkpoint, "weights">,
  fresh: readonly string[] = [],
): void {
  const isFresh = (name: string) => fresh.includes(name.slice(0, name.lastIndexOf("/")));
  for (const [name, { data }] of weights) if (!isFresh(name)) model.setWeight(name, data);
}

/** The contents of a model file, which may keep weights in half precision; what is read already comes back. */
export async function readModelContents(file: FileSource | Checkpoint): Promise<Checkpoint> {
  if (isCheckpoint(file)) return file;
  const bytes = await readModelFile(file);
  const name = placeOf(file);
  const title = name === undefined ? "model" : `model ${JSON.stringify(name)}`;
  return readCheckpoint(decodeSafetensors(bytes, { name, convert: true }), title);
}

function isCheckpoint(file: unknown): file is Checkpoint {
  return isRecord(file) && isMap(file.weights);
}

/** Throws unless the file holds just the weights that its architecture has, all finite. Done before memory is allocated. */
export function checkWeights(architecture: Architecture, { weights }: Checkpoint): void {
  const wanted = new Map(architecture.parameters().map(({ name, shape }) => [name, shape]));
  for (const [name, shape] of wanted) {
    const got = weights.get(name);
    if (got === undefined) throw new InputRangeError("model", `weights "${name}" [${shape}]`, "none", "missing");
    if (got.shape.join() !== shape.join()) {
      throw new InputRangeError("model", `weights "${name}" of shape [${shape}]`, `[${got.shape}]`, "shape-mismatch");
    }
    const wrong = got.data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new InputRangeError("model", `finite weights "${name}"`, `${got.data[wrong]} at index ${wrong}`);
    }
  }
  for (const name of weights.keys()) {
    if (!wanted.has(name)) throw new InputRangeError("model", "weights that a layer has", `"${name}"`, "unknown-name");
  }
}

/** The caller's settings of a checkpointed run, as `Model.checkpoint` was given them. */
export function runSettings({ training }: Checkpoint): unknown {
  if (training === undefined) {
    throw new InputRangeError("resume", "a checkpoint of an unfinished run", "a finished model");
  }
  return isRecord(training.state) ? training.state.settings : undefined;
}

/**
 * Puts a run back to where a checkpoint left it: optimizer state, callbacks, place in the data. The trainer must have been
 * made with the same data and options, by a model loaded from the same checkpoint with `training`; `runReading` says how the
 * run's files were read.
 *
 * @throws TypeError, RangeError if the checkpoint holds no run, or one that does not fit, or the model has a run under way
 */
export function resumeTrainer(trainer: Trainer, { model, training }: Checkpoint): void {
  if (training === undefined || !isRecord(training.state)) {
    throw new InputRangeError("resume", "a checkpoint of an unfinished run", "a finished model");
  }
  trainer.network.turns.expectNoRun("resume");
  const [before, now] = [readArchitecture(model), trainer.network.architecture].map(frozenWeights);
  if (before.join() !== now.join()) {
    throw new InputRangeError(
      "resume",
      "the frozen layers of the checkpoint's run",
      `others: ${listed(before)} there, ${listed(now)} here`,
    );
  }
  const progress = readProgress(training.state.progress);
  restoreSlots(trainer, training.optimizer);
  restoreAverage(trainer, training.optimizer, progress.step);
  const states = isRecord(training.state.callbacks) ? training.state.callbacks : {};
  for (const callback of trainer.callbacks) {
    const state = states[callback.name];
    if (callback.restore === undefined || state === undefined) continue;
    const prefix = `${callback.name}/`;
    const arrays = [...training.callbacks]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { data }]): [string, Float32Array] => [name.slice(prefix.length), data]);
    callback.restore(asJson(state), new Map(arrays));
  }
  trainer.resume(progress);
}

function restoreAverage({ network, average }: Trainer, slots: ReadonlyMap<string, NamedArray>, step: number): void {
  if (average === undefined || !average.has(step)) return;
  const { offset, count } = network.parameters.moving;
  const values = network.view(offset, count).slice();
  for (const { spec, value } of network.parameters.list) {
    if (spec.frozen) continue;
    const average = readSlot(slots, `${AVERAGE}/${spec.name}`, value.size, "averaged values");
    values.set(average, value.offset - offset);
  }
  average.restore(values);
}

/** Numbers that a checkpoint keeps per weight, checked. */
function readSlot(slots: ReadonlyMap<string, NamedArray>, name: string, size: number, what: string): Float32Array {
  const got = slots.get(name);
  if (got?.data.length !== size) {
    throw new InputRangeError("resume", `${size} ${what} "${name}"`, `${got?.data.length}`);
  }
  if (!got.data.every(Number.isFinite))
    throw new InputRangeError("resume", `finite ${what} "${name}"`, "NaN or infinite ones", "damaged-file");
  return got.data;
}

function restoreSlots({ network }: Trainer, slots: ReadonlyMap<string, NamedArray>): void {
  const { optimizer, parameters } = network;
  parameters.slotShifts.forEach((shift, i) => {
    for (const { spec, value, gradient } of parameters.list) {
      if (gradient === undefined) continue;
      const name = `${optimizer?.slots[i]}/${spec.name}`;
      const values = readSlot(slots, name, value.size, "values of the optimizer's");
      network.engine.heap.set(values, value.offset + shift);
    }
  });
  network.parametersChanged();
}

/** Parsed JSON as the type for it. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
