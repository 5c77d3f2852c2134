import type { PictureSource } from "../data/picture-source.ts";
import type { Pixels } from "../data/pixels.ts";
import { pixelsOf } from "../data/raw-images.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { isRecord, type Json } from "../json.ts";
import type { LayerActivation } from "../model/probe.ts";
import type { ModelDescription } from "../model/summary.ts";
import { readFields } from "../options/objects.ts";
import type { ClassifyOptions, ClassScore } from "../training/classify.ts";
import { COMPILE_OPTIONS, NOT_COMPILE } from "../training/compile-options.ts";
import type { Evaluation } from "../training/evaluation.ts";
import { NOT_FIT } from "../training/fit-options.ts";
import type { PredictOptions } from "../training/predict.ts";
import type { PredictionSettings } from "../training/prediction-settings.ts";
import type { ImageReport } from "../training/report.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type { Connection } from "./connection.ts";
import {
  type CompileSettings,
  REMOTE_FIT_OPTIONS,
  type RemoteCompileOptions,
  type RemoteEngine,
  type RemoteEvaluateOptions,
  type RemoteFitOptions,
} from "./contract.ts";
import type { HostedModel, ModelInfo } from "./hosted-model.ts";
import type { Handle } from "./protocol.ts";
import { Remote } from "./remote.ts";
import { RemoteDataset } from "./remote-dataset.ts";
import { RemoteRun } from "./remote-run.ts";
import { REPLICAS } from "./session-options.ts";

const FIT_KEYS = Object.keys(REMOTE_FIT_OPTIONS);
const COMPILE_KEYS = Object.keys({ ...COMPILE_OPTIONS, ...REPLICAS });

/**
 * A model that lives in a worker: the library's own names and options, every answer a promise. Methods fail as those of `Model`
 * do, with the same errors.
 *
 * A method is declared here, by what it takes and gives, and implemented by the method of `HostedModel` that it calls.
 */
export class RemoteModel {
  readonly seed: number;
  #classNames: readonly string[] | undefined;
  #scaling: PixelScaling | undefined;
  #engine: RemoteEngine | undefined;
  readonly #remote: Remote<HostedModel>;

  /** @internal */
  constructor(connection: Connection, { handle, seed, classNames, scaling, engine }: ModelInfo) {
    this.#remote = new Remote(connection, handle);
    this.seed = seed;
    this.#classNames = classNames;
    this.#scaling = scaling;
    this.#engine = engine;
  }

  get classNames(): readonly string[] | undefined {
    return this.#classNames;
  }

  /** Scaling of the training data's pixels, as `Model.scaling`. */
  get scaling(): PixelScaling | undefined {
    return this.#scaling;
  }

  /** Undefined before `compile`. */
  get engine(): RemoteEngine | undefined {
    return this.#engine;
  }

  /** Freezes layers, as `Model.freeze`: from the next `compile` on. */
  freeze(prefix: string): Promise<void> {
    return this.#remote.call("freeze", prefix);
  }

  /** Trains layers again, as `Model.unfreeze`: from the next `compile` on. */
  unfreeze(prefix: string): Promise<void> {
    return this.#remote.call("unfreeze", prefix);
  }

  async compile(options: RemoteCompileOptions = {}): Promise<RemoteEngine> {
    this.#engine = await this.#remote.call("compile", compileSettings(options));
    return this.#engine;
  }

  /** Starts a training run; one at a time. */
  async fit(data: RemoteDataset, options: RemoteFitOptions = {}): Promise<RemoteRun> {
    readFields("fit", options, FIT_KEYS, NOT_FIT);
    const { validation, checkpoint, signal, ...rest } = options;
    if (signal !== undefined) REMOTE_FIT_OPTIONS.signal.kind.read("fit", "signal", signal);
    const { handle, classNames, scaling } = await this.#remote.call(
      "fit",
      this.#dataset("fit", data),
      validation === undefined ? undefined : this.#dataset("fit: validation", validation),
      checkpoint === undefined ? undefined : REMOTE_FIT_OPTIONS.checkpoint.kind.read("fit", "checkpoint", checkpoint),
      rest,
    );
    this.#classNames = classNames;
    this.#scaling = scaling;
    const run = new RemoteRun(this.#remote, handle, options.paused === true);
    if (signal !== undefined) run.endWith(signal);
    return run;
  }

