import { type AnyDataset, type Dataset, sliceDataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load-dataset.ts";
import { TooSmallError } from "../errors.ts";
import { Architecture } from "../model/architecture.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { planCallbacks } from "../training/callbacks/plan-callbacks.ts";
import { divergenceOf } from "../training/callbacks/stop-on-nan.ts";
import type { CompileOptions } from "../training/compile-options.ts";
import { checkLoss } from "../training/diverged.ts";
import type { Evaluation } from "../training/evaluation.ts";
import type { FitEvent } from "../training/events.ts";
import { FIT_PLAN } from "../training/fit-plan.ts";
import type { History } from "../training/history.ts";
import { Model } from "../training/model.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { WHITENING, whiten } from "../training/whitening.ts";
import { keepsBest, type Recipe, type RecipeFigure } from "./recipe.ts";
import { batchOf, splitData, type TrainTestData } from "./split-data.ts";

/** Options of `runRecipe`. */
export interface RunRecipeOptions extends Pick<CompileOptions, "engine" | "precision" | "threads"> {
  /** Seed of everything random. Default 0. */
  readonly seed?: number;
  /** Default: the recipe's. */
  readonly epochs?: number;
  /** Called for every step, report and epoch. */
  readonly onEvent?: (event: FitEvent) => void;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal;
}

/** Result of a recipe's run. */
export interface RecipeRun {
  /** The trained model. */
  readonly model: Model;
  /** The figures of its epochs. */
  readonly history: History;
  /** Evaluation of the images to test on; undefined where there are none, or the run was interrupted. */
  readonly test: Evaluation | undefined;
}

/** Shape of images for recipes that name none. */
export const DEFAULT_SHAPE = [28, 28, 1] as const;

/**
 * A recipe's network on paper, for images of a shape and a number of classes.
 *
 * @throws TypeError, RangeError where the images do not fit: a `TooSmallError` if larger ones do
 */
export function recipeArchitecture(
  { name, input, layers, outputs, variables, smallest = 1, shape: own = DEFAULT_SHAPE }: Recipe,
  { shape = own, classes = 10 }: Partial<Pick<Dataset, "shape" | "classes">> = {},
): Architecture {
  const [h, w] = shape;
  if (h < smallest || w < smallest) {
    throw new TooSmallError(name, `images of at least ${smallest} x ${smallest}`, `${h} x ${w}`);
  }
  const { shape: wanted = shape, ...scaling } = input;
  return new Architecture({
    input: { shape: wanted, ...scaling },
    layers: layers(classes, { shape, variables }),
    outputs,
  });
}

/**
 * Runs a recipe on a data set, divided up as the recipe says: trains, then tests. `convasm train --recipe` does the same,
 * with the same weights from the same seed, and keeps files.
 *
 * @throws TypeError, RangeError if the data does not fit the recipe
 * @throws DivergedError if a loss or a weight becomes NaN or infinite
 * @example
 * const { test } = await runRecipe(findRecipe("conv8"), { train, test: undefined }, { seed: 1 });
 */
export async function runRecipe(
  recipe: Recipe,
  data: TrainTestData<AnyDataset>,
  options: RunRecipeOptions = {},
): Promise<RecipeRun> {
  const { seed = 0, epochs = recipe.epochs, onEvent, signal, ...engine } = options;
  const { train, validation, test } = splitData(data, recipe.split);
  const { whitening } = recipe;
  const plan = readOptions(`recipe ${recipe.name}`, TRAINING_PLAN, {
    ...pickOptions(TRAINING_PLAN, recipe),
    ...(validation !== undefined && { restoreBestWeights: keepsBest(recipe) }),
  });
  const { loss, optimizer, batchSize, prediction } = plan;
  const model = new Model(recipeArchitecture(recipe, train), seed);
  await model.compile({ ...engine, loss, optimizer, batchSize: batchOf(batchSize, train.length) });
  if (whitening !== undefined) whiten(model, await firstImages(train, whitening.images), whitening);
  const events = model.fitEvents(train, {
    ...pickOptions(FIT_PLAN, plan),
    epochs,
    callbacks: planCallbacks(plan, validation !== undefined),
    ...(validation !== undefined && { validation }),
    ...(signal !== undefined && { signal }),
  });
  for (;;) {
    const next = await events.next();
    if (next.done !== true) {
      onEvent?.(next.value);
      continue;
    }
    const divergence = divergenceOf(next.value.end);
    if (divergence !== undefined) throw divergence;
    const isDone = next.value.end !== "interrupted" && test !== undefined;
    const figures = isDone ? await model.evaluate(test, { ...prediction, ...(signal && { signal }) }) : undefined;
    if (figures !== undefined) checkLoss(figures.loss, "test loss");
    return { model, history: next.value, test: figures };
  }
}

/** The first images of a data set, in memory. */
export function firstImages(data: AnyDataset, most: number = WHITENING.images.default): Promise<Dataset> | Dataset {
  return "read" in data ? loadDataset(sliceDataset(data, 0, Math.min(most, data.length))) : data;
}

/** The number of a run that a figure stands for; undefined if the run did not get there. */
export function figureOf(figure: RecipeFigure, { history, test }: Pick<RecipeRun, "history" | "test">) {
  if (figure.figure === "testAccuracy") return test?.accuracy;
  if (figure.figure === "averageLoss") {
    return history.reports.find(({ event, step }) => event === "average" && step === figure.step)?.loss;
  }
  const epoch = history.epochs.find((event) => event.epoch === figure.epoch);
  return epoch?.[figure.figure];
}
