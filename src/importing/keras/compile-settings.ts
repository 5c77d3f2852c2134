/**
 * Keras' losses and optimizers as those here.
 *
 * @module
 */

import { shown } from "../../errors.ts";
import { snakeCase } from "../../formats/keras-names.ts";
import { isRecord, type Json } from "../../json.ts";
import type { Architecture } from "../../model/architecture.ts";
import type { Loss, Optimizer } from "../../model/contracts.ts";
import { parseLoss } from "../../training/losses.ts";
import { parseOptimizer } from "../../training/optimizers.ts";

/** Settings of `compile` that a file holds. */
export interface CompileSettings {
  readonly loss?: Loss;
  readonly optimizer?: Optimizer;
}

/** Losses by Keras' names, and the last layer that they need unless they work on logits. */
const LOSSES: Readonly<Record<string, readonly [loss: string, last?: string]>> = {
  categorical_crossentropy: ["softmaxCrossEntropy", "softmax"],
  sparse_categorical_crossentropy: ["softmaxCrossEntropy", "softmax"],
  binary_crossentropy: ["sigmoidBinaryCrossEntropy", "sigmoid"],
  mean_squared_error: ["meanSquaredError"],
  mse: ["meanSquaredError"],
  mean_absolute_error: ["meanAbsoluteError"],
  mae: ["meanAbsoluteError"],
  huber: ["huber"],
  huber_loss: ["huber"],
};

/** Losses by the activation that a network ends with, for files that name no loss. */
const OF_LAST: Readonly<Record<string, string>> = {
  softmax: "softmaxCrossEntropy",
  sigmoid: "sigmoidBinaryCrossEntropy",
};

/**
 * The loss and the optimizer of a file.
 *
 * @param compiled `compile_config` or `training_config` of the file; undefined where it has none
 * @param note told of what has no place here
 */
export function compileSettings(
  architecture: Architecture,
  compiled: unknown,
  note: (line: string) => void,
): CompileSettings {
  const [{ tensor }, ...others] = architecture.graph.outputs;
  if (others.length > 0) return {};
  const last = architecture.graph.nodes.find(({ output }) => output.id === tensor.id)?.layer.type ?? "";
  const given: Readonly<Record<string, unknown>> = isRecord(compiled) ? compiled : {};
  const loss = lossOf(given.loss, last, note);
  const ofLast = given.loss === undefined && Object.hasOwn(OF_LAST, last) ? parseLoss(OF_LAST[last]) : undefined;
  const optimizer = loss === undefined ? undefined : optimizerOf(given.optimizer ?? given.optimizer_config, note);
  const chosen = loss ?? ofLast;
  return { ...(chosen && { loss: chosen }), ...(optimizer && { optimizer }) };
}

/** The name and the options of what Keras serialised. */
function serialised(value: unknown): { readonly name: string; readonly options: Readonly<Record<string, unknown>> } {
  if (typeof value === "string") return { name: snakeCase(value), options: {} };
  if (!isRecord(value)) return { name: shown(value), options: {} };
  const { class_name: className, config } = value;
  if (className === "function" && typeof config === "string") return { name: snakeCase(config), options: {} };
  const name = typeof className === "string" ? snakeCase(className.replace(/^.*>/, "")) : shown(value);
  return { name, options: isRecord(config) ? config : {} };
}

function lossOf(value: unknown, last: string, note: (line: string) => void): Loss | undefined {
  if (value === undefined || value === null) return undefined;
  const one =
    isRecord(value) && value.class_name === undefined && Object.keys(value).length === 1
      ? Object.values(value)[0]
      : value;
  const { name, options } = serialised(one);
  const found = Object.hasOwn(LOSSES, name) ? LOSSES[name] : undefined;
  if (found === undefined) {
    note(`compile: the loss ${name} has no place here`);
    return undefined;
  }
  const [type, needed] = found;
  if (needed !== undefined && options.from_logits !== true && last !== needed) {
    note(`compile: the loss ${name} of outputs without ${needed} has no place here`);
    return undefined;
  }
  if (needed !== undefined && options.from_logits === true && last === needed) {
    note(`compile: the loss ${name} of logits after ${needed} has no place here`);
    return undefined;
  }
  const { label_smoothing: smoothing, delta } = options;
  const isSmooth = typeof smoothing === "number" && smoothing > 0;
  if (isSmooth && type !== "softmaxCrossEntropy") note(`compile: label_smoothing of ${name} has no place here`);
  return parseLoss({
    type,
    ...(isSmooth && type === "softmaxCrossEntropy" && { labelSmoothing: smoothing }),
    ...(type === "huber" && typeof delta === "number" && { delta }),
  });
}

/** Options of optimizers by Keras' names, and ours. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sgd: { momentum: "momentum", nesterov: "nesterov" },
  rmsprop: { rho: "rho", momentum: "momentum", epsilon: "epsilon" },
  adam: { beta_1: "beta1", beta_2: "beta2", epsilon: "epsilon" },
  adamw: { beta_1: "beta1", beta_2: "beta2", epsilon: "epsilon" },
};

/** Names of classes in snake case whose ours are others. */
const OPTIMIZERS: Readonly<Record<string, string>> = { rms_prop: "rmsprop", rmsprop: "rmsprop", adam_w: "adamw" };

/** Options of Keras' optimizers that convasm does not have, with the values that leave the optimizer as it is. */
const WITHOUT: readonly (readonly [key: string, harmless: readonly unknown[]])[] = [
  ["amsgrad", [false]],
  ["centered", [false]],
  ["decay", [0]],
  ["clipnorm", []],
  ["clipvalue", []],
  ["use_ema", [false]],
];

function optimizerOf(value: unknown, note: (line: string) => void): Optimizer | undefined {
  if (value === undefined || value === null) return undefined;
  const { name, options } = serialised(value);
  const type = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : name;
  if (!Object.hasOwn(OPTIONS, type)) {
    note(`compile: the optimizer ${name} has no place here`);
    return undefined;
  }
  for (const [key, harmless] of WITHOUT) {
    const option = options[key];
    if (option !== undefined && option !== null && !harmless.includes(option)) {
      note(`compile: ${key} of the optimizer ${name} has no place here`);
    }
  }
  const rate = options.learning_rate ?? options.lr;
  const isSchedule = isRecord(rate);
  const first = isSchedule && isRecord(rate.config) ? rate.config.initial_learning_rate : rate;
  if (isSchedule) note("compile: the schedule of the learning rate has no place in a model; its first rate is taken");
  const own = Object.entries(OPTIONS[type]).map(([theirs, ours]): [string, unknown] => [ours, options[theirs]]);
  const { weight_decay: decay, global_clipnorm: clipNorm } = options;
  const all = [...own, ["learningRate", first], ["weightDecay", decay], ["clipNorm", clipNorm]] as const;
  const read = all.filter((entry): entry is [string, number | boolean] => {
    return typeof entry[1] === "number" || typeof entry[1] === "boolean";
  });
  const json: Json = { type, ...Object.fromEntries(read) };
  return parseOptimizer(json);
}
