import {
  type CompileOptions,
  createModel as checkModel,
  type History,
  type ModelDescription,
  type RemoteDataset,
  type RemoteEngine,
  type RemoteFitOptions,
  type RemoteModel,
  type RemoteRun,
  readLayers,
  type Session,
  type WhitenOptions,
} from "convasm";
import type { Workspace } from "../app/workspace.ts";
import type { LoadedImages } from "../data/images.ts";
import { divide } from "../data/parts.ts";
import type { NetworkDraft } from "../network/draft.ts";
import { reasonOf } from "../ui/messages.ts";
import { Signal } from "../ui/signal.ts";
import { Figures, operationsPerImage } from "./figures.ts";
import { type ReadyRun, readyRun, type TrainingSettings } from "./settings.ts";

export type RunState = "starting" | "running" | "paused" | "stopping" | "ended";

/** What a run is to do. */
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

/** Evaluations on validation images in the course of an epoch, so that their curve grows too. */
const EVALUATIONS = 4;
const EVALUATION_IMAGES = 500;

/** One training run in the worker, with its figures. */
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
  readonly #workspace: Workspace;
  readonly #run: RemoteRun;
  #history: History | undefined;
  #error: string | undefined;

  private constructor(workspace: Workspace, plan: RunPlan, parts: Parts) {
    this.#workspace = workspace;
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

  /**
   * Makes the model and starts training it. The workspace then has both.
   *
   * @throws Error with what to do about it
   */
  static async start(workspace: Workspace, plan: RunPlan): Promise<TrainingRun> {
    const ready = readyRun(plan.settings);
    if ("error" in ready) throw new RangeError(ready.error);
    const session = await workspace.host.session();
    const old = workspace.model.value?.model;
    const parts = await prepare(session, plan, ready);
    const run = new TrainingRun(workspace, plan, parts);
    const { draft, images } = plan;
    const { shape, classes } = images.train;
    workspace.model.value = {
      model: parts.model,
      draft,
      images: { shape, classes },
      description: parts.description,
      isTrained: plan.checkpoint !== undefined || plan.weights !== undefined,
      isSaved: true,
    };
    workspace.run.value = run;
    workspace.weightsChanged();
    await old?.dispose().catch(reasonOf);
    return run;
  }

  /** Why and how it ended, once it has. */
  get history(): History | undefined {
    return this.#history;
  }

  /** Why it failed, if it did. */
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

  /** One step; a running run is paused first. */
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
        if (event.event === "step" && this.#workspace.model.value?.isSaved === true)
          this.#workspace.mark({ isTrained: true, isSaved: false });
        this.#tick();
      }
      this.#history = await this.#run.finished;
    } catch (error) {
      this.#error = reasonOf(error);
    }
    this.state.value = "ended";
    this.#tick();
  }

  #tick(): void {
    this.ticks.value += 1;
    this.#workspace.weightsChanged();
  }
}

interface Parts {
  readonly model: RemoteModel;
  readonly engine: RemoteEngine;
  readonly description: ModelDescription;
  readonly run: RemoteRun;
  readonly train: RemoteDataset;
}

async function prepare(session: Session, plan: RunPlan, ready: ReadyRun): Promise<Parts> {
  const { draft, images, settings, checkpoint, weights } = plan;
  const input = { shape: images.train.shape, ...draft.scaling };
  const options = { input, layers: readLayers(draft.layers, "layers"), seed: settings.seed };
  const description = checkModel(options).describe();
  const { train, validation } = await divide(images, settings.split);
  const compile = { ...compileOptions(settings, ready), ...coreOptions(settings) };
  const model =
    checkpoint !== undefined
      ? await session.loadModel(checkpoint, { training: true, gear: settings.engine.gear, ...coreOptions(settings) })
      : weights !== undefined
        ? await session.loadModel(weights)
        : await session.createModel(options);
  try {
    const engine = checkpoint === undefined ? await model.compile(compile) : model.engine;
    if (engine === undefined) throw new Error("The worker gave no engine for the model.");
    // Filters from the images, for a network that is begun as its recipe says.
    const isFresh = checkpoint === undefined && weights === undefined;
    if (isFresh && plan.whitening !== undefined) await model.whiten(train, plan.whitening);
    const fit = checkpoint === undefined ? fitOptions(plan, ready, train.length, validation) : { checkpoint };
    const run = await model.fit(train, {
      ...fit,
      ...(validation !== undefined && { validation }),
      paused: plan.paused === true,
    });
    return { model, engine, description, run, train };
  } catch (error) {
    await model.dispose().catch(reasonOf);
    throw error;
  }
}

/** What `compile` is told, apart from cores. */
export function compileOptions({ batchSize, engine }: TrainingSettings, { optimizer, loss }: ReadyRun): CompileOptions {
  return { optimizer, loss, batchSize, gear: engine.gear };
}

/** Threads where memory can be shared, else workers with memories of their own. */
export function coreOptions({ engine: { gear, cores } }: Pick<TrainingSettings, "engine">) {
  if (gear === "js") return {};
  return crossOriginIsolated ? { threads: cores } : { replicas: cores };
}

function fitOptions(
  { settings }: RunPlan,
  { schedule, augment }: ReadyRun,
  images: number,
  validation: RemoteDataset | undefined,
): RemoteFitOptions {
  const { epochs, averaging, prediction, sampling, batchSize } = settings;
  const every = Math.max(1, Math.ceil(images / batchSize / EVALUATIONS));
  const sample = Math.min(EVALUATION_IMAGES, validation?.length ?? 0);
  return {
    epochs,
    schedule,
    sampling,
    prediction,
    ...(validation !== undefined && { evaluations: [{ on: "validation", every, images: sample }] }),
    ...(averaging !== undefined && { averaging }),
    ...(augment !== undefined && { augment }),
  };
}
