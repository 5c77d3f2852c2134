import type { Pixels } from "../data/pixels.ts";
import { pixelsOf } from "../data/raw-images.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import type { ModelDescription } from "../model/summary.ts";
import { asBytes, type FileBytes } from "../numeric/array-kinds.ts";
import { readFields } from "../options/objects.ts";
import type { Evaluation, PredictionSettings } from "../training/evaluate.ts";
import { FIT_KEYS } from "../training/fit-options.ts";
import { COMPILE_KEYS } from "../training/model.ts";
import type { PredictOptions } from "../training/predict.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type { Connection } from "./connection.ts";
import type {
  LayerActivation,
  RemoteCompileOptions,
  RemoteDataset,
  RemoteEngine,
  RemoteFitOptions,
  RemoteModel,
  RemoteReport,
  RemoteRun,
} from "./contract.ts";
import { copyOf } from "./copy.ts";
import type { CompileSettings, ModelInfo, Result } from "./protocol.ts";
import { DatasetHandle } from "./remote-dataset.ts";
import { RunHandle } from "./remote-run.ts";

const REMOTE_FIT_KEYS = [
  ...FIT_KEYS.filter((key) => key !== "callbacks" && key !== "signal"),
  "earlyStopping",
  "reduceOnPlateau",
  "stopOnNaN",
  "paused",
  "checkpoint",
];

/** A page's handle of a model in a worker. */
export class ModelHandle implements RemoteModel {
  readonly seed: number;
  #classNames: readonly string[] | undefined;
  #scaling: PixelScaling | undefined;
  #engine: RemoteEngine | undefined;
  readonly #connection: Connection;
  readonly #model: number;

  constructor(connection: Connection, { model, seed, classNames, scaling, engine }: ModelInfo) {
    this.#connection = connection;
    this.#model = model;
    this.seed = seed;
    this.#classNames = classNames;
    this.#scaling = scaling;
    this.#engine = engine;
  }

  get classNames(): readonly string[] | undefined {
    return this.#classNames;
  }

  get scaling(): PixelScaling | undefined {
    return this.#scaling;
  }

  get engine(): RemoteEngine | undefined {
    return this.#engine;
  }

  freeze(prefix: string): Promise<void> {
    return this.#connection.call("freeze", { model: this.#model, prefix, frozen: true });
  }

  unfreeze(prefix: string): Promise<void> {
    return this.#connection.call("freeze", { model: this.#model, prefix, frozen: false });
  }

  async compile(options: RemoteCompileOptions = {}): Promise<RemoteEngine> {
    this.#engine = await this.#connection.call("compile", { model: this.#model, options: compileSettings(options) });
    return this.#engine;
  }

  async fit(data: RemoteDataset, options: RemoteFitOptions = {}): Promise<RemoteRun> {
    readFields("fit", options, REMOTE_FIT_KEYS);
    const { validation, checkpoint, ...rest } = options;
    const { run, classNames, scaling } = await this.#connection.call("fit", {
      model: this.#model,
      data: this.#dataset("fit", data),
      validation: validation === undefined ? undefined : this.#dataset("fit: validation", validation),
      checkpoint: checkpoint === undefined ? undefined : checkpointBytes(checkpoint),
      options: rest,
    });
    this.#classNames = classNames;
    this.#scaling = scaling;
    return new RunHandle(this.#connection, this.#model, run, options.paused === true);
  }

  async evaluate(data: RemoteDataset, options: PredictionSettings = {}): Promise<Evaluation> {
    return this.#connection.call("evaluate", { model: this.#model, data: this.#dataset("evaluate", data), options });
  }

  async report(data: RemoteDataset, options: PredictionSettings = {}): Promise<RemoteReport> {
    return this.#connection.call("report", { model: this.#model, data: this.#dataset("report", data), options });
  }

  async predict(images: Pixels | Uint8ClampedArray, options: PredictOptions = {}): Promise<Float32Array> {
    return this.#predict("predict", images, options);
  }

  async predictOutputs(
    images: Pixels | Uint8ClampedArray,
    options: PredictOptions = {},
  ): Promise<Readonly<Record<string, Float32Array>>> {
    return this.#predict("predictOutputs", images, options);
  }

  async #predict<K extends "predict" | "predictOutputs">(
    call: K,
    images: Pixels | Uint8ClampedArray,
    options: PredictOptions,
  ): Promise<Result<K>> {
    const copy = copiedImages(call, images);
    return this.#connection.call(call, { model: this.#model, images: copy, options }, [copy.buffer]);
  }

  async activations(image: Pixels | Uint8ClampedArray): Promise<readonly LayerActivation[]> {
    const copy = copiedImages("activations", image);
    return this.#connection.call("activations", { model: this.#model, image: copy }, [copy.buffer]);
  }

  weights(): Promise<ReadonlyMap<string, readonly number[]>> {
    return this.#connection.call("weights", { model: this.#model });
  }

  getWeight(name: string): Promise<Float32Array> {
    return this.#connection.call("getWeight", { model: this.#model, name });
  }

  getGradient(name: string): Promise<Float32Array> {
    return this.#connection.call("getGradient", { model: this.#model, name });
  }

  async setWeight(name: string, values: ArrayLike<number>): Promise<void> {
    const copy = Float32Array.from(values);
    return this.#connection.call("setWeight", { model: this.#model, name, values: copy }, [copy.buffer]);
  }

  async whiten(data: RemoteDataset, options: WhitenOptions = {}): Promise<void> {
    return this.#connection.call("whiten", { model: this.#model, data: this.#dataset("whiten", data), options });
  }

  describe(): Promise<ModelDescription> {
    return this.#connection.call("describe", { model: this.#model });
  }

  summary(): Promise<string> {
    return this.#connection.call("summary", { model: this.#model });
  }

  weightsSha256(): Promise<string> {
    return this.#connection.call("weightsSha256", { model: this.#model });
  }

  save(run?: Json): Promise<Uint8Array> {
    return this.#connection.call("save", { model: this.#model, run });
  }

  async dispose(): Promise<void> {
    await this.#connection.release("disposeModel", { model: this.#model });
    this.#engine = undefined;
  }

  #dataset(who: string, data: RemoteDataset): number {
    return DatasetHandle.numberOf(who, this.#connection, data);
  }
}

/** Options as they travel: of optimizer and loss what model files keep of them. */
function compileSettings(options: RemoteCompileOptions): CompileSettings {
  readFields("compile", options, [...COMPILE_KEYS, "replicas"]);
  const { optimizer, loss, ...rest } = options;
  return {
    ...rest,
    ...(optimizer !== undefined && { optimizer: configOf(optimizer) }),
    ...(loss !== undefined && { loss: configOf(loss) }),
  };
}

/** An optimizer or a loss as JSON; plain objects, which only JavaScript lets through, are JSON already. */
function configOf(option: string | { readonly config: { readonly [key: string]: Json | undefined } }): Json {
  return typeof option === "object" && isRecord(option?.config) ? option.config : option;
}

function checkpointBytes(checkpoint: FileBytes): Uint8Array {
  const bytes = asBytes(checkpoint);
  if (bytes !== undefined) return bytes;
  throw new TypeError(`fit: expected the bytes of a checkpoint, got ${shown(checkpoint)}`);
}

/** A copy that can move to the worker, which tells by the kind of an array what comes from a canvas. */
function copiedImages(who: string, images: Pixels | Uint8ClampedArray) {
  const pixels = pixelsOf(who, images);
  const copy = copyOf(pixels);
  return pixels === images ? copy : new Uint8ClampedArray(copy.buffer);
}
