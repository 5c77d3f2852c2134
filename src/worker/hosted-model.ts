import { matchClasses } from "../data/classes.ts";
import type { Dataset } from "../data/dataset.ts";
import type { OpenPicture } from "../data/picture-source.ts";
import type { Pixels } from "../data/pixels.ts";
import { checkScaling } from "../data/scaling.ts";
import { InputRangeError, reasonOf } from "../errors.ts";
import { readCheckpoint } from "../formats/checkpoint.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import type { Json } from "../json.ts";
import { sizeOf } from "../layers/shape.ts";
import { Probe } from "../model/probe.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { type RunSettings, readRunSettings } from "../recipes/run-settings.ts";
import { planCallbacks } from "../training/callbacks/plan-callbacks.ts";
import type { ClassifyOptions } from "../training/classify.ts";
import { evaluate } from "../training/evaluate.ts";
import { type FitOptions, withoutShuffle } from "../training/fit-options.ts";
import { FIT_PLAN } from "../training/fit-plan.ts";
import { resumeTrainer, runSettings } from "../training/load-model.ts";
import { parseLoss } from "../training/losses.ts";
import type { Model } from "../training/model.ts";
import { parseOptimizer } from "../training/optimizers.ts";
import { RUN_PLAN } from "../training/plan.ts";
import type { PredictOptions } from "../training/predict.ts";
import type { PredictionSettings } from "../training/prediction-settings.ts";
import { reportImages } from "../training/report.ts";
import { weightBytes } from "../training/weight-bytes.ts";
import { type WhitenOptions, whiten } from "../training/whitening.ts";
import type { CheckpointNotes, CompileSettings, FitSettings, RemoteEngine, RemoteEvaluateOptions } from "./contract.ts";
import type { HandleTable } from "./handle-table.ts";
import type { HostedDataset } from "./hosted-dataset.ts";
import { HostedRun } from "./hosted-run.ts";
import { Lock } from "./lock.ts";
import type { Handle, ToPage } from "./protocol.ts";
import { chooseReplicas, type ReplicaChoice } from "./replicas/choice.ts";
import { ReplicaGroup } from "./replicas/group.ts";
import { checkImages, notedOptions, RunNotes } from "./run-notes.ts";
import { sha256 } from "./sha256.ts";

/** Facts of a model that a page gets with its handle. */
export interface ModelInfo extends Pick<Model, "seed" | "classNames" | "scaling"> {
  readonly handle: Handle<"model">;
  readonly engine: RemoteEngine | undefined;
}

/** Facts of a run, and of its model, that a page gets with the run's handle. */
export interface RunInfo extends Pick<Model, "classNames" | "scaling"> {
  readonly handle: Handle<"run">;
}

/**
 * A model in the worker: its methods are those of `RemoteModel`. Calls that change it, or need it unchanged for long,
 * wait for their turn between two steps.
 */
export class HostedModel {
  readonly kind = "model";
  readonly model: Model;
  readonly #handles: HandleTable;
  readonly #post: (message: ToPage) => void;
  readonly #lock = new Lock();
  #run: HostedRun | undefined;
  /** The latest run, also after another `compile`: the page still has its handle. */
  #latest: HostedRun | undefined;
  #probe: Promise<Probe> | undefined;
  #choice: ReplicaChoice = { replicas: 1, reason: undefined };
  #group: ReplicaGroup | undefined;
  /** The settings of the latest run. */
  #notes: RunNotes | undefined;

  constructor(model: Model, handles: HandleTable, post: (message: ToPage) => void) {
    this.model = model;
    this.#handles = handles;
    this.#post = post;
  }

