import type {
  History,
  ModelDescription,
  RemoteDataset,
  RemoteEngine,
  RemoteModel,
  RemoteRun,
  WhitenOptions,
} from "convasm";
import type { LoadedImages } from "../data/images.ts";
import type { NetworkDraft } from "../network/draft.ts";
import { reasonOf } from "../ui/messages.ts";
import { Signal } from "../ui/signal.ts";
import { Figures, operationsPerImage } from "./figures.ts";
import type { TrainingSettings } from "./settings.ts";

export type RunState = "starting" | "running" | "paused" | "stopping" | "ended";

/** Plan of a run. */
export interface RunPlan {
  readonly draft: NetworkDraft;
  readonly images: LoadedImages;
  readonly settings: TrainingSettings;
  /** Begins paused, to go step by step. */
  readonly paused?: boolean;
  /** The first layer begins with filters that whiten patches of the images. */
  readonly whitening?: WhitenOptions;
  /** A checkpoint that the run goes on from; the model is then the checkpoint's. */
  readonly checkpoint?: Uint8Array;
  /** A model whose weights training begins with, in place of fresh ones. */
  readonly weights?: Uint8Array;
}

/** Parts of a run: a model in the worker that is being trained. */
export interface RunParts {
  readonly model: RemoteModel;
  readonly engine: RemoteEngine;
  readonly description: ModelDescription;
  readonly run: RemoteRun;
  readonly train: RemoteDataset;
}

/** A training run in the worker, with its figures. */
export class TrainingRun {
  readonly plan: RunPlan;
  readonly state = new Signal<RunState>("starting");
  /** Counts events; what shows figures looks again. */
  readonly ticks = new Signal(0);
  readonly figures: Figures;
  readonly model: RemoteModel;
  readonly engine: RemoteEngine;
  readonly description: ModelDescription;
  /** Operations per image. */
  readonly operations: number;
  readonly #onChange: (learned: boolean) => void;
  readonly #run: RemoteRun;
  #history: History | undefined;
  #error: string | undefined;

  /**
   * @param plan what it does
   * @param parts what does it, under way
   * @param onChange told of every event, and whether the model learned by it
   */
  constructor(plan: RunPlan, parts: RunParts, onChange: (learned: boolean) => void) {
    this.#onChange = onChange;
    this.plan = plan;
    this.model = parts.model;
    this.engine = parts.engine;
    this.description = parts.description;
    this.operations = operationsPerImage(parts.description);
    this.#run = parts.run;
    const { batchSize, epochs } = plan.settings;
    const batch = Math.min(batchSize, parts.train.length);
    this.figures = new Figures({ batchSize: batch, epochs, stepsPerEpoch: Math.ceil(parts.train.length / batch) });
    this.state.value = plan.paused ? "paused" : "running";
    void this.#follow();
  }

  /** History of the run with its end, once it has ended. */
  get history(): History | undefined {
    return this.#history;
  }

  /** The error of the run, if it failed. */
  get error(): string | undefined {
    return this.#error;
  }

  get isUnderWay(): boolean {
    return this.state.value !== "ended";
  }

  async pause(): Promise<void> {
    await this.#run.pause();
    this.figures.paused();
    if (this.isUnderWay) this.state.value = "paused";
  }

  async resume(): Promise<void> {
    await this.#run.resume();
    if (this.isUnderWay) this.state.value = "running";
  }

  /** Makes one step; a running run is paused first. */
  async step(): Promise<void> {
    if (this.state.value === "running") return this.pause();
    await this.#run.step();
  }

  async stop(): Promise<void> {
    if (!this.isUnderWay) return;
    this.state.value = "stopping";
    await this.#run.stop();
  }

  /** The bytes of a checkpoint, as the command line takes it. */
  checkpoint(): Promise<Uint8Array> {
    const { draft } = this.plan;
    return this.#run.checkpoint(draft.isEdited ? {} : { network: draft.name });
  }

  setLearningRateFactor(factor: number): Promise<void> {
    return this.#run.setLearningRateFactor(factor);
  }

  async #follow(): Promise<void> {
    try {
      for await (const event of this.#run) {
        this.figures.add(event);
        this.#tick(event.event === "step");
      }
      this.#history = await this.#run.finished;
    } catch (error) {
      this.#error = reasonOf(error);
    }
    this.state.value = "ended";
    this.#tick(false);
  }

  #tick(learned: boolean): void {
    this.ticks.value += 1;
    this.#onChange(learned);
  }
}
