import { layerNames } from "../graph/build.ts";
import type { Graph } from "../graph/graph.ts";
import { readLayers } from "../graph/read.ts";
import type { Json } from "../json.ts";
import { shown } from "../json-fields.ts";
import type { Layer } from "../layers/layer.ts";
import { Architecture } from "./architecture.ts";

/** Names of layers in an error, at most. */
const MOST_NAMES = 30;

/** The names of a network's frozen weights, in the order of the layers. */
export function frozenWeights(architecture: Pick<Architecture, "parameters">): string[] {
  return architecture
    .parameters()
    .filter(({ frozen }) => frozen)
    .map(({ name }) => name);
}

/**
 * Throws where an optimizer would have nothing to do, as all that it could train is frozen.
 *
 * @throws RangeError
 */
export function expectTrained(architecture: Pick<Architecture, "parameters">, who: string): void {
  const parameters = architecture.parameters();
  if (parameters.some(({ trained }) => trained) || !parameters.some(({ frozen }) => frozen)) return;
  throw new RangeError(
    `${who}: expected a layer to train, got all of them frozen; unfreeze one, or compile without an optimizer`,
  );
}

/**
 * The same network with some layers frozen, or trained again.
 *
 * @param prefix path of a layer or a block, such as `conv2d`, `residual` or `residual/shortcut`; it holds for all below it
 * @param trainable what they are to be
 * @param who stands in messages
 * @throws TypeError, RangeError if it is no path of the network
 */
export function withTrainable(
  architecture: Architecture,
  prefix: string,
  trainable: boolean,
  who: string,
): Architecture {
  const { layers, ...rest } = architecture.toJson();
  const parts = typeof prefix === "string" ? prefix.split("/") : [];
  const { configs, found } = listConfigs(readLayers(layers, "layers"), parts, trainable, false);
  if (found) return Architecture.fromJson({ ...rest, layers: configs });
  const names = pathsOf(architecture.graph);
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  const message = `${who}: expected a layer or block, one of ${names.slice(0, MOST_NAMES).join(", ")}${more}, got ${shown(prefix)}`;
  throw typeof prefix === "string" ? new RangeError(message) : new TypeError(message);
}

/** The paths of layers with parameters, and of the blocks that they stand in. */
function pathsOf({ nodes }: Graph): string[] {
  const paths = new Set<string>();
  for (const { path, layer, inputs } of nodes) {
    if (layer.parameters(inputs.map(({ shape }) => shape)).length === 0) continue;
    const parts = path.split("/");
    for (let length = 1; length <= parts.length; length++) paths.add(parts.slice(0, length).join("/"));
  }
  return [...paths];
}

interface Changed {
  readonly configs: Json[];
  /** Whether the path is one of the list's. */
  readonly found: boolean;
}

/**
 * The options of a list's layers, where the path leads to.
 *
 * @param frozen whether a block around them was, which stands at each of them now
 */
function listConfigs(layers: readonly Layer[], path: readonly string[], trainable: boolean, frozen: boolean): Changed {
  const names = layerNames(layers);
  const changed = layers.map((layer, i) =>
    names[i] === path[0]
      ? layerConfig(layer, path.slice(1), trainable, frozen)
      : { config: withFlag(layer, frozen), found: false },
  );
  return { configs: changed.map(({ config }) => config), found: changed.some(({ found }) => found) };
}

/** The options of a layer, or of the block that it is, where the path leads to. */
function layerConfig(layer: Layer, path: readonly string[], trainable: boolean, frozen: boolean) {
  if (path.length === 0) return { config: trainable ? unfrozen(layer) : withFlag(layer, true), found: true };
  const { block } = layer;
  if (block === undefined) return { config: withFlag(layer, frozen), found: false };
  const { trainable: own = true, ...config } = layer.config;
  const inherited = frozen || !own;
  const aside = path[0] === "shortcut";
  const main = listConfigs(block.main, aside ? [] : path, trainable, inherited);
  const rest = path.slice(1);
  const shortcut =
    aside && rest.length === 0 && block.shortcut.length > 0
      ? { configs: block.shortcut.map((inner) => (trainable ? unfrozen(inner) : withFlag(inner, true))), found: true }
      : listConfigs(block.shortcut, aside ? rest : [], trainable, inherited);
  return {
    config: {
      ...config,
      layers: main.configs,
      ...(block.shortcut.length > 0 && { shortcut: shortcut.configs }),
    },
    found: main.found || shortcut.found,
  };
}

/** A layer's options, frozen where it is said; else as they are. */
function withFlag({ config }: Layer, frozen: boolean): Json {
  return frozen ? { ...config, trainable: false } : config;
}

/** A layer's options with nothing in it frozen. */
function unfrozen({ config, block }: Layer): Json {
  const { trainable: _, ...rest } = config;
  if (block === undefined) return rest;
  const shortcut = block.shortcut.length > 0 && { shortcut: block.shortcut.map(unfrozen) };
  return { ...rest, layers: block.main.map(unfrozen), ...shortcut };
}
