import { defineLayer, type Layer, type Shape } from "../layers/layer.ts";
import { type LayerOptions, OptionReader } from "../layers/options.ts";
import { buildGraph } from "./build.ts";
import { graphMultiplyAdds, graphParameters } from "./graph.ts";

export interface ResidualOptions extends LayerOptions {
  /** Layers of the way around, for where the shapes differ: often a 1 x 1 convolution. Default: the input itself. */
  shortcut?: readonly Layer[];
}

/**
 * x + f(x), where f is a list of layers (He et al., 2016); any shape that f keeps, or `shortcut` brings to f's. Within both
 * lists `inputs` names layers of the list, and `input` the block's own.
 *
 * Parameters are named `layer/parameter` for the layers of f, `shortcut/layer/parameter` for those of the shortcut.
 *
 * @throws RangeError where the two ways end in different shapes
 * @example
 * residual([conv2d({ filters: 16, kernelSize: 3, padding: "same" }), batchNormalization(), relu()]);
 */
export function residual(layers: readonly Layer[], options: ResidualOptions = {}): Layer {
  const { shortcut = [], name, inputs, trainable } = options;
  const description = {
    name,
    inputs,
    trainable,
    layers: layers.map(({ config }) => config),
    ...(shortcut.length > 0 && { shortcut: shortcut.map(({ config }) => config) }),
  };
  const reader = new OptionReader("residual", description, ["layers", "shortcut"]);
  if (layers.length === 0) throw new RangeError(`${reader.who}: expected at least one layer, got none`);
  if (layers.some(({ config }) => config.name === "shortcut")) {
    throw new RangeError(`${reader.who}: expected no layer named "shortcut", as the weights of the way around are`);
  }
  const block = { main: layers, shortcut };
  const path = name ?? "residual";
  /** The block by itself. */
  const graphOf = (input: Shape) => {
    const { inputs: _, ...config } = { ...reader.config, name: path };
    return buildGraph([{ ...layer, config }], input);
  };
  const layer = defineLayer({
    type: "residual",
    config: reader.config,
    block,
    outputShape: ([input]) => graphOf(input).outputs[0].tensor.shape,
    parameters: ([input]) =>
      graphParameters(graphOf(input)).map((spec) => ({ ...spec, name: spec.name.slice(path.length + 1) })),
    multiplyAdds: ([input]) => graphMultiplyAdds(graphOf(input)),
    place() {
      throw new Error("residual: a block is placed layer by layer");
    },
  });
  return layer;
}
