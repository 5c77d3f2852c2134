/**
 * Calls of layers in a graph of Keras, in an order in which they can run.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { listOf } from "./config.ts";
import { type Item, isModelClass } from "./items.ts";

/** An output of a call of a layer. */
export interface CallOutput {
  /** The key of the call. */
  readonly call: string;
  readonly output: number;
}

/** A layer that is applied to outputs of others. */
export interface Call {
  readonly key: string;
  readonly item: Item;
  readonly from: readonly CallOutput[];
}

/** The calls that lead from a model's inputs to its outputs. */
export interface Calls {
  /** Keys of the input layers. */
  readonly inputs: readonly string[];
  readonly outputs: readonly CallOutput[];
  readonly ordered: readonly Call[];
  /** Number of calls and outputs that take the outputs of a call. */
  users(key: string): number;
}

const keyOf = (name: string, call: number) => `${name} ${call}`;

/**
 * Reads the calls of a graph.
 *
 * @param config of the model: `input_layers`, `output_layers`
 * @throws RangeError for circles, or names that lead nowhere
 */
export function layerCalls(who: string, items: readonly Item[], config: Readonly<Record<string, unknown>>): Calls {
  const found = new Map<string, Call>();
  for (const item of items) {
    const nodes =
      item.inbound === undefined ? [] : listOf(`${who}: inbound_nodes of ${shown(item.name)}`, item.inbound);
    if (nodes.length === 0) found.set(keyOf(item.name, 0), { key: keyOf(item.name, 0), item, from: [] });
    nodes.forEach((node, i) => {
      const key = keyOf(item.name, i);
      found.set(key, { key, item, from: tensorsOf(who, item.name, node) });
    });
  }
  // Version 2 counts the calls of a model in a model from 1, as its own graph is the first.
  const single = new Set(items.filter(({ className }) => isModelClass(className)).map(({ name }) => keyOf(name, 1)));
  for (const key of single) {
    const first = found.get(key.replace(/1$/, "0"));
    if (first !== undefined && !found.has(key)) found.set(key, { ...first, key });
  }
  const inputs = endsOf(who, "input_layers", config.input_layers).map(({ call }) => call);
  const outputs = endsOf(who, "output_layers", config.output_layers);
  const ordered = order(who, found, inputs, outputs);
  const users = new Map<string, number>();
  for (const { call } of [...ordered.flatMap(({ from }) => from), ...outputs]) {
    users.set(call, (users.get(call) ?? 0) + 1);
  }
  return { inputs, outputs, ordered, users: (key) => users.get(key) ?? 0 };
}

/** Calls in an order in which each stands behind those whose outputs it takes. */
function order(
  who: string,
  found: ReadonlyMap<string, Call>,
  inputs: readonly string[],
  outputs: readonly CallOutput[],
): readonly Call[] {
  const ordered: Call[] = [];
  const done = new Set(inputs);
  const open = new Set<string>();
  // A stack of its own: networks may be deeper than calls can nest.
  const trail: { readonly key: string; taken: number }[] = [...outputs]
    .reverse()
    .map(({ call }) => ({ key: call, taken: 0 }));
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const { key } = top;
    if (done.has(key)) {
      trail.pop();
      continue;
    }
    const call = found.get(key);
    if (call === undefined || call.from.length === 0) {
      throw new InputRangeError(who, "layers that come from the model's input", shown(key), "unsupported-file");
    }
    if (top.taken < call.from.length) {
      const next = call.from[top.taken].call;
      if (top.taken === 0) open.add(key);
      top.taken++;
      if (open.has(next) && !done.has(next)) {
        throw new InputRangeError(who, "layers without a circle", `one through ${shown(next)}`, "damaged-file");
      }
      trail.push({ key: next, taken: 0 });
    } else {
      done.add(key);
      ordered.push(call);
      trail.pop();
    }
  }
  return ordered;
}

/** Inputs or outputs of a model: one, or a list, each [layer, call, output]. */
function endsOf(who: string, what: string, value: unknown): CallOutput[] {
  const isOne = Array.isArray(value) && typeof value[0] === "string";
  if (isRecord(value)) throw new InputRangeError(who, `${what} as a list`, "names of them", "unsupported-file");
  return (isOne ? [value] : listOf(`${who}: ${what}`, value)).map((end) => historyOf(who, end));
}

/** The output that an entry [layer, call, output] of a graph names. */
function historyOf(who: string, value: unknown): CallOutput {
  const [name, call, output] = listOf(`${who}: an output of a layer`, value);
  const isIndex = (index: unknown): index is number => typeof index === "number" && index >= 0;
  if (typeof name === "string" && isIndex(call) && isIndex(output)) return { call: keyOf(name, call), output };
  throw new InputRangeError(who, "[layer, call, output]", shown(value), "damaged-file");
}

/** The outputs that a layer is applied to: of version 3 its arguments, before that a list of [layer, call, output, options]. */
function tensorsOf(who: string, name: string, node: unknown): CallOutput[] {
  if (!isRecord(node)) {
    const list = listOf(`${who}: inbound_nodes of ${shown(name)}`, node);
    return (typeof list[0] === "string" ? [list] : list).map((tensor) => historyOf(who, tensor));
  }
  const found: CallOutput[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 4) throw new InputRangeError(who, `arguments of ${shown(name)}`, "lists in lists", "damaged-file");
    if (Array.isArray(value)) {
      for (const item of value) visit(item, depth + 1);
    } else if (isRecord(value) && value.class_name === "__keras_tensor__" && isRecord(value.config)) {
      found.push(historyOf(who, value.config.keras_history));
    } else if (value !== null && value !== undefined) {
      const got = `${shown(value)} for ${shown(name)}`;
      throw new InputRangeError(who, "layers that take tensors alone", got, "unsupported-file");
    }
  };
  visit(node.args, 0);
  const { mask: _, training: __, ...kwargs } = isRecord(node.kwargs) ? node.kwargs : {};
  for (const value of Object.values(kwargs)) visit(value, 0);
  return found;
}
