/**
 * Models of TensorFlow.js: `model.json` and the files of weights that it lists.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { CLASS_NAMES } from "../../formats/keras-names.ts";
import { isRecord } from "../../json.ts";
import type { ForeignModel, OpenFacts, ReadForeignModel } from "../foreign-model.ts";
import { type Bound, bind } from "../keras/bind.ts";
import { recordOf } from "../keras/config.ts";
import { importKeras } from "../keras/import-keras.ts";
import type { KerasWeight } from "../keras/keras-weight.ts";
import type { Part } from "../keras/network.ts";
import { parseJson, versionOf } from "../keras/read-keras.ts";
import type { ModelFiles } from "../model-files.ts";
import type { WeightPair } from "../weight-fit.ts";
import { importGraph } from "./graph-model.ts";
import { readWeights, type WeightArray } from "./weights.ts";

/** Reads a model of TensorFlow.js, of layers or of operations. */
export const readTensorflowjs: ReadForeignModel = async (files, open) => {
  const { who, bytes } = files;
  const json = recordOf(who, parseJson(who, new TextDecoder().decode(bytes)));
  const topology = recordOf(`${who}: modelTopology`, json.modelTopology);
  const weights = await readWeights(files, json.weightsManifest ?? []);
  const isGraph = json.format === "graph-model" || topology.node !== undefined;
  return isGraph
    ? importGraph(who, { ...json, modelTopology: topology }, weights, open)
    : layers(files, json, topology, weights, open);
};

/** A model of layers: Keras' configuration, and arrays called `layer/weight`. */
function layers(
  { who }: ModelFiles,
  json: Readonly<Record<string, unknown>>,
  topology: Readonly<Record<string, unknown>>,
  weights: ReadonlyMap<string, WeightArray>,
  open: OpenFacts,
): Promise<ForeignModel> {
  const { model_config: config, keras_version: kerasVersion } = topology;
  const model = isRecord(config) ? config : topology;
  // TensorFlow.js itself writes the configurations of version 2.
  const version = typeof kerasVersion === "string" && /^\d/.test(kerasVersion) ? versionOf(kerasVersion) : 2;
  const compiled = json.trainingConfig ?? topology.training_config;
  const bound = async (parts: readonly Part[]) => bindNamed(who, parts, weights);
  const { userDefinedMetadata: metadata } = json;
  const classNames = isRecord(metadata) ? metadata[CLASS_NAMES] : undefined;
  return importKeras(who, { model, version, isTurned: false, compiled, classNames, bind: bound }, open);
}

/** Gives arrays to layers by the ends of their names, `layer/weight`. */
function bindNamed(who: string, parts: readonly Part[], weights: ReadonlyMap<string, WeightArray>): Bound {
  const pairs: WeightPair[] = [];
  const free = new Set(weights.keys());
  const visit = (part: Part, path: readonly string[]): void => {
    const own = [...path, part.name];
    for (const weight of part.weights) {
      const name = nameOf(who, weight, own, free);
      free.delete(name);
      const array = weights.get(name);
      if (array !== undefined) bind(who, weight, { path: name, ...array }, pairs);
    }
    for (const inner of part.parts) visit(inner, own);
  };
  for (const part of parts) visit(part, []);
  return { pairs, unused: [...free] };
}

/** The name of a weight's array: behind those of all models that its layer stands in, or of fewer. */
function nameOf(who: string, weight: KerasWeight, path: readonly string[], free: ReadonlySet<string>): string {
  for (let from = 0; from < path.length; from++) {
    const layer = path.slice(from).join("/");
    // Converters call the kernel of a depthwise convolution as the version of Keras does that they came with.
    for (const own of weight.name === "depthwise_kernel" ? ["depthwise_kernel", "kernel"] : [weight.name]) {
      const end = `${layer}/${own}`;
      const found = free.has(end) ? [end] : [...free].filter((name) => name.endsWith(`/${end}`));
      if (found.length === 1) return found[0];
    }
  }
  throw new InputRangeError(who, `an array ${shown(`${path.join("/")}/${weight.name}`)}`, "none", "damaged-file");
}
