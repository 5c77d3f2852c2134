import { InputRangeError } from "../../errors.ts";
import { kerasParameter } from "../../formats/keras-names.ts";
import { type Node, parametersOf } from "../../graph/graph.ts";
import type { LayerType } from "../../layers/layer-type.ts";
import type { Shape } from "../../layers/shape.ts";
import { type OptionSchema, readOptions, type ValuesOf } from "../../options/schema.ts";
import type { ExportedWeight } from "../precision.ts";
import type { KerasConfig, KerasLayer, KerasNetwork, KerasWeight } from "./keras-network.ts";

/** The program that reads the file: Keras 3, or TensorFlow.js, whose layers are those of Keras 2, without some. */
export type Dialect = "Keras" | "TensorFlow.js";

/** A layer of ours in its place, to be written. */
export interface Given {
  readonly node: Node;
  readonly dialect: Dialect;
  readonly network: KerasNetwork;
  readonly inputs: readonly KerasLayer[];
  /** True where no number of an input is below zero. */
  readonly isPositive: boolean;
  readonly weights: ReadonlyMap<string, ExportedWeight>;
}

/** Writes a layer; gives the last of the layers of Keras that it becomes. */
export type Convert = (given: Given) => KerasLayer;

/** The error for a layer, or an option of it, that a file cannot hold. */
export function refused({ node, dialect }: Given, what: string, nearest: string): InputRangeError {
  const who = `exportModel: layer ${JSON.stringify(node.path)} (${node.layer.type})`;
  const advice = `the nearest is ${nearest}`;
  return new InputRangeError(who, `what ${dialect} has`, what, "unsupported-file", { advice });
}

/** The options of a layer, read by the schema of its type. */
export function optionsOf<Own extends OptionSchema>(
  { node }: Given,
  { schema }: LayerType<Own>,
): ValuesOf<LayerType<Own>["schema"]> {
  return readOptions(node.path, schema, node.layer.config);
}

/** Differences of a layer from the usual: its own name, the input of ours, our output's shape. */
interface Differences {
  readonly inputs?: readonly KerasLayer[];
  readonly shape?: Shape;
  /** Shapes that Keras has for weights, by our names. */
  readonly shapes?: Readonly<Record<string, Shape>>;
  /** Keras' names of weights, by ours, where they are others than usual. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Adds the layer of Keras that a layer of ours is, with its name and weights. */
export function addLayer(given: Given, className: string, config: KerasConfig, others: Differences = {}): KerasLayer {
  const { node, network, inputs } = given;
  const weights = weightsOf(given, others);
  const frozen: KerasConfig = node.frozen && weights.length > 0 ? { trainable: false } : {};
  return network.add(
    className,
    node.path,
    { ...config, ...frozen },
    { inputs: others.inputs ?? inputs, shape: others.shape ?? node.output.shape, weights },
  );
}

function weightsOf({ node, weights }: Given, { shapes = {}, names = {} }: Differences): KerasWeight[] {
  return parametersOf(node).flatMap(({ name, shape }) => {
    const weight = weights.get(name);
    const own = name.slice(node.path.length + 1);
    if (weight === undefined) return [];
    return [{ name: names[own] ?? kerasParameter(own), shape: shapes[own] ?? shape, weight }];
  });
}

/** Adds a layer without weights that a layer of ours needs besides. */
export function addHelper(
  { node, network }: Given,
  className: string,
  purpose: string,
  config: KerasConfig,
  [input, ...more]: readonly KerasLayer[],
  shape: Shape = input.shape,
): KerasLayer {
  return network.add(className, `${node.path}_${purpose}`, config, { inputs: [input, ...more], shape });
}
