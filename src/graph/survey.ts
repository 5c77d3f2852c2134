import { InputTypeError, isInputError } from "../errors.ts";
import { defineLayer, type Layer } from "../layers/layer.ts";
import type { LayerConfig } from "../layers/options.ts";
import { type Shape, sizeOf } from "../layers/shape.ts";
import { buildWhatFits, INPUT, layerNames } from "./build.ts";
import { graphMultiplyAdds, graphParameters } from "./graph.ts";
import { readLayer } from "./read.ts";
import { residual } from "./residual.ts";

/** Facts about one layer of a list in which some may be wrong. */
export interface LayerSurvey {
  /** The layer's name in its list. */
  readonly name: string;
  /** Names of the layers whose outputs it takes; `input` is that of the list. */
  readonly inputs: readonly string[];
  /** Shape of its output; undefined if the layer, or one that it needs, is wrong. */
  readonly output: Shape | undefined;
  /** Elements of its parameters, those of its block included; 0 if it could not be built. */
  readonly parameters: number;
  /** Multiply-adds of one sample's forward pass; 0 if it could not be built. */
  readonly multiplyAdds: number;
  /** The message of its error, if it is wrong. */
  readonly error: string | undefined;
  /** The layers of a residual block, and those of its shortcut. */
  readonly layers: readonly LayerSurvey[];
  /** The layers of the way around. */
  readonly shortcut: readonly LayerSurvey[];
}

/** A layer of the list, and those of its block. */
interface Entry {
  readonly layer: Layer;
  readonly main: readonly Entry[];
  readonly shortcut: readonly Entry[];
}

type Findings = Map<Layer, Partial<LayerSurvey>>;

/**
 * Facts about the layers of a list, for editors: a layer that is wrong has a message, and all layers that do not need
 * it are built.
 *
 * @param configs as model files describe them
 * @param input shape of the network's input
 * @param outputs names of the layers whose outputs the network gives; default: the last one. Names that no layer has are
 *   left out
 * @example
 * surveyLayers([{ type: "conv2d", filters: 8, kernelSize: 9 }], [6, 6, 1])[0].error; // conv2d "conv2d": expected ...
 */
export function surveyLayers(
  configs: readonly LayerConfig[],
  input: Shape,
  outputs?: readonly string[],
): readonly LayerSurvey[] {
  const findings: Findings = new Map();
  const entries = configs.map((config) => entryOf(config, findings));
  if (entries.length === 0) return [];
  const layers = entries.map(({ layer }) => layer);
  const names = new Set(layerNames(layers));
  const known = outputs?.filter((output) => names.has(output)) ?? [];
  buildWhatFits(layers, input, known.length === 0 ? undefined : known, {
    wrong(layer, error) {
      note(findings, layer, { error: findings.get(layer)?.error ?? messageOf(error) });
    },
    built(layer, nodes, output) {
      const parameters = graphParameters({ nodes }).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      note(findings, layer, { output: output.shape, parameters, multiplyAdds: graphMultiplyAdds({ nodes }) });
    },
  });
  return surveyOf(entries, findings);
}

function note(findings: Findings, layer: Layer, found: Partial<LayerSurvey>): void {
  findings.set(layer, { ...findings.get(layer), ...found });
}

/** The layer of a description; for one that cannot be read, a layer in its place that reports the error. */
function entryOf(config: LayerConfig, findings: Findings): Entry {
  const [main, shortcut] = [config.layers, config.shortcut].map((list) =>
    config.type === "residual" ? configsOf(list).map((inner) => entryOf(inner, findings)) : [],
  );
  try {
    const layers = main.map(({ layer }) => layer);
    const around = { shortcut: shortcut.map(({ layer }) => layer) };
    // A block of the layers that were made here, right or wrong.
    const read = readLayer(main.length === 0 ? config : { ...config, layers: [{ type: "relu" }], shortcut: [] });
    const { name, inputs } = read.config;
    const named = { ...(name !== undefined && { name }), ...(inputs !== undefined && { inputs }) };
    return { layer: main.length === 0 ? read : residual(layers, { ...around, ...named }), main, shortcut };
  } catch (error) {
    const layer = standIn(config);
    note(findings, layer, { error: messageOf(error) });
    return { layer, main, shortcut };
  }
}

/** A layer with the name and inputs of one that cannot be read. */
function standIn({ type, name, inputs }: LayerConfig): Layer {
  return defineLayer({
    type,
    config: {
      type,
      ...(typeof name === "string" && { name }),
      ...(Array.isArray(inputs) && { inputs: inputs.map(String) }),
    },
    arity: [0, Number.POSITIVE_INFINITY],
    outputShape() {
      throw new InputTypeError(type, "options that can be read", "others");
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place() {
      throw new Error(`${type}: a layer that cannot be read is not placed`);
    },
  });
}

function surveyOf(entries: readonly Entry[], findings: Findings): readonly LayerSurvey[] {
  const names = layerNames(entries.map(({ layer }) => layer));
  return entries.map(({ layer, main, shortcut }, i) => ({
    name: names[i],
    inputs: layer.config.inputs ?? [names[i - 1] ?? INPUT],
    output: undefined,
    parameters: 0,
    multiplyAdds: 0,
    error: undefined,
    ...findings.get(layer),
    layers: surveyOf(main, findings),
    shortcut: surveyOf(shortcut, findings),
  }));
}

/** The descriptions of layers in an option of a residual block; values of other kinds are left to the option's own check. */
function configsOf(value: LayerConfig[string]): readonly LayerConfig[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is LayerConfig => typeof item === "object" && item !== null && "type" in item);
}

/** The message of an error about a layer; other errors are bugs, and are thrown again. */
function messageOf(error: unknown): string {
  if (isInputError(error)) return error.message;
  throw error;
}