  async evaluate(data: RemoteDataset, options: RemoteEvaluateOptions = {}): Promise<Evaluation> {
    return this.#remote.call("evaluate", this.#dataset("evaluate", data), options);
  }

  /** Evaluates image by image, for confusion matrices and galleries of mistakes. */
  async report(data: RemoteDataset, options: PredictionSettings = {}): Promise<ImageReport> {
    return this.#remote.call("report", this.#dataset("report", data), options);
  }

  async predict(images: Pixels | Uint8ClampedArray, options: PredictOptions = {}): Promise<Float32Array> {
    pixelsOf("predict", images);
    return this.#remote.call("predict", images, options);
  }

  /** The classes of a picture, as `Model.classify` gives them. A file is decoded in the worker. */
  async classify(picture: PictureSource, options: ClassifyOptions = {}): Promise<ClassScore[]> {
    const { openPicture } = await import("../data/picture-source.ts");
    return this.#remote.call("classify", await openPicture("classify", picture), options);
  }

  /** An array for each output, by their names. */
  async predictOutputs(
    images: Pixels | Uint8ClampedArray,
    options: PredictOptions = {},
  ): Promise<Readonly<Record<string, Float32Array>>> {
    pixelsOf("predictOutputs", images);
    return this.#remote.call("predictOutputs", images, options);
  }

  /** The output of every layer for one image, in the order of the layers. Works while a run goes on, between two steps. */
  async activations(image: Pixels | Uint8ClampedArray): Promise<readonly LayerActivation[]> {
    pixelsOf("activations", image);
    return this.#remote.call("activations", image);
  }

  /** Names and shapes of all weights. */
  weights(): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#remote.call("weights");
  }

  getWeight(name: string): Promise<Float32Array> {
    return this.#remote.call("getWeight", name);
  }

  /** The gradient of a weight in the last training step; zeros before the first. */
  getGradient(name: string): Promise<Float32Array> {
    return this.#remote.call("getGradient", name);
  }

  async setWeight(name: string, values: ArrayLike<number>): Promise<void> {
    return this.#remote.call("setWeight", name, Float32Array.from(values));
  }

  /** Gives the first convolution filters that whiten patches of the images, as `whiten` does. */
  async whiten(data: RemoteDataset, options: WhitenOptions = {}): Promise<void> {
    return this.#remote.call("whiten", this.#dataset("whiten", data), options);
  }

  describe(): Promise<ModelDescription> {
    return this.#remote.call("describe");
  }

  summary(): Promise<string> {
    return this.#remote.call("summary");
  }

  /** SHA-256 of all weights, in hexadecimal: the same as the command line's. */
  weightsSha256(): Promise<string> {
    return this.#remote.call("weightsSha256");
  }

  /** The bytes of a model file. */
  save(run?: Json): Promise<Uint8Array> {
    return this.#remote.call("save", run);
  }

  async dispose(): Promise<void> {
    await this.#remote.release();
    this.#engine = undefined;
  }

  /** Disposes of it at the end of a block: `await using model = await session.loadModel(file)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #dataset(who: string, data: RemoteDataset): Handle<"data set"> {
    return RemoteDataset.handleOf(who, this.#remote.connection, data);
  }
}

/** Compile options in JSON: of optimizer and loss, their form in model files. */
function compileSettings(options: RemoteCompileOptions): CompileSettings {
  readFields("compile", options, COMPILE_KEYS, NOT_COMPILE);
  const { optimizer, loss, ...rest } = options;
  return {
    ...rest,
    ...(optimizer !== undefined && { optimizer: jsonOf(optimizer) }),
    ...(loss !== undefined && { loss: jsonOf(loss) }),
  };
}

/** An optimizer or a loss as JSON; plain objects, which only JavaScript lets through, are JSON already. */
function jsonOf(option: string | { readonly config: { readonly [key: string]: Json | undefined } }): Json {
  return typeof option === "object" && isRecord(option?.config) ? option.config : option;
}
