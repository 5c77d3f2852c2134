import { halvesOf } from "../../formats/half-floats.ts";
import { CLASS_NAMES } from "../../formats/keras-names.ts";
import type { Json } from "../../json.ts";
import { joinBytes } from "../../numeric/join-bytes.ts";
import type { ExportedFile } from "../export-contract.ts";
import type { ExportSettings } from "../export-options.ts";
import { kerasConfig } from "../keras/config.ts";
import { kerasModel } from "../keras/keras-model.ts";
import type { KerasWeight } from "../keras/keras-network.ts";
import type { ModelView } from "../model-view.ts";

/** Most bytes of a file of weights, as TensorFlow.js' own converter cuts them, so that browsers keep them. */
const SHARD_BYTES = 4 * 2 ** 20;

/** Writes a layers model of TensorFlow.js: `model.json`, and the files of weights that it names. */
export function writeTensorflowjs(model: ModelView, settings: ExportSettings): readonly ExportedFile[] {
  const { name, half } = settings;
  const { json, layers } = kerasConfig(kerasModel(model, "TensorFlow.js", settings), 2, name);
  const arrays = layers.flatMap(({ name: layer, weights }) => weights.map((weight) => arrayOf(layer, weight, half)));
  const bytes = joinBytes(arrays.map((array) => array.bytes));
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const shards = Array.from({ length: count }, (_, i) => ({
    name: `${name}.group1-shard${i + 1}of${count}.bin`,
    bytes: bytes.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }));
  const paths = shards.map((shard) => shard.name);
  const { classNames } = model;
  const topology = {
    format: "layers-model",
    generatedBy: "convasm",
    convertedBy: null,
    modelTopology: { keras_version: "2.15.0", backend: "tensorflow", model_config: json },
    weightsManifest: [{ paths, weights: arrays.map(({ spec }) => spec) }],
    ...(classNames !== undefined && { userDefinedMetadata: { [CLASS_NAMES]: [...classNames] } }),
  };
  return [{ name: `${name}.json`, bytes: new TextEncoder().encode(JSON.stringify(topology)) }, ...shards];
}

/** An array in a file, and what `model.json` says of it. */
function arrayOf(
  layer: string,
  { name, shape, weight }: KerasWeight,
  half: boolean,
): { spec: Json; bytes: Uint8Array } {
  const spec = { name: `${layer}/${name}`, shape: [...shape], dtype: "float32" };
  const { steps, data } = weight;
  if (steps !== undefined) {
    const { scale, min, values } = steps;
    return {
      spec: { ...spec, quantization: { dtype: "uint8", scale, min, original_dtype: "float32" } },
      bytes: values,
    };
  }
  if (!half) return { spec, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  const quantization = { dtype: "float16", original_dtype: "float32" };
  return { spec: { ...spec, quantization }, bytes: new Uint8Array(halvesOf(data).buffer) };
}
