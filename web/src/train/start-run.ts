import {
  type CompileOptions,
  createModel as checkModel,
  type RemoteDataset,
  type RemoteFitOptions,
  readLayers,
  type Session,
  type TrainingPlan,
} from "convasm";
import type { Workspace } from "../app/workspace.ts";
import { divide } from "../data/parts.ts";
import { reasonOf } from "../ui/messages.ts";
import { type RunParts, type RunPlan, TrainingRun } from "./run.ts";
import { readyRun, type TrainingSettings } from "./settings.ts";

/** Evaluations on validation images in the course of an epoch, so that their curve grows too. */
const EVALUATIONS = 4;
const EVALUATION_IMAGES = 500;

/**
 * Makes the model of a plan and starts training it. The workspace then has both.
 *
 * @throws Error with what to do about it
 */
export async function startRun(workspace: Workspace, plan: RunPlan): Promise<TrainingRun> {
  const ready = readyRun(plan.settings);
  if ("error" in ready) throw new RangeError(ready.error);
  const session = await workspace.host.session();
  const old = workspace.model.value?.model;
  const parts = await prepare(session, plan, ready);
  const run = new TrainingRun(plan, parts, (learned) => {
    if (learned && workspace.model.value?.isSaved === true) workspace.mark({ isTrained: true, isSaved: false });
    workspace.weightsChanged();
  });
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

async function prepare(session: Session, plan: RunPlan, ready: TrainingPlan): Promise<RunParts> {
  const { draft, images, settings, checkpoint, weights } = plan;
  const input = { shape: images.train.shape, ...draft.scaling };
  const options = { input, layers: readLayers(draft.layers, "layers"), outputs: draft.outputs, seed: settings.seed };
  const description = checkModel(options).describe();
  const { train, validation } = await divide(images, settings.split);
  const compile = { ...compileOptions(settings, ready), ...coreOptions(settings) };
  const model =
    checkpoint !== undefined
      ? await session.loadModel(checkpoint, { training: true, engine: settings.engine.name, ...coreOptions(settings) })
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

/** Options of `compile`, apart from cores. */
export function compileOptions(
  { batchSize, engine }: TrainingSettings,
  { optimizer, loss }: TrainingPlan,
): CompileOptions {
  return { optimizer, loss, batchSize, engine: engine.name };
}

/** Threads where memory can be shared, else workers with memories of their own. */
function coreOptions({ engine: { name, cores } }: Pick<TrainingSettings, "engine">) {
  if (name === "js") return {};
  return crossOriginIsolated ? { threads: cores } : { replicas: cores };
}

function fitOptions(
  { settings: { batchSize } }: RunPlan,
  { optimizer: _, loss: __, batchSize: ___, seed: ____, ...fit }: TrainingPlan,
  images: number,
  validation: RemoteDataset | undefined,
): RemoteFitOptions {
  if (validation === undefined) return fit;
  const every = Math.max(1, Math.ceil(images / batchSize / EVALUATIONS));
  const sample = Math.min(EVALUATION_IMAGES, validation.length);
  return { ...fit, evaluations: [{ on: "validation", every, images: sample }] };
}
