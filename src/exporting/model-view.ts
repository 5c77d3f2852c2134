import type { FileSource } from "../data/file-source.ts";
import type { Checkpoint } from "../formats/checkpoint.ts";
import { parametersOf } from "../graph/graph.ts";
import { isRecord, type Json } from "../json.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Loss } from "../model/contracts.ts";
import { readArchitecture } from "../model/read-architecture.ts";
import { checkWeights, readModelContents } from "../training/load-model.ts";
import { readModelSettings } from "../training/model-settings.ts";
import type { SavableModel } from "./export-contract.ts";
import { type ExportedWeight, type Precision, roundedWeight } from "./precision.ts";

/** A model as writers of files see it: plain data. */
export interface ModelView {
  readonly architecture: Architecture;
  /** The loss whose softmax or sigmoid `predict` applies, if the model was compiled with one. */
  readonly loss: Loss | undefined;
  readonly classNames: readonly string[] | undefined;
  /** All weights by our names, `path/parameter`, in the order of the network's nodes. */
  readonly weights: ReadonlyMap<string, ExportedWeight>;
  /** The settings of convasm's own files, besides optimizer and notes. */
  readonly settings: Readonly<Record<string, Json>>;
}

/**
 * The view of a model.
 *
 * @param classNames in place of the model's own
 * @throws TypeError, RangeError if it is no model, or contradicts itself
 */
export async function viewOf(
  model: SavableModel | FileSource | Checkpoint,
  precision: Precision,
  classNames?: readonly string[],
): Promise<ModelView> {
  const checkpoint = await readModelContents(isSavable(model) ? await model.save() : model);
  const { seed, batchSize, loss, scaling, classNames: own } = readModelSettings("model", checkpoint.settings);
  const architecture = readArchitecture(checkpoint.model);
  checkWeights(architecture, checkpoint);
  const weights = new Map<string, ExportedWeight>();
  for (const node of architecture.graph.nodes) {
    for (const parameter of parametersOf(node)) {
      const { data = new Float32Array() } = checkpoint.weights.get(parameter.name) ?? {};
      weights.set(parameter.name, roundedWeight(node, parameter, data, precision));
    }
  }
  const names = classNames ?? own;
  const settings = {
    seed,
    batchSize,
    ...(loss !== undefined && { loss: plainJson(loss.config) }),
    ...(names !== undefined && { classNames: names }),
    ...(scaling !== undefined && { scaling: plainJson(scaling) }),
  };
  return { architecture, loss, classNames: names, weights, settings };
}

function isSavable(model: SavableModel | FileSource | Checkpoint): model is SavableModel {
  return isRecord(model) && typeof model.save === "function";
}

/** A value as plain JSON. */
function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
