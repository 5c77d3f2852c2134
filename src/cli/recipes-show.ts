import type { Architecture } from "../model/architecture.ts";
import { planLayout } from "../model/memory-plan.ts";
import { describeModel, summarize } from "../model/summary.ts";
import type { DataSplit, ImageRange } from "../recipes/data-split.ts";
import type { Recipe, RecipeFigure } from "../recipes/recipe.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import { lossOf } from "../training/losses.ts";
import { count, counted, megabytes, percent } from "./format.ts";

/** A recipe as one object: layers for ten classes, everything that files can hold. */
export function recipeJson(recipe: Recipe): Readonly<Record<string, unknown>> {
  const { layers: _, optimizer, loss, ...settings } = recipe;
  return {
    event: "recipe",
    ...settings,
    loss: lossOf(loss).config,
    optimizer: { ...optimizer.config, learningRate: optimizer.learningRate },
    ...recipeArchitecture(recipe).toJson(),
  };
}

/** "filters 5, kernelSize 5" of an object; lists and objects within in brackets. */
function words(value: object): string {
  const shown = (item: unknown): string => {
    if (Array.isArray(item)) return `[${item.map(shown).join(", ")}]`;
    if (typeof item === "object" && item !== null) return `(${words(item)})`;
    return typeof item === "number" ? String(Number(item.toPrecision(6))) : String(item);
  };
  const parts = Object.entries(value).filter(([, item]) => item !== undefined);
  return parts.map(([key, item]) => (item === true ? key : `${key} ${shown(item)}`)).join(", ");
}

/** `{ type: "sgd", momentum: 0.9 }` as "sgd, momentum 0.9". */
function typed({ type, ...rest }: { readonly type: string; readonly [option: string]: unknown }): string {
  const options = words(rest);
  return options === "" ? type : `${type}, ${options}`;
}

function range([begin, end]: ImageRange): string {
  return `${count(begin)} to ${count(end - 1)}`;
}

function dataLine({ train, validation, test }: DataSplit = {}): string {
  const parts = [train === undefined ? "all training images" : `training images ${range(train)}`];
  if (validation === "test") parts.push("the test images after each epoch");
  else if (validation !== undefined) parts.push(`of them the last ${count(validation)} for validation`);
  if (test !== undefined) {
    parts.push(`tested on images ${range(test.range)} of the ${test.of === "train" ? "training" : "test"} set`);
  }
  return parts.join(", ");
}

/** Name of a figure, such as "test accuracy" or "train loss, epoch 6". */
export function figureName({ figure, epoch, step }: RecipeFigure): string {
  const plain = figure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^val /, "validation ");
  if (epoch !== undefined) return `${plain}, epoch ${epoch}`;
  return step === undefined ? plain : `${plain}, step ${step}`;
}

/** A figure's value in its unit. */
export function figureValue({ figure }: Pick<RecipeFigure, "figure">, value: number): string {
  return figure.endsWith("Accuracy") ? percent(value) : value.toFixed(3);
}

/** The whole experiment on a screen. */
export function recipeLines(recipe: Recipe): string[] {
  const { name, description, optimizer, schedule, batchSize, epochs, input, notes = [], figures = [] } = recipe;
  const architecture = recipeArchitecture(recipe);
  const row = (title: string, text: string | undefined) => (text === undefined ? [] : [`${title.padEnd(12)}${text}`]);
  const given = (value: object | undefined) => (value === undefined ? undefined : words(value));
  const batches = batchSize === "all" ? "full batches: all images in one step" : `batches of ${count(batchSize)}`;
  const layers = architecture.toJson().layers;
  return [
    `${name}: ${description}`,
    "",
    ...summarize(describeModel(architecture, undefined)).split("\n"),
    "",
    "Layers",
    ...(Array.isArray(layers) ? layers : []).map((layer) => `  ${layerLine(layer)}`),
    "",
    ...row("Numbers", given(recipe.variables)),
    ...row("Data", dataLine(recipe.split)),
    ...row("Input", `pixels 0 to 255, ${words(input)}`),
    ...row("Whitening", given(recipe.whitening)),
    ...row("Loss", typed(lossOf(recipe.loss).config)),
    ...row("Optimizer", typed({ ...optimizer.config, learningRate: optimizer.learningRate })),
    ...row("Schedule", typed(schedule)),
    ...row("Steps", `${counted(epochs, "epoch")}, ${batches}, ${recipe.sampling ?? "shuffle"}`),
    ...row("Augment", given(recipe.augment)),
    ...row("Averaging", recipe.averaging && typed(recipe.averaging)),
    ...row("Prediction", given(recipe.prediction)),
    ...row("Memory", memoryLine(recipe, architecture)),
    ...row("Reports", recipe.averageEvery === undefined ? undefined : meansOf(recipe.averageEvery)),
    ...(recipe.evaluations ?? []).flatMap((evaluation) => row("Evaluation", words(evaluation))),
    ...figures.flatMap((figure) =>
      row(
        figure.kind === "target" ? "Target" : "Published",
        `${figureName(figure)}: ${figureValue(figure, figure.value)}`,
      ),
    ),
    ...notes.flatMap((note) => ["", ...wrapped(note)]),
  ];
}

function meansOf(steps: number): string {
  return steps === 1 ? "loss and accuracy of every step" : `mean loss and accuracy of every ${count(steps)} steps`;
}

/** Full-batch training keeps the activations of all images: worth saying before it starts. */
function memoryLine({ batchSize, split, optimizer, loss }: Recipe, architecture: Architecture): string | undefined {
  const images = batchSize === "all" ? split?.train : undefined;
  if (images === undefined) return undefined;
  const batch = images[1] - images[0];
  const { elements } = planLayout(architecture, { batchSize: batch, optimizer, loss: lossOf(loss) }, 1);
  return `${megabytes(4 * elements)} for ${count(batch)} images at once`;
}

function layerLine(layer: unknown): string {
  if (typeof layer !== "object" || layer === null) return String(layer);
  const { type, ...rest } = { type: "", ...layer };
  return `${type} ${words(rest)}`.trimEnd();
}

const WIDTH = 100;

/** Lines of at most 100 characters. */
function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last].length + word.length + 1 > WIDTH) lines.push(word);
    else lines[last] += lines[last] === "" ? word : ` ${word}`;
  }
  return lines;
}
