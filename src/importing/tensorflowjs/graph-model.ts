/**
 * Graphs of TensorFlow's operations as networks.
 *
 * @module
 */

import { InputRangeError, isInputError, listed, retold, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { nearest } from "../../options/nearest.ts";
import { Draft, type Ref } from "../draft.ts";
import type { ForeignModel, OpenFacts } from "../foreign-model.ts";
import { compileSettings } from "../keras/compile-settings.ts";
import { listOf } from "../keras/config.ts";
import type { WeightPair } from "../weight-fit.ts";
import { foldConstant } from "./graph-constants.ts";
import { GraphNode } from "./graph-node.ts";
import { OPERATIONS } from "./graph-operations.ts";
import type { GraphValue, Placed } from "./placed-node.ts";
import type { WeightArray } from "./weights.ts";

/** Most nodes of a graph. */
const MAX_NODES = 100_000;

/**
 * A model from a graph.
 *
 * @throws RangeError naming the node for an operation that there is none of here, or one in a form that there is none of
 */
export async function importGraph(
  who: string,
  json: Readonly<Record<string, unknown>> & { readonly modelTopology: Readonly<Record<string, unknown>> },
  weights: ReadonlyMap<string, WeightArray>,
  open: OpenFacts,
): Promise<ForeignModel> {
  const list = listOf(`${who}: node`, json.modelTopology.node);
  if (list.length > MAX_NODES) throw new InputRangeError(who, `at most ${MAX_NODES} nodes`, "more", "too-large");
  const nodes = list.map((node) => new GraphNode(who, node));
  const reader = new GraphReader(who, nodes, weights, open);
  const ends = outputNames(who, json, reader);
  const outputs = ends.map((name) => reader.output(name));
  const architecture = reader.draft.architecture(
    who,
    outputs.map(({ tensor }) => tensor),
    open,
  );
  return {
    architecture,
    fit: { values: reader.draft.values, pairs: reader.pairs, missing: [], unused: reader.unused() },
    compile: compileSettings(architecture, undefined, () => {}),
    notes: reader.draft.notes,
  };
}

/** Names of the nodes whose outputs are the network's: those of the signature, else those that nobody takes. */
function outputNames(who: string, json: Readonly<Record<string, unknown>>, reader: GraphReader): readonly string[] {
  const meta = isRecord(json.userDefinedMetadata) ? json.userDefinedMetadata : {};
  const signature = isRecord(json.signature) ? json.signature : isRecord(meta.signature) ? meta.signature : {};
  const signed = isRecord(signature.outputs) ? Object.values(signature.outputs) : [];
  const names = signed.flatMap((output) => {
    return isRecord(output) && typeof output.name === "string" ? [output.name.replace(/:0$/, "")] : [];
  });
  const found = names.length > 0 ? names : reader.ends();
  if (found.length > 0) return found;
  throw new InputRangeError(who, "outputs", "none", "damaged-file");
}

class GraphReader {
  readonly draft: Draft;
  readonly pairs: WeightPair[] = [];
  readonly #who: string;
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #users = new Map<string, GraphNode[]>();
  readonly #weights: ReadonlyMap<string, WeightArray>;
  readonly #values = new Map<string, GraphValue>();
  readonly #taken = new Set<string>();
  /** Additions that became the bias of the layer before them. */
  readonly #absorbed = new Set<string>();

  constructor(who: string, nodes: readonly GraphNode[], weights: ReadonlyMap<string, WeightArray>, open: OpenFacts) {
    this.#who = who;
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#weights = weights;
    for (const node of nodes) {
      for (const input of node.inputs) this.#users.set(input, [...(this.#users.get(input) ?? []), node]);
    }
    const inputs = nodes.filter(({ op }) => op === "Placeholder");
    if (inputs.length !== 1) {
      throw new InputRangeError(
        who,
        "a model of one input",
        listed(inputs.map(({ name }) => name)),
        "unsupported-file",
      );
    }
    this.draft = new Draft(imageShape(who, inputs[0].shape("shape") ?? [], open));
    const isSole = this.#users.get(inputs[0].name)?.length === 1;
    const pixels = { tensor: this.draft.input, planes: false, pixels: isSole };
    const isVector = inputs[0].shape("shape")?.length === 2;
    const ref = isVector ? this.draft.add("flatten", "input_vector", {}, [pixels]).output : pixels;
    this.#values.set(inputs[0].name, { ref });
  }

  /** Names of nodes whose outputs no other node takes. */
  ends(): readonly string[] {
    return [...this.#nodes.keys()].filter((name) => !this.#users.has(name) && this.#nodes.get(name)?.op !== "Const");
  }

  /** Names of arrays that no node of the network is made of. */
  unused(): readonly string[] {
    return [...this.#weights.keys()].filter((name) => !this.#taken.has(name));
  }

  /** The tensor that a node gives, with all that it is made of. */
  output(name: string): Ref {
    // A stack of its own: graphs may be deeper than calls can nest.
    const trail = [name];
    const open = new Set<string>();
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      if (this.#values.has(top)) {
        trail.pop();
        continue;
      }
      const node = this.#nodes.get(top);
      if (node === undefined) throw new InputRangeError(this.#who, `a node ${shown(top)}`, "none", "damaged-file");
      const missing = node.inputs.filter((input) => !this.#values.has(input));
      if (missing.length === 0) {
        this.#values.set(top, this.#valueOf(node));
        continue;
      }
      if (open.has(top)) throw new InputRangeError(node.who, "no circle of nodes", "one", "damaged-file");
      open.add(top);
      trail.push(...missing);
    }
    const value = this.#values.get(name);
    if (value !== undefined && "ref" in value) return value.ref;
    throw new InputRangeError(
      this.#who,
      `an output made of the input, ${shown(name)}`,
      "constants",
      "unsupported-file",
    );
  }

  #valueOf(node: GraphNode): GraphValue {
    const { op, name, who } = node;
    if (op === "Const") {
      const array = this.#weights.get(name);
      if (array === undefined) throw new InputRangeError(who, "its numbers in weightsManifest", "none", "damaged-file");
      this.#taken.add(name);
      return { array };
    }
    const inputs = node.inputs.flatMap((input) => this.#values.get(input) ?? []);
    const folded = this.#absorbed.has(name) ? inputs.find((value) => "ref" in value) : foldConstant(node, inputs);
    if (folded !== undefined) return folded;
    if (!Object.hasOwn(OPERATIONS, op)) {
      const known = Object.keys(OPERATIONS);
      const near = nearest(op, known);
      const advice = near === undefined ? `there are ${listed(known)}` : `the nearest is ${near}`;
      throw new InputRangeError(who, "a supported operation", op, "unsupported-file", { advice });
    }
    try {
      const ref = OPERATIONS[op](this.#place(node, inputs));
      const isSole = this.#users.get(name)?.length === 1;
      return { ref: { ...ref, pixels: ref.pixels && isSole } };
    } catch (error) {
      if (!isInputError(error) || error.who.startsWith(who)) throw error;
      throw retold(error, { who: `${who}: ${error.who}` });
    }
  }

  #place(node: GraphNode, inputs: readonly GraphValue[]): Placed {
    const name = node.name.replace(/^StatefulPartitionedCall\//, "");
    return {
      node,
      inputs,
      draft: this.draft,
      name,
      take: (weight, array, source, values = array.values) => {
        if (values.length !== array.values.length) throw node.wrong(`${values.length} numbers`, array.values.length);
        this.draft.values.set(weight, values);
        this.pairs.push({ weight, tensor: source });
      },
      biasBehind: (channels) => this.#biasBehind(node, channels),
    };
  }

  #biasBehind(node: GraphNode, channels: number): WeightArray | undefined {
    const users = this.#users.get(node.name) ?? [];
    const [behind] = users;
    if (users.length !== 1 || !["BiasAdd", "Add", "AddV2"].includes(behind.op)) return undefined;
    const other = behind.inputs.find((input) => input !== node.name);
    const constant = other === undefined ? undefined : this.#nodes.get(other);
    const array = constant?.op === "Const" ? this.#weights.get(constant.name) : undefined;
    if (constant === undefined || array?.shape.join() !== `${channels}`) return undefined;
    this.#taken.add(constant.name);
    this.#absorbed.add(behind.name);
    return array;
  }
}

/** The shape of images, the batch left out. */
function imageShape(who: string, given: readonly number[], { shape }: OpenFacts): readonly [number, number, number] {
  const own = given.slice(1);
  const extents = own.length === 3 ? own : own.length === 1 ? [1, 1, own[0]] : undefined;
  if (extents === undefined && shape === undefined) {
    throw new InputRangeError(who, "an input of images or vectors", `[${own.join(", ")}]`, "unsupported-file");
  }
  const whole = (extents ?? [Number.NaN, Number.NaN, Number.NaN]).map((extent, i) => {
    if (shape !== undefined && !Number.isNaN(extent) && extent !== shape[i]) {
      throw new InputRangeError(who, `a shape that is the file's, [${own.join(", ")}]`, shown(shape), "shape-mismatch");
    }
    return Number.isNaN(extent) ? (shape?.[i] ?? extent) : extent;
  });
  if (whole.some(Number.isNaN)) {
    const advice = "the option shape says it";
    throw new InputRangeError(who, "the shape of images, which the file leaves open", "none", "missing", { advice });
  }
  return [whole[0], whole[1], whole[2]];
}
