/**
 * What a page holds of models that live in a worker: the library's own names and options, every answer a promise.
 *
 * A `Session` is one worker. Data sets and models stay in it; the page has handles. Settings travel as the JSON that model
 * files keep, images as transferables, so that no call blocks the page.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import type { ClassLabels, Pixels } from "../data/pixels.ts";
import type { DataFileInput } from "../data/read/data-file.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import type { PixelScaling } from "../data/scaling.ts";
import type { Gear } from "../engine/gears.ts";
import type { Json } from "../json.ts";
import type { ModelDescription } from "../model/summary.ts";
import type { FileBytes } from "../numeric/array-kinds.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { DataSettings } from "../recipes/run-settings.ts";
import type { Evaluation, PredictionSettings } from "../training/evaluate.ts";
import type { FitEvent } from "../training/events.ts";
import type { FitOptions } from "../training/fit-options.ts";
import type { LoadOptions } from "../training/load-model.ts";
import type { ClassFigures } from "../training/metrics.ts";
import type { CompileOptions, ModelOptions } from "../training/model.ts";
import type { PredictOptions } from "../training/predict.ts";
import type { History } from "../training/trainer.ts";
import type { WhitenOptions } from "../training/whitening.ts";

/** A data set that lives in the worker. */
export interface RemoteDataset
  extends Pick<Dataset, "name" | "length" | "shape" | "classes" | "classNames" | "scaling"> {
  /** Copies of some images, `[indices.length, h, w, c]`, and their labels. */
  images(indices: readonly number[]): Promise<{ readonly images: Pixels; readonly labels: ClassLabels | undefined }>;
  /** A part of it as a data set of its own, without a copy. */
  slice(begin: number, end: number): Promise<RemoteDataset>;
  /**
   * Holds images out, as `splitDataset` does: the last ones, or where images of one class lie together each class's share.
   *
   * @param part a number of images (1 or more), or a fraction of them (below 1)
   * @param draw `order` for the last ones, `classes` for each class's share, in any case
   */
  split(part: number, draw?: Draw): Promise<{ readonly rest: RemoteDataset; readonly heldOut: RemoteDataset }>;
  /** Frees it. */
  dispose(): Promise<void>;
}

/** What runs a remote model. */
export interface RemoteEngine {
  readonly gear: Gear;
  readonly threads: number;
  /** Workers with memories of their own that share the batch, this one included; 1 with shared memory. */
  readonly replicas: number;
  /** What would make it faster: one line for people. */
  readonly reason: string | undefined;
  /** Bytes of the heap. */
  readonly memory: number;
}

/** `compile` in a worker. */
export interface RemoteCompileOptions extends CompileOptions {
  /**
   * Where memory cannot be shared: workers with memories of their own that exchange gradients each step. `"auto"`: one for
   * each core where threads cannot be had. Default 1. More than one sums in another order than one alone does.
   */
  replicas?: number | "auto";
}

/** What `fit` takes, as far as it can travel: no callbacks and no signal, but their names. */
export interface RemoteFitOptions extends Omit<FitOptions, "validation" | "callbacks" | "signal"> {
  validation?: RemoteDataset;
  /** Stops when the validation loss (else the training loss) has not improved for so many epochs. Default off. */
  earlyStopping?: { patience: number };
  /** Lowers the learning rate to a tenth when that loss has not improved for so many epochs. Default off. */
  reduceOnPlateau?: { patience: number };
  /** Ends the run when the loss is not a number. Default true. */
  stopOnNaN?: boolean;
  /** Begins in the paused state. Default false. */
  paused?: boolean;
  /**
   * The bytes of a checkpoint that the run goes on from: of a page or of the command line. The model has to be loaded from
   * it with `training`, and the data has to be the same; options that are not given are those of the checkpoint.
   */
  checkpoint?: FileBytes;
}

/** What a checkpoint says beyond what the worker knows: for the command line. A type alias because interfaces do not fit `Json`. */
export type CheckpointNotes = {
  /** Name of the network, for people. Default `"custom"`. */
  readonly network?: string;
  /** Where the data is, such as `{ source: "mnist" }`. */
  readonly data?: Partial<Pick<DataSettings, "source" | "folder" | "reader">>;
};

/** A training run in a worker. Iterating over it gives its events; not iterating costs nothing. */
export interface RemoteRun extends AsyncIterable<FitEvent> {
  /** Resolves when the run has ended, rejects if it failed. */
  readonly finished: Promise<History>;
  readonly state: "running" | "paused" | "ended";
  /** Resolves once no step runs any more. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Makes one step of a paused run. */
  step(): Promise<void>;
  /** Ends the run after the current step, and resolves once `finished` has; it can be checkpointed first. */
  stop(): Promise<History>;
  /** Multiplies the schedule's learning rate from the next step on; 1 at first. */
  setLearningRateFactor(factor: number): Promise<void>;
  /**
   * The bytes of a checkpoint between two steps, of this run or after it: the same file as the command line's, which goes on
   * with `convasm train --resume FILE` if it can have the data: generated digits of seed 0 by itself, others with `--data`.
   */
  checkpoint(notes?: CheckpointNotes): Promise<Uint8Array>;
}

