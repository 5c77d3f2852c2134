import { shown } from "../json-fields.ts";
import { readAdd } from "../layers/add.ts";
import { checkArity, type Layer, type LayerDefinition, type Shape } from "../layers/layer.ts";
import type { Graph, Node, Output, Tensor } from "./graph.ts";

/** How the input of a list of layers is called, unless one of them has that name. */
export const INPUT = "input";

/** A layer in a list, with its name there and those of the layers whose outputs it takes. */
interface Item {
  readonly name: string;
  readonly layer: Layer;
  /** Indices of items; -1 is the input of the list. */
  readonly inputs: readonly number[];
}

/**
 * The graph of a list of layers. A layer takes the output of those that its `inputs` name, else of the one before it; an
 * `activation` option and the layers of a residual block become nodes of their own.
 *
 * @param layers in any order in which the first is not before what it takes
 * @param input shape of the network's input
 * @param outputs names of the layers whose outputs the network gives; default: the last one
 * @param who stands before names in messages
 * @throws TypeError, RangeError naming the layer where names, shapes or the number of inputs do not fit, where layers go round
 *   in a circle, or nobody takes a layer's output
 */
export function buildGraph(layers: readonly Layer[], input: Shape, outputs?: readonly string[], who = ""): Graph {
  const builder = new Builder(input);
  const ends = builder.list(layers, builder.input, outputs, { who, path: "", frozen: false });
  return { input: builder.input, nodes: builder.nodes, outputs: ends };
}

/** Where a list, or a layer of it, stands. */
interface Place {
  /** In messages: of a list what stands before the names of its layers, of a layer its name. */
  readonly who: string;
  /** In the graph, likewise. */
  readonly path: string;
  readonly frozen: boolean;
}

class Builder {
  readonly input: Tensor;
  readonly nodes: Node[] = [];

  constructor(shape: Shape) {
    this.input = { id: 0, shape };
  }

  /** Adds the nodes of a list; returns its outputs. */
  list(
    layers: readonly Layer[],
    input: Tensor,
    outputs: readonly string[] | undefined,
    { who, path, frozen }: Place,
  ): readonly Output[] {
    const items = itemsOf(layers, who);
    const ends = endsOf(items, outputs, who);
    const tensors: Tensor[] = [];
    for (const index of ordered(items, who)) {
      const item = items[index];
      const taken = item.inputs.map((from) => (from < 0 ? input : tensors[from]));
      tensors[index] = this.#item(item, taken, {
        who: `${who}${item.name}`,
        path: `${path}${item.name}`,
        frozen: frozen || item.layer.config.trainable === false,
      });
    }
    return ends.map((index) => ({ name: items[index].name, tensor: tensors[index] ?? input }));
  }

  /** Adds the nodes of a layer; returns its output. */
  #item({ layer }: Item, inputs: readonly Tensor[], place: Place): Tensor {
    checkArity(layer, inputs.length, `${layer.type} "${place.who}"`);
    const output = layer.block === undefined ? this.#node(layer, inputs, place) : this.#block(layer, inputs[0], place);
    const { activation } = layer;
    if (activation === undefined) return output;
    return this.#node(activation, [output], within(place, activation.type));
  }

  #node(layer: LayerDefinition, inputs: readonly Tensor[], { who, path, frozen }: Place): Tensor {
    const shapes = inputs.map(({ shape }) => shape);
    const output = { id: this.nodes.length + 1, shape: layer.outputShape(shapes, `${layer.type} "${who}"`) };
    this.nodes.push({ path, layer, inputs, output, frozen });
    return output;
  }

  /** Adds the nodes of a block and the sum of its two ways. */
  #block({ block, type }: Layer, input: Tensor, place: Place): Tensor {
    const { main = [], shortcut = [] } = block ?? {};
    const [way] = this.list(main, input, undefined, within(place, ""));
    const around = shortcut.length === 0 ? [] : this.list(shortcut, input, undefined, within(place, "shortcut/"));
    const ends = [way.tensor, around[0]?.tensor ?? input];
    const [shape, other] = ends.map((end) => end.shape);
    if (shape.join() !== other.join()) {
      throw new RangeError(
        `${type} "${place.who}": expected both ways to end in one shape, got [${shape}] and [${other}] on the shortcut`,
      );
    }
    return this.#node(readAdd({}), ends, place);
  }
}

