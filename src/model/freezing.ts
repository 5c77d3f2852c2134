import { InputRangeError, InputTypeError, listed, shown } from "../errors.ts";
import { layerNames } from "../graph/build.ts";
import type { Graph } from "../graph/graph.ts";
import type { Layer } from "../layers/layer.ts";
import { Architecture } from "./architecture.ts";

/** The names of a network's frozen weights, in the order of the layers. */
export function frozenWeights(architecture: Pick<Architecture, "parameters">): string[] {
  return architecture
    .parameters()
    .filter(({ frozen }) => frozen)
    .map(({ name }) => name);
}

/**
 * Throws if no parameter is trained, because all are frozen.
 *
 * @throws RangeError
 */
export function expectTrained(architecture: Pick<Architecture, "parameters">, who: string): void {
  const parameters = architecture.parameters();
  if (parameters.some(({ trained }) => trained) || !parameters.some(({ frozen }) => frozen)) return;
  throw new InputRangeError(who, "a layer to train", "all of them frozen", "contradiction", {
    advice: "unfreeze one, or compile without an optimizer",
  });
}

/**
 * A network with some of its layers frozen, or trained again.
 *
 * @param prefix path of a layer or a block, such as `conv2d`, `residual` or `residual/shortcut`; it stands for all
 *   layers below it
 * @param trainable false freezes them
 * @param who stands in messages
 * @throws TypeError, RangeError if it is not a path of the network
 */
export function withTrainable(
  architecture: Architecture,
  prefix: string,
  trainable: boolean,
  who: string,
): Architecture {
  const parts = typeof prefix === "string" ? prefix.split("/") : [];
  const { layers, found } = changedList(architecture.layers, parts, trainable, false);
  const { input, outputShapes } = architecture;
  if (found) return new Architecture({ input, layers, outputs: [...outputShapes.keys()] });
  const names = pathsOf(architecture.graph);
  const expected = `a layer or block, one of ${listed(names)}`;
  if (typeof prefix !== "string") throw new InputTypeError(who, expected, shown(prefix));
  throw new InputRangeError(who, expected, shown(prefix), "unknown-name");
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
  readonly layers: readonly Layer[];
  /** True if the path names a layer of the list. */
  readonly found: boolean;
}

/**
 * The layers of a list, with those of the path changed.
 *
 * @param frozen true if a block around them was frozen, which each of them is now by itself
 */
function changedList(layers: readonly Layer[], path: readonly string[], trainable: boolean, frozen: boolean): Changed {
  const names = layerNames(layers);
  const changed = layers.map((layer, i) =>
    names[i] === path[0]
      ? changedLayer(layer, path.slice(1), trainable, frozen)
      : { layer: frozen ? frozenLayer(layer) : layer, found: false },
  );
  return { layers: changed.map(({ layer }) => layer), found: changed.some(({ found }) => found) };
}

/** A layer, or the layer in a block, that the path leads to, changed. */
function changedLayer(layer: Layer, path: readonly string[], trainable: boolean, frozen: boolean) {
  if (path.length === 0) return { layer: trainable ? unfrozenLayer(layer) : frozenLayer(layer), found: true };
  const { block } = layer;
  if (block === undefined) return { layer: frozen ? frozenLayer(layer) : layer, found: false };
  const inherited = frozen || layer.config.trainable === false;
  const aside = path[0] === "shortcut";
  const main = changedList(block.main, aside ? [] : path, trainable, inherited);
  const rest = path.slice(1);
  const shortcut =
    aside && rest.length === 0 && block.shortcut.length > 0
      ? { layers: block.shortcut.map(trainable ? unfrozenLayer : frozenLayer), found: true }
      : changedList(block.shortcut, aside ? rest : [], trainable, inherited);
  return { layer: block.remade(main.layers, shortcut.layers), found: main.found || shortcut.found };
}

/** A network all of whose layers are trained. */
export function unfrozen({ input, layers, outputShapes }: Architecture): Architecture {
  return new Architecture({ input, layers: layers.map(unfrozenLayer), outputs: [...outputShapes.keys()] });
}

/** A layer, or a block with all layers in it, frozen. */
function frozenLayer(layer: Layer): Layer {
  return { ...layer, config: { ...layer.config, trainable: false } };
}

/** A layer, or a block with all layers in it, trained. */
function unfrozenLayer(layer: Layer): Layer {
  const { block } = layer;
  if (block !== undefined) return block.remade(block.main.map(unfrozenLayer), block.shortcut.map(unfrozenLayer));
  const { trainable: _, ...config } = layer.config;
  return { ...layer, config };
}
