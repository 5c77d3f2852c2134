import {
  type EngineName,
  type Json,
  type PredictionSettings,
  parsePlan,
  type Recipe,
  type TrainingPlan,
} from "convasm";
import { describeOptions } from "convasm/options";
import type { Division } from "../data/parts.ts";
import type { Values } from "../ui/fields.ts";
import { reasonOf } from "../ui/messages.ts";

/** Engine, cores and replicas of a training. */
export interface EngineSettings {
  readonly name: EngineName | "auto";
  /** On an isolated page, threads over one memory; else workers with memories of their own. */
  readonly cores: number | "auto";
}

/** Everything about a run but network and data, as the form has it. */
export interface TrainingSettings {
  readonly optimizer: Values;
  readonly schedule: Values;
  readonly loss: Values;
  /** Options of the augmentation; no entries for none. */
  readonly augment: Values;
  /** Options of the average of the weights; no entries for none. */
  readonly averaging: Values;
  /** Statistics and views of evaluations. */
  readonly prediction: Values;
  /** Names of metrics beside loss and accuracy. */
  readonly metrics: readonly string[];
  /** The options of the plan that are single values, and few change: see `MORE_KEYS`. */
  readonly more: Values;
  /** Division of the images. */
  readonly split: Division;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly engine: EngineSettings;
}

/** Options of the plan that have controls of their own. */
const MAIN_KEYS: readonly string[] = ["batchSize", "epochs", "seed"];

/** The plan's other numbers, words and flags, such as `stepsPerEpoch`: the form shows a field for each. */
export const MORE_KEYS: readonly string[] = describeOptions("training", "plan")
  .filter(({ key, field }) => ["whole", "number", "choice", "flag"].includes(field) && !MAIN_KEYS.includes(key))
  .map(({ key }) => key);

/** A form's values of something that JSON holds. */
export function valuesOf(json: Json | undefined): Values {
  return typeof json === "object" && json !== null && !isList(json) ? json : {};
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** Steps of an epoch of MNIST, which the networks' own epochs are meant for: fewer learn too little. */
const LEAST_STEPS = 450;

/** With a few dozen images, more epochs learn them by heart. */
const MOST_EPOCHS = 100;

/** A recipe's epochs; for fewer images than MNIST's so many that there are as many steps. */
export function epochsFor({ batchSize, epochs, split }: Recipe, images: number): number {
  // An experiment with images of its own choice means what it says.
  if (batchSize === "all" || split !== undefined || images === 0) return epochs;
  const stepsPerEpoch = Math.ceil(images / batchSize);
  return Math.max(epochs, Math.min(MOST_EPOCHS, Math.ceil(LEAST_STEPS / stepsPerEpoch)));
}

/** A recipe's batch size for so many images. */
export function batchSizeFor({ batchSize, split }: Recipe, images: number): number {
  const [begin, end] = split?.train ?? [0, images];
  return batchSize === "all" ? Math.max(1, Math.min(images, end) - begin) : batchSize;
}

/** Settings that are a recipe's, for so many images. */
export function settingsOf(recipe: Recipe, images: number, engine: EngineSettings): TrainingSettings {
  const { optimizer, schedule, loss, augment, averaging, prediction = {}, metrics = [], split } = recipe;
  return {
    optimizer: optimizer.config,
    schedule,
    loss: typeof loss === "string" ? { type: loss } : loss.config,
    augment: augment === undefined ? {} : Object.fromEntries(Object.entries(augment)),
    averaging: averaging ?? {},
    prediction: Object.fromEntries(Object.entries(prediction)),
    metrics,
    more: moreOf(recipe),
    // The page always shows how well held-out images do.
    split: { validation: "usual", ...split },
    batchSize: batchSizeFor(recipe, images),
    epochs: epochsFor(recipe, images),
    seed: 0,
    engine,
  };
}

/** Those of some settings that stand under {@link MORE_KEYS}. */
export function moreOf(settings: object): Values {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => MORE_KEYS.includes(key)));
}

/** The settings checked, or what is wrong with them. */
export function readyRun(settings: TrainingSettings): TrainingPlan | { readonly error: string } {
  const { split: _, engine: __, more, augment, averaging, ...plan } = settings;
  try {
    const read = parsePlan({ ...plan, ...more, augment: someOf(augment), averaging: someOf(averaging) }, "training");
    // The lists of the page have no other loss, but the file of a model may.
    if (read.loss.classes) return read;
    return { error: `The loss ${read.loss.config.type} is for target values; the images here have classes.` };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/** The statistics and views of a run's evaluations. */
export function predictionOf(settings: TrainingSettings): PredictionSettings {
  const ready = readyRun(settings);
  return "error" in ready ? {} : ready.prediction;
}

/** Values that are there; without entries undefined. */
function someOf(values: Values): Values | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}
