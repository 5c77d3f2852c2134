/**
 * Networks of Keras: sequences and graphs of layers, and models in models.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { MOST_NESTED } from "../../graph/limits.ts";
import { isRecord } from "../../json.ts";
import type { Draft, Ref } from "../draft.ts";
import { layerCalls } from "./calls.ts";
import { Config, recordOf } from "./config.ts";
import { type Item, isModelClass, itemsOf } from "./items.ts";
import type { KerasWeight } from "./keras-weight.ts";
import { convertLayer } from "./layers.ts";

/** A layer, or a model of several, with the weights that a file should have for it. */
export interface Part {
  /** Its name within the model that it stands in. */
  readonly name: string;
  readonly className: string;
  readonly weights: readonly KerasWeight[];
  /** The layers of a model, in its order. */
  readonly parts: readonly Part[];
  /** False where all of it is frozen. */
  readonly trainable: boolean;
}

/** Where a model stands. */
interface Place {
  readonly who: string;
  readonly version: number;
  /** True if the weights are of Theano. */
  readonly isTurned: boolean;
  readonly draft: Draft;
  /** Names of the models that it stands in. */
  readonly path: readonly string[];
}

/**
 * Adds the layers of a model to a draft.
 *
 * @param item the model
 * @param inputs what it is applied to
 * @returns its outputs, and its layers with their weights
 */
export function addModel(item: Item, inputs: readonly Ref[], place: Place): { outputs: readonly Ref[]; part: Part } {
  const { who, version, path } = place;
  if (path.length > MOST_NESTED) throw new InputRangeError(who, `${MOST_NESTED} nested models`, "more", "too-large");
  const { className, config, name } = item;
  const items = itemsOf(who, className, config, version);
  const { outputs, parts } =
    className === "Sequential" ? addSequence(items, inputs, place) : addGraph(item, items, inputs, place);
  const trainable = !(isRecord(config) && config.trainable === false);
  return { outputs, part: { name, className, weights: [], parts, trainable } };
}

function addSequence(items: readonly Item[], inputs: readonly Ref[], place: Place) {
  if (inputs.length !== 1) throw new InputRangeError(place.who, "one input", `${inputs.length}`, "unsupported-file");
  let [ref] = inputs;
  const parts: Part[] = [];
  for (const item of items) {
    if (item.className === "InputLayer") continue;
    const { outputs, part } = addItem(item, [ref], place);
    parts.push(part);
    if (outputs.length !== 1) {
      throw new InputRangeError(place.who, "one output of each layer", `${outputs.length} of ${shown(item.name)}`);
    }
    [ref] = outputs;
  }
  return { outputs: [ref], parts };
}

function addGraph(model: Item, items: readonly Item[], inputs: readonly Ref[], place: Place) {
  const { who } = place;
  const config = recordOf(`${who}: config of ${model.className}`, model.config);
  const calls = layerCalls(who, items, config);
  if (calls.inputs.length !== inputs.length) {
    throw new InputRangeError(who, `${calls.inputs.length} inputs`, `${inputs.length}`, "unsupported-file");
  }
  const made = new Map<string, readonly Ref[]>();
  calls.inputs.forEach((key, i) => {
    made.set(key, [{ ...inputs[i], pixels: inputs[i].pixels && calls.users(key) === 1 }]);
  });
  const parts = new Map<string, Part>();
  for (const { item, from, key } of calls.ordered) {
    const refs = from.map(({ call, output }) => take(made, call, output, who));
    const { outputs, part } = addItem(item, refs, place);
    if (parts.has(item.name) && hasWeights(part)) {
      const got = `${shown(item.name)} applied twice`;
      throw new InputRangeError(who, "layers that share no weights", got, "unsupported-file");
    }
    const isSole = calls.users(key) === 1;
    made.set(
      key,
      outputs.map((ref) => ({ ...ref, pixels: ref.pixels && isSole })),
    );
    parts.set(item.name, part);
  }
  const outputs = calls.outputs.map(({ call, output }) => take(made, call, output, who));
  // Files have weights in the order of the list, whatever the order of the calls.
  return { outputs, parts: items.flatMap(({ name }) => parts.get(name) ?? []) };
}

function hasWeights({ weights, parts }: Part): boolean {
  return weights.length > 0 || parts.some(hasWeights);
}

function take(made: ReadonlyMap<string, readonly Ref[]>, call: string, output: number, who: string): Ref {
  const ref = made.get(call)?.[output];
  if (ref !== undefined) return ref;
  throw new InputRangeError(
    who,
    "layers that take outputs of others",
    `output ${output} of ${shown(call)}`,
    "damaged-file",
  );
}

/** Adds a layer, or a model in a model. */
function addItem(item: Item, inputs: readonly Ref[], place: Place): { outputs: readonly Ref[]; part: Part } {
  const { who, version, isTurned, draft, path } = place;
  const { className, name } = item;
  if (isModelClass(className)) return addModel(item, inputs, { ...place, path: [...path, name] });
  const weights: KerasWeight[] = [];
  const config = new Config(`${who}: layer ${shown(name)} (${className})`, item.config);
  checkPolicy(config);
  const given = { className, name: [...path, name].join("."), config, version, isTurned, inputs, draft, weights };
  const output = convertLayer(given);
  noteUnheld(given.name, config, draft);
  return {
    outputs: [output],
    part: { name, className, weights, parts: [], trainable: config.flag("trainable", true) },
  };
}

/** Options of a layer that have no place here and act in training only. */
const TRAINING_ONLY = [
  "kernel_regularizer",
  "bias_regularizer",
  "activity_regularizer",
  "depthwise_regularizer",
  "pointwise_regularizer",
  "beta_regularizer",
  "gamma_regularizer",
  "kernel_constraint",
  "bias_constraint",
  "depthwise_constraint",
  "pointwise_constraint",
];

function noteUnheld(name: string, config: Config, draft: Draft): void {
  const keys = TRAINING_ONLY.filter((key) => config.has(key));
  if (keys.length > 0)
    draft.note(`${name}: ${keys.join(", ")} left out; the optimizer's weightDecay is for all layers`);
}

/** Throws for weights of fewer bits that are numbers of a table, of which Keras' float types are none. */
function checkPolicy(config: Config): void {
  const { dtype } = config.values;
  const policy = isRecord(dtype) && isRecord(dtype.config) ? (dtype.config.name ?? dtype.config.mode) : dtype;
  if (typeof policy === "string" && /int[48]|float8/.test(policy)) {
    throw new InputRangeError(config.who, "weights that are floats", `a policy of ${policy}`, "unsupported-file");
  }
}
