import { InputRangeError, listed, shown } from "../errors.ts";
import { type Block, checkArity, type Layer, type LayerDefinition } from "../layers/layer.ts";
import type { Shape } from "../layers/shape.ts";
import type { Graph, Node, Tensor } from "./graph.ts";
import { NetworkSize } from "./limits.ts";

/** Name of the input of a list of layers, unless a layer has that name. */
export const INPUT = "input";

/** A layer in a list, with its name there and the indices of the layers whose outputs it takes. */
interface Item {
  readonly name: string;
  /** The layer in messages. */
  readonly title: string;
  readonly layer: Layer;
  /** Indices of items; `OUTER` is the input of the list. */
  readonly inputs: readonly number[];
}

/**
 * Makes the graph of a list of layers. A layer takes the output of those that its `inputs` name, else of the one before
 * it; an `activation` option and the layers of a residual block become nodes of their own.
 *
 * @param layers in any order; the first one takes no output of another
 * @param input shape of the network's input
 * @param outputs names of the layers whose outputs are those of the network; default: the last one
 * @param list name of the list, where messages are to tell the places of layers in it
 * @throws TypeError, RangeError naming the layer where names, shapes or the number of inputs do not fit, where layers
 *   go round in a circle, or nobody takes a layer's output
 */
export function buildGraph(layers: readonly Layer[], input: Shape, outputs?: readonly string[], list?: string): Graph {
  const builder = new Builder(input, THROWING);
  const ends = builder.list(layers, builder.input, outputs, { who: "", path: "", depth: 0, frozen: false, list });
  const whole = ends.flatMap(({ name, tensor }) => (tensor === undefined ? [] : [{ name, tensor }]));
  return { input: builder.input, nodes: builder.nodes, outputs: whole };
}

/**
 * Builds all layers of a list that can be built, where some may be wrong.
 *
 * @param outputs as `buildGraph` takes them
 * @param watcher told of each layer
 */
export function buildWhatFits(
  layers: readonly Layer[],
  input: Shape,
  outputs: readonly string[] | undefined,
  watcher: Watcher,
): void {
  const builder = new Builder(input, watcher);
  builder.list(layers, builder.input, outputs, { who: "", path: "", depth: 0, frozen: false });
}

/** An observer of the layers of a list, those in blocks included. */
export interface Watcher {
  /** Called for a layer that is wrong. Unless this throws, layers that do not need it are still built. */
  wrong(layer: Layer, error: unknown): void;
  /** The nodes that a layer became, those of its block included, and its output. */
  built(layer: Layer, nodes: readonly Node[], output: Tensor): void;
}

const THROWING: Watcher = {
  wrong(_, error) {
    throw error;
  },
  built() {},
};

/** An output of a list of layers; without a tensor if that could not be built. */
interface End {
  readonly name: string;
  readonly tensor: Tensor | undefined;
}

/** Numbers in place of an item's index: for the input of its list, and for a name that no layer has. */
const OUTER = -1;
const MISSING = -2;

/** The place of a list, or of a layer in it. */
interface Place {
  /** Start of names in messages: for a list the text before the names of its layers, for a layer its name. */
  readonly who: string;
  /** Start of paths in the graph. */
  readonly path: string;
  /** Number of blocks that it stands in. */
  readonly depth: number;
  readonly frozen: boolean;
  /** Name of the list, where messages tell the places of layers in it. */
  readonly list?: string | undefined;
}

class Builder {
  readonly input: Tensor;
  readonly nodes: Node[] = [];
  readonly #watcher: Watcher;
  readonly #size = new NetworkSize();

  constructor(shape: Shape, watcher: Watcher) {
    this.input = { id: 0, shape };
    this.#watcher = watcher;
  }