/** What a model makes of each image of a data set. */
export interface RemoteReport extends Evaluation {
  /** `[n]`: the class of each image, by its place among the model's. */
  readonly labels: ClassLabels;
  /** `[n]`: the class with the highest score. */
  readonly predictions: Uint16Array;
  /** `[n]`: the score of that class, of the softmax where the loss has one. */
  readonly confidences: Float32Array;
  /** `[n]`: the loss of each image. */
  readonly losses: Float32Array;
  /** `[classes][classes]`, rows are the true classes. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly ClassFigures[];
  /** Notes on the figures, such as classes without an image: a sentence each, for people. */
  readonly notes: readonly string[];
}

/** The output of one layer for one image. */
export interface LayerActivation {
  /** The layer's path in the model, such as `conv2d` or `residual/relu`. */
  readonly path: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A model that lives in a worker. Methods fail as those of `Model` do, with the same errors. */
export interface RemoteModel {
  readonly seed: number;
  readonly classNames: readonly string[] | undefined;
  /** As `Model.scaling`: how the training data's pixels became what they are. */
  readonly scaling: PixelScaling | undefined;
  /** Undefined before `compile`. */
  readonly engine: RemoteEngine | undefined;
  /** As `Model.freeze`: counts from the next `compile`. */
  freeze(prefix: string): Promise<void>;
  unfreeze(prefix: string): Promise<void>;
  compile(options?: RemoteCompileOptions): Promise<RemoteEngine>;
  /** Starts a training run; one at a time. */
  fit(data: RemoteDataset, options?: RemoteFitOptions): Promise<RemoteRun>;
  evaluate(data: RemoteDataset, options?: PredictionSettings): Promise<Evaluation>;
  /** The same, image by image: what confusion matrices and galleries of mistakes are made of. */
  report(data: RemoteDataset, options?: PredictionSettings): Promise<RemoteReport>;
  predict(images: Pixels | Uint8ClampedArray, options?: PredictOptions): Promise<Float32Array>;
  /** An array for each output, by their names. */
  predictOutputs(
    images: Pixels | Uint8ClampedArray,
    options?: PredictOptions,
  ): Promise<Readonly<Record<string, Float32Array>>>;
  /** The output of every layer for one image, in the order of the layers. Works while a run goes on, between two steps. */
  activations(image: Pixels | Uint8ClampedArray): Promise<readonly LayerActivation[]>;
  weights(): Promise<ReadonlyMap<string, readonly number[]>>;
  getWeight(name: string): Promise<Float32Array>;
  /** The gradient of a weight in the last training step; zeros before the first. */
  getGradient(name: string): Promise<Float32Array>;
  setWeight(name: string, values: ArrayLike<number>): Promise<void>;
  /** Gives the first convolution filters that whiten patches of the images, as `whiten` does. */
  whiten(data: RemoteDataset, options?: WhitenOptions): Promise<void>;
  describe(): Promise<ModelDescription>;
  summary(): Promise<string>;
  /** SHA-256 of all weights, in hexadecimal: the same as the command line's. */
  weightsSha256(): Promise<string>;
  save(run?: Json): Promise<Uint8Array>;
  dispose(): Promise<void>;
}

export interface RemoteReadData {
  readonly format: string;
  readonly train: RemoteDataset | undefined;
  readonly test: RemoteDataset | undefined;
  readonly notes: readonly string[];
}

export interface SessionOptions {
  /** Called once if the worker is lost, with what to tell people: all promises under way reject with the same text. */
  onLost?: (reason: string) => void;
}

/** One worker, with the data sets and models in it. */
export interface Session {
  /** Checks the network as `createModel` does. */
  createModel(options: ModelOptions): Promise<RemoteModel>;
  /** Reads a model file or a checkpoint. */
  loadModel(file: FileBytes, options?: LoadOptions & Pick<RemoteCompileOptions, "replicas">): Promise<RemoteModel>;
  /** Draws digits in the worker. Default: 10,000 of seed 0, from the first one on. */
  digits(options?: Partial<DigitsOptions>): Promise<RemoteDataset>;
  /** Reads files in the worker, so that the page does not stand still. */
  readData(
    files: readonly DataFileInput[],
    options?: ReadSettings & { onProgress?: (done: number, total: number | undefined) => void },
  ): Promise<RemoteReadData>;
  /** Moves a data set to the worker. With `transfer` its memory goes there and is gone here; else it is copied. */
  addDataset(data: Dataset, options?: { transfer?: boolean }): Promise<RemoteDataset>;
  /** Gears that the worker's host has. */
  gears(): Promise<readonly Gear[]>;
  /** Ends the worker and all that lives in it: what is not done rejects, what is done stays so. */
  terminate(): void;
}
