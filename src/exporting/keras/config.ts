/**
 * Networks of Keras' layers as configurations: of Keras 3, and of Keras 2 as TensorFlow.js has them.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import type { KerasModel } from "./keras-model.ts";
import type { KerasLayer } from "./keras-network.ts";
import { kerasOrder } from "./order.ts";

/** A configuration, and the layers in its order. */
export interface Configured {
  readonly json: Readonly<Record<string, Json>>;
  readonly layers: readonly KerasLayer[];
}

/** Layers and models in the words of a version of Keras. */
interface Writer {
  /** @param inbound the layers that it is applied to; undefined in a sequence */
  layer(layer: KerasLayer, inbound: readonly KerasLayer[] | undefined): Json;
  /** The list of inputs or outputs in the configuration of a graph. */
  ends(layers: readonly KerasLayer[]): Json;
  model(className: string, config: Readonly<Record<string, Json>>): Readonly<Record<string, Json>>;
}

const batched = ({ shape }: KerasLayer): Json => [null, ...shape];
const history = ({ name }: KerasLayer): Json => [name, 0, 0];

const VERSION3: Writer = {
  layer(layer, inbound) {
    const { className, name, config, inputs } = layer;
    const shape = inputs.length === 0 ? { batch_shape: batched(layer), dtype: "float32", sparse: false } : {};
    const tensors = inbound?.map(
      (input): Json => ({
        class_name: "__keras_tensor__",
        config: { shape: batched(input), dtype: "float32", keras_history: history(input) },
      }),
    );
    const args: Json[] | undefined = tensors && (isMerging(layer) ? [tensors] : tensors);
    return {
      module: "keras.layers",
      class_name: className,
      config: { name, ...shape, ...config },
      registered_name: null,
      ...(args !== undefined && { name, inbound_nodes: args.length === 0 ? [] : [{ args, kwargs: {} }] }),
    };
  },
  ends: (layers) => (layers.length === 1 ? history(layers[0]) : layers.map(history)),
  model: (className, config) => ({
    module: className === "Functional" ? "keras.src.models.functional" : "keras",
    class_name: className,
    config,
    registered_name: className === "Functional" ? className : null,
  }),
};

const VERSION2: Writer = {
  layer(layer, inbound) {
    const { className, name, config, inputs } = layer;
    const shape = inputs.length === 0 ? { batch_input_shape: batched(layer), dtype: "float32", sparse: false } : {};
    const nodes: Json[] | undefined = inbound?.map((input) => [input.name, 0, 0, {}]);
    return {
      class_name: className,
      config: { name, ...shape, ...config },
      ...(nodes !== undefined && { name, inbound_nodes: nodes.length === 0 ? [] : [nodes] }),
    };
  },
  ends: (layers) => layers.map(history),
  model: (className, config) => ({ class_name: className, config }),
};

/** Layers of several inputs, which Keras gives as a list. */
const MERGING = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Concatenate"];

function isMerging({ className }: KerasLayer): boolean {
  return MERGING.includes(className);
}

/** A model's configuration: a sequence where its layers are a chain, else a graph. */
export function kerasConfig(model: KerasModel, version: 2 | 3, name: string): Configured {
  const writer = version === 3 ? VERSION3 : VERSION2;
  const { network, outputs } = model;
  const layers = kerasOrder(outputs);
  const isChain =
    outputs.length === 1 &&
    layers.every(({ inputs }, i) =>
      i === 0 ? inputs.length === 0 : inputs.length === 1 && inputs[0] === layers[i - 1],
    );
  if (isChain) {
    const list = layers.map((layer) => writer.layer(layer, undefined));
    return { json: writer.model("Sequential", { name, layers: list }), layers };
  }
  const list = layers.map((layer) => writer.layer(layer, layer.inputs));
  const ends = { input_layers: writer.ends([network.input]), output_layers: writer.ends(outputs) };
  return { json: writer.model(version === 3 ? "Functional" : "Model", { name, layers: list, ...ends }), layers };
}