  /** Adds the nodes of a list; returns its outputs. */
  list(layers: readonly Layer[], input: Tensor, outputs: readonly string[] | undefined, place: Place): readonly End[] {
    const { who, path, depth, frozen } = place;
    this.#size.addList(who === "" ? "layers" : who, layers.length, depth);
    const items = itemsOf(layers, place, this.#watcher);
    const ends = endsOf(items, outputs, this.#watcher);
    const tensors: (Tensor | undefined)[] = [];
    for (const index of ordered(items, this.#watcher)) {
      const item = items[index];
      this.#size.addInputs(item.title, item.inputs.length);
      const taken = item.inputs.flatMap((from) => (from === OUTER ? input : tensors[from]) ?? []);
      if (taken.length < item.inputs.length) continue;
      tensors[index] = this.#watched(item, taken, {
        who: `${who}${item.name}`,
        path: `${path}${item.name}`,
        depth,
        frozen: frozen || item.layer.config.trainable === false,
      });
    }
    return ends.map((index) => ({ name: items[index].name, tensor: tensors[index] }));
  }

  /** Adds the nodes of a layer; returns its output, or undefined if it is wrong. */
  #watched(item: Item, inputs: readonly Tensor[], place: Place): Tensor | undefined {
    const first = this.nodes.length;
    try {
      const output = this.#item(item, inputs, place);
      if (output !== undefined) this.#watcher.built(item.layer, this.nodes.slice(first), output);
      return output;
    } catch (error) {
      this.#watcher.wrong(item.layer, error);
      return undefined;
    }
  }

  #item({ layer, title }: Item, inputs: readonly Tensor[], place: Place): Tensor | undefined {
    checkArity(layer, inputs.length, title);
    const { block } = layer;
    const output =
      block === undefined ? this.#node(layer, inputs, place, title) : this.#block(block, inputs[0], place, title);
    const { activation } = layer;
    if (activation === undefined || output === undefined) return output;
    return this.#node(activation, [output], within(place, activation.type));
  }

  #node(
    layer: LayerDefinition,
    inputs: readonly Tensor[],
    { who, path, frozen }: Place,
    title = `${layer.type} "${who}"`,
  ): Tensor {
    const shapes = inputs.map(({ shape }) => shape);
    const output = { id: this.nodes.length + 1, shape: layer.outputShape(shapes, title) };
    this.nodes.push({ path, layer, inputs, output, frozen });
    return output;
  }

  /** Adds the nodes of a block and the sum of its two ways. */
  #block({ main, shortcut, sum }: Block, input: Tensor, place: Place, title: string): Tensor | undefined {
    const [way] = this.list(main, input, undefined, within(place, ""));
    const [around] =
      shortcut.length === 0 ? [{ tensor: input }] : this.list(shortcut, input, undefined, within(place, "shortcut/"));
    if (way.tensor === undefined || around.tensor === undefined) return undefined;
    const ends = [way.tensor, around.tensor];
    const [shape, other] = ends.map((end) => end.shape);
    if (shape.join() !== other.join()) {
      throw new InputRangeError(
        title,
        "both ways to end in one shape",
        `[${shape}] and [${other}] on the shortcut`,
        "shape-mismatch",
      );
    }
    return this.#node(sum, ends, place);
  }
}

/** A place within another. */
function within({ who, path, depth, frozen }: Place, name: string): Place {
  return { who: `${who}/${name}`, path: `${path}/${name}`, depth: depth + 1, frozen };
}