  /** Engine and replicas of the model; undefined before `compile`. */
  get engine(): RemoteEngine | undefined {
    if (this.model.describe().memory === undefined) return undefined;
    const { name, threads, heap } = this.model.network.engine;
    return { name, threads, ...this.#choice, memory: heap.buffer.byteLength };
  }

  freeze(prefix: string): Promise<void> {
    return this.#setFrozen("freeze", prefix);
  }

  unfreeze(prefix: string): Promise<void> {
    return this.#setFrozen("unfreeze", prefix);
  }

  #setFrozen(how: "freeze" | "unfreeze", prefix: string): Promise<void> {
    return this.#lock.run(() => {
      this.#expectNoRun(how);
      this.model[how](prefix);
    });
  }

  compile({ optimizer, loss, replicas, ...rest }: CompileSettings): Promise<RemoteEngine> {
    return this.#alone(async () => {
      this.#expectNoRun("compile");
      this.#group?.dispose();
      this.#group = undefined;
      await this.model.compile({
        ...rest,
        ...(optimizer !== undefined && { optimizer: parseOptimizer(optimizer) }),
        ...(loss !== undefined && { loss: parseLoss(loss) }),
      });
      this.#probe = undefined;
      this.#run = undefined;
      await this.startReplicas(replicas);
      const { engine } = this;
      if (engine === undefined) throw new Error("compile: expected an engine, got none");
      return engine;
    });
  }

  /** Gives a compiled model the replicas that its runs are shared with. */
  async startReplicas(wanted: number | "auto" = 1): Promise<void> {
    const { network, seed } = this.model;
    const choice = chooseReplicas(wanted, network);
    this.#choice = { replicas: 1, reason: choice.reason };
    if (choice.replicas === 1) return;
    try {
      this.#group = await ReplicaGroup.start(network, seed, choice.replicas);
      this.#choice = choice;
    } catch (error) {
      if (wanted !== "auto") throw error;
      this.#choice = { replicas: 1, reason: reasonOf(error) };
    }
  }

  /** Makes a run, which begins with its `start`. */
  fit(
    data: HostedDataset,
    validation: HostedDataset | undefined,
    checkpoint: Uint8Array | undefined,
    given: FitSettings,
  ): Promise<RunInfo> {
    return this.#lock.run(async () => {
      this.#expectNoRun("fit");
      const file = checkpoint && readCheckpoint(decodeSafetensors(checkpoint), "checkpoint");
      const noted = file && readNotes(runSettings(file));
      if (noted !== undefined) await checkImages(noted, this.model.scaling, data, validation);
      const options = noted === undefined ? given : { ...notedOptions(noted), ...given };
      const { paused = false, ...rest } = options;
      const abort = new AbortController();
      const trainer = this.model.trainer(data.data, trainerOptions(rest, validation?.data, abort.signal));
      if (file !== undefined) resumeTrainer(trainer, file);
      if (this.#latest !== undefined) this.#handles.remove(this.#latest);
      const run = new HostedRun({
        handles: this.#handles,
        trainer,
        strategy: this.#group,
        lock: this.#lock,
        abort,
        paused,
        post: this.#post,
      });
      this.#run = run;
      this.#latest = run;
      this.#notes = new RunNotes({ train: data, validation, options, engine: this.model.network.engine.name });
      const { classNames, scaling } = this.model;
      return { handle: run.handle, classNames, scaling };
    });
  }

  checkpoint(run: HostedRun, notes: CheckpointNotes | undefined): Promise<Uint8Array> {
    return this.#lock.run(async () => {
      if (run !== this.#run) {
        throw new InputRangeError("checkpoint", "the model's latest run", "one that others came after", "wrong-time");
      }
      return this.model.checkpoint(run.trainer, await this.#notes?.settings(notes));
    });
  }

  evaluate({ data }: HostedDataset, options: RemoteEvaluateOptions) {
    return this.#lock.run(() => {
      checkScaling("evaluate", data, this.model.scaling);
      const matched = matchClasses(data, this.model.classNames, "evaluate");
      return evaluate(this.model.network, matched, options, this.#group?.evaluate);
    });
  }

  report({ data }: HostedDataset, options: PredictionSettings) {
    return this.#lock.run(() => {
      checkScaling("report", data, this.model.scaling);
      const matched = matchClasses(data, this.model.classNames, "report");
      return reportImages(this.model.network, matched, options);
    });
  }

  predict(images: Pixels | Uint8ClampedArray, options: PredictOptions): Promise<Float32Array> {
    return this.#predict(images.length, () => this.model.predict(images, options));
  }

  predictOutputs(images: Pixels | Uint8ClampedArray, options: PredictOptions) {
    return this.#predict(images.length, () => this.model.predictOutputs(images, options));
  }

  classify(picture: OpenPicture, options: ClassifyOptions) {
    return this.#predict(0, async () => {
      const { classify } = await import("../training/classify.ts");
      return classify(this.model, picture, options);
    });
  }

  /** Runs a prediction of so many pixels: one of at most a batch between two steps of a run, a larger one in its turn. */
  #predict<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    if (!this.#run?.isUnderWay) return this.#lock.run(work);
    const batch = this.model.network.batchSize * sizeOf(this.model.architecture.input.shape);
    return pixels <= batch ? work() : this.#lock.run(work);
  }

  activations(image: Pixels | Uint8ClampedArray) {
    return this.#betweenSteps(async () => {
      this.#probe ??= Probe.create(this.model.network);
      return (await this.#probe).run(image);
    });
  }

  weights() {
    return this.model.weights();
  }

  getWeight(name: string) {
    return this.#betweenSteps(() => this.model.getWeight(name));
  }

  getGradient(name: string) {
    const work = () => Float32Array.from(this.model.network.gradient(name));
    // While replicas exchange gradients, the model's are not those of the batch.
    return this.#group === undefined ? this.#betweenSteps(work) : this.#lock.run(work);
  }

  setWeight(name: string, values: Float32Array) {
    return this.#alone(() => this.model.setWeight(name, values));
  }

  whiten({ data }: HostedDataset, options: WhitenOptions) {
    return this.#alone(() => whiten(this.model, data, options));
  }

  describe() {
    return this.#betweenSteps(() => this.model.describe());
  }

  summary() {
    return this.#betweenSteps(() => this.model.summary());
  }

  weightsSha256() {
    return this.#lock.run(() => sha256(weightBytes(this.model)));
  }

  save(run: Json | undefined) {
    return this.#lock.run(() => this.model.save(run));
  }

  async dispose(): Promise<void> {
    this.#handles.remove(this);
    if (this.#latest !== undefined) this.#handles.remove(this.#latest);
    if (this.#run?.isUnderWay) await this.#run.stop();
    await this.#lock.run(() => {
      this.#group?.dispose();
      this.#group = undefined;
      this.model.dispose();
    });
  }

  /** Does work that takes no longer than a step: between two steps while a run goes on, otherwise in its turn. */
  async #betweenSteps<T>(work: () => T | Promise<T>): Promise<T> {
    if (!this.#run?.isUnderWay) return this.#lock.run(work);
    return this.model.network.turns.read(async () => work());
  }

  /** Does work in its turn, and not between the batches of a prediction that runs without waiting for its turn. */
  #alone<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#lock.run(async () => {
      if (this.engine !== undefined) await this.model.network.turns.undisturbed();
      return work();
    });
  }

  #expectNoRun(who: string): void {
    if (this.#run?.isUnderWay)
      throw new InputRangeError(who, "no run under way", "one", "wrong-time", { advice: "stop it first" });
  }
}

/** Settings that a checkpoint keeps of its run, if it keeps any. */
function readNotes(json: unknown): RunSettings | undefined {
  return json === null || json === undefined ? undefined : readRunSettings(json);
}

/** Options of the trainer, with the callbacks that are asked for by name. */
function trainerOptions(options: FitSettings, validation: Dataset | undefined, signal: AbortSignal): FitOptions {
  const { stopOnNaN, shuffle: _, ...given } = withoutShuffle("fit", options);
  const plan = readOptions("fit", RUN_PLAN, given);
  const callbacks = planCallbacks(plan, validation !== undefined);
  return {
    ...pickOptions(FIT_PLAN, plan),
    callbacks,
    stopOnNaN,
    signal,
    validation,
  };
}