/** A place within another. */
function within({ who, path, frozen }: Place, name: string): Place {
  return { who: `${who}/${name}`, path: `${path}/${name}`, frozen };
}

/** The layers of a list with their names, and what they take. */
function itemsOf(layers: readonly Layer[], who: string): readonly Item[] {
  const names = layerNames(layers);
  const places = new Map(names.map((name, index) => [name, index]));
  if (places.size < names.length) {
    const twice = names.find((name, index) => places.get(name) !== index);
    throw new RangeError(`layers: expected every name once, got ${shown(twice)} twice`);
  }
  return layers.map((layer, index) => ({
    name: names[index],
    layer,
    inputs: layer.config.inputs?.map((input) => {
      const place = places.get(input) ?? (input === INPUT ? -1 : undefined);
      if (place !== undefined) return place;
      const message = `expected inputs to be names of ${listed([INPUT, ...names])}, got ${shown(input)}`;
      throw new RangeError(`${layer.type} "${who}${names[index]}": ${message}`);
    }) ?? [index - 1],
  }));
}

/** Names of layers: of one without, its type, and from the second on its type and a number, clear of the names there are. */
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

/** The items that are the outputs of a list; everybody else's output must be taken by another. */
function endsOf(items: readonly Item[], outputs: readonly string[] | undefined, who: string): readonly number[] {
  if (outputs !== undefined && new Set(outputs).size !== Math.max(outputs.length, 1)) {
    throw new RangeError(`outputs: expected one or more names, each once, got ${listed(outputs)}`);
  }
  const ends = outputs?.map((output) => {
    const index = items.findIndex(({ name }) => name === output);
    if (index >= 0) return index;
    throw new RangeError(`outputs: expected names of ${listed(items.map(({ name }) => name))}, got ${shown(output)}`);
  }) ?? [items.length - 1];
  const taken = new Set([...ends, ...items.flatMap(({ inputs }) => inputs)]);
  const dead = items.find((_, index) => !taken.has(index));
  if (dead !== undefined) {
    const message = "expected another layer to take its output, or the outputs to name it, got neither";
    throw new RangeError(`${dead.layer.type} "${who}${dead.name}": ${message}`);
  }
  return ends;
}

/** Names in messages, cut short. */
export function listed(names: readonly string[]): string {
  const text = names.join(", ");
  return text.length > LONGEST_LIST ? `${text.slice(0, LONGEST_LIST)}...` : text;
}

/** Characters of a list of names in messages. */
const LONGEST_LIST = 200;

/** The items in an order in which each stands after those that it takes: as in the list where that is one. */
function ordered(items: readonly Item[], who: string): readonly number[] {
  const order: number[] = [];
  const state = new Array<"open" | "done" | undefined>(items.length);
  // A stack of its own: lists may be longer than calls can nest.
  for (let start = 0; start < items.length; start++) {
    const trail = [start];
    while (trail.length > 0) {
      const index = trail[trail.length - 1];
      const waiting = items[index].inputs.find((input) => input >= 0 && state[input] !== "done");
      if (state[index] === "done" || waiting === undefined) {
        if (state[index] !== "done") order.push(index);
        state[index] = "done";
        trail.pop();
        continue;
      }
      state[index] = "open";
      if (state[waiting] === "open") {
        const circle = [...trail.slice(trail.indexOf(waiting)), waiting].map((at) => items[at].name);
        throw new RangeError(
          `${items[waiting].layer.type} "${who}${items[waiting].name}": expected no layer to take what is made of its own ` +
            `output, got ${listed([circle.reverse().join(" -> ")])}`,
        );
      }
      trail.push(waiting);
    }
  }
  return order;
}