/** The layers of a list with their names and inputs. */
function itemsOf(layers: readonly Layer[], { who, list }: Place, watcher: Watcher): readonly Item[] {
  const names = layerNames(layers);
  const titles = layers.map(({ type }, index) => {
    const title = `${type} "${who}${names[index]}"`;
    return list === undefined ? title : `${list}[${index}] (${title})`;
  });
  const places = new Map(names.map((name, index) => [name, index]));
  names.forEach((name, index) => {
    const last = places.get(name) ?? index;
    const error = new InputRangeError("layers", "every name once", `${shown(name)} twice`);
    if (last !== index) watcher.wrong(layers[last], error);
  });
  return layers.map((layer, index) => ({
    name: names[index],
    title: titles[index],
    layer,
    inputs: layer.config.inputs?.map((input) => {
      const place = places.get(input) ?? (input === INPUT ? OUTER : undefined);
      if (place !== undefined) return place;
      const expected = `inputs to be names of ${listed([INPUT, ...names])}`;
      watcher.wrong(layer, new InputRangeError(titles[index], expected, shown(input), "unknown-name"));
      return MISSING;
    }) ?? [index === 0 ? OUTER : index - 1],
  }));
}

/**
 * Names of layers: a layer without one gets its type, from the second of a type on with a number, so that no two are
 * alike.
 */
export function layerNames(layers: readonly Layer[]): readonly string[] {
  const given = new Set(layers.map(({ config }) => config.name));
  const counts = new Map<string, number>();
  const unused = (type: string): string => {
    for (let count = counts.get(type) ?? 0; ; count++) {
      const name = count === 0 ? type : `${type}_${count}`;
      if (given.has(name)) continue;
      counts.set(type, count + 1);
      return name;
    }
  };
  return layers.map(({ config, type }) => config.name ?? unused(type));
}

/** The items that are the outputs of a list; every other item's output must be taken by another. */
function endsOf(items: readonly Item[], outputs: readonly string[] | undefined, watcher: Watcher): readonly number[] {
  if (outputs !== undefined && new Set(outputs).size !== Math.max(outputs.length, 1)) {
    throw new InputRangeError("outputs", "one or more names, each once", listed(outputs));
  }
  const places = new Map(items.map(({ name }, index) => [name, index]));
  const ends = outputs?.map((output) => {
    const index = places.get(output);
    if (index !== undefined) return index;
    throw new InputRangeError(
      "outputs",
      `names of ${listed(items.map(({ name }) => name))}`,
      shown(output),
      "unknown-name",
    );
  }) ?? [items.length - 1];
  const taken = new Set([...ends, ...items.flatMap(({ inputs }) => inputs)]);
  // A wrong name may have meant any layer.
  if (taken.has(MISSING)) return ends;
  for (const [index, { layer, title }] of items.entries()) {
    if (taken.has(index)) continue;
    const expected = "another layer to take its output, or the outputs to name it";
    watcher.wrong(layer, new InputRangeError(title, expected, "neither", "missing"));
  }
  return ends;
}

/** The items in topological order, inputs first: the order of the list where possible. */
function ordered(items: readonly Item[], watcher: Watcher): readonly number[] {
  const order: number[] = [];
  const state = new Array<"open" | "done" | undefined>(items.length);
  /** Inputs of each item that are known to be there. */
  const taken = new Array<number>(items.length).fill(0);
  // A stack of its own: lists may be longer than calls can nest.
  for (let start = 0; start < items.length; start++) {
    const trail = [start];
    while (trail.length > 0) {
      const index = trail[trail.length - 1];
      const { inputs } = items[index];
      while (inputs[taken[index]] < 0 || state[inputs[taken[index]]] === "done") taken[index]++;
      const waiting = inputs.at(taken[index]);
      if (state[index] === "done" || waiting === undefined) {
        if (state[index] !== "done") order.push(index);
        state[index] = "done";
        trail.pop();
        continue;
      }
      state[index] = "open";
      if (state[waiting] === "open") {
        const circle = [...trail.slice(trail.indexOf(waiting)), waiting].map((at) => items[at].name);
        const error = new InputRangeError(
          items[waiting].title,
          "no layer to take what is made of its own output",
          listed([circle.reverse().join(" -> ")]),
          "contradiction",
        );
        watcher.wrong(items[waiting].layer, error);
        state[index] = "done";
        trail.pop();
        continue;
      }
      trail.push(waiting);
    }
  }
  return order;
}
