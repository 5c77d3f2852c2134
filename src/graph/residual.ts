import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { ADD } from "../layers/add.ts";
import { defineLayer, isLayer, type Layer, type LayerDefinition } from "../layers/layer.ts";
import { layerType } from "../layers/layer-type.ts";
import type { LayerOptions } from "../layers/options.ts";
import type { Shape } from "../layers/shape.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { buildGraph } from "./build.ts";
import { graphMultiplyAdds, graphParameters } from "./graph.ts";

/** A list of layers; files hold their descriptions, of which layers are made first. */
function layerList(): OptionKind<readonly Layer[], readonly Layer[]> {
  const wanted = "a list of layers such as flatten()";
  return {
    field: "layers",
    wanted,
    read(who, key, value) {
      if (Array.isArray(value) && value.every(isLayer)) return value;
      const wrong: unknown = Array.isArray(value) ? value.find((item) => !isLayer(item)) : value;
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(wrong));
    },
    toJson: (layers) => (layers.length === 0 ? undefined : layers.map(({ config }) => config)),
  };
}

const OPTIONS = {
  /** The layers around which the input goes. */
  layers: { kind: layerList() },
  /** Layers of the way around, often a 1 x 1 convolution where shapes differ; where none are given, the input itself. */
  shortcut: { kind: layerList(), optional: true },
} as const satisfies OptionSchema;

/** Options of `residual`. */
export interface ResidualOptions extends LayerOptions, Pick<OptionsOf<typeof OPTIONS>, "shortcut"> {}

/**
 * x + f(x), where f is a list of layers (He et al., 2016). Any shape, if f and `shortcut` end in the same one. Within
 * both lists `inputs` names layers of the list, and `input` the block's own.
 *
 * Parameters are named `layer/parameter` for the layers of f, `shortcut/layer/parameter` for those of the shortcut.
 *
 * @throws RangeError where the two ways end in different shapes
 * @example
 * residual([conv2d({ filters: 16, kernelSize: 3, padding: "same" }), batchNormalization(), relu()]);
 */
export function residual(layers: readonly Layer[], options: ResidualOptions = {}): Layer {
  const { shortcut, ...rest } = options;
  return RESIDUAL.create({ ...rest, layers, shortcut });
}

/** The type of `residual` blocks. */
export const RESIDUAL = layerType("residual", OPTIONS, ({ layers, shortcut = [], name, inputs }, header, who) => {
  if (layers.length === 0) throw new InputRangeError(who, "at least one layer", "none", "missing");
  if (layers.some(({ config }) => config.name === "shortcut")) {
    const expected = 'no layer named "shortcut", as the weights of the way around are';
    throw new InputRangeError(who, expected, "one", "contradiction");
  }
  const path = name ?? "residual";
  /** The graph of the block alone. */
  const graphOf = (input: Shape) => {
    const { inputs: _, ...config } = { ...header.config, name: path };
    return buildGraph([defineLayer({ ...definition, config })], input);
  };
  const definition: LayerDefinition = {
    ...header,
    block: {
      sum: ADD.create({}),
      main: layers,
      shortcut,
      remade: (main, around) => RESIDUAL.create({ name, inputs, layers: main, shortcut: around }),
    },
    outputShape: ([input]) => graphOf(input).outputs[0].tensor.shape,
    parameters: ([input]) =>
      graphParameters(graphOf(input)).map((spec) => ({ ...spec, name: spec.name.slice(path.length + 1) })),
    multiplyAdds: ([input]) => graphMultiplyAdds(graphOf(input)),
    place() {
      throw new Error("residual: a block is placed layer by layer");
    },
  };
  return definition;
});
