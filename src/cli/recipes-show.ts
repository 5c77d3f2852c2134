import type { Architecture } from "../model/architecture.ts";
import { planLayout } from "../model/memory-plan.ts";
import { describeModel, summarize } from "../model/summary.ts";
import { labelOf } from "../options/names.ts";
import { type OptionSpec, pickOptions } from "../options/schema.ts";
import { DATA_SPLIT, type DataSplit } from "../recipes/data-split.ts";
import type { Recipe, RecipeFigure } from "../recipes/recipe.ts";
import { recipeToJson } from "../recipes/recipe-file.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import { lossOf } from "../training/losses.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { count, megabytes, percent, table } from "./format.ts";
import { writeWord } from "./option-words.ts";

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

/** The images of a recipe, as the command line names them: "train range 0:3500, validation 500". */
function dataLine(split: DataSplit = {}): string {
  const given = new Map<string, unknown>(Object.entries(pickOptions(DATA_SPLIT, split)));
  const parts = Object.entries<OptionSpec>(DATA_SPLIT)
    .filter(([key]) => given.has(key))
    .map(([key, { kind, flag = key }]) => `${labelOf(flag).toLowerCase()} ${writeWord(kind, given.get(key))}`);
  return parts.length === 0 ? "all images" : parts.join(", ");
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

/** A title with its text; none where there is nothing to tell. */
type Row = readonly [title: string, text: string];

/** Settings by their names: a row for each, and one for each item of a list of objects. */
function settingRows(title: string, value: unknown): Row[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [[title, String(value)]];
  const items: unknown[] = Array.isArray(value) ? value : [];
  if (items.some((item) => typeof item === "object")) return items.flatMap((item) => settingRows(title, item));
  const text = Array.isArray(value)
    ? items.join(", ")
    : "type" in value
      ? typed({ ...value, type: String(value.type) })
      : words(value);
  return text === "" ? [] : [[title, text]];
}

/** The whole experiment on a screen. */
export function recipeLines(recipe: Recipe): string[] {
  const { name, description, input, notes = [], figures = [] } = recipe;
  const architecture = recipeArchitecture(recipe);
  const layers = architecture.toJson().layers;
  const rows: Row[] = [
    ...settingRows("Numbers", recipe.variables),
    ["Data", dataLine(recipe.split)],
    ["Input", `pixels 0 to 255, ${words(input)}`],
    ...settingRows("Whitening", recipe.whitening),
    ...Object.entries(pickOptions(TRAINING_PLAN, recipeToJson(recipe))).flatMap(([key, value]) =>
      settingRows(labelOf(key), value),
    ),
    ...memoryRows(recipe, architecture),
    ...figures.map((figure): Row => {
      const title = figure.kind === "target" ? "Target" : "Published";
      return [title, `${figureName(figure)}: ${figureValue(figure, figure.value)}`];
    }),
  ];
  return [
    `${name}: ${description}`,
    "",
    ...summarize(describeModel(architecture, undefined)).split("\n"),
    "",
    "Layers",
    ...(Array.isArray(layers) ? layers : []).map((layer) => `  ${layerLine(layer)}`),
    "",
    ...table(rows, 2),
    ...notes.flatMap((note) => ["", ...wrapped(note)]),
  ];
}

/** Full-batch training keeps the activations of all images: worth saying before it starts. */
function memoryRows({ batchSize, split, optimizer, loss }: Recipe, architecture: Architecture): Row[] {
  const images = batchSize === "all" ? split?.train : undefined;
  if (images === undefined) return [];
  const batch = images[1] - images[0];
  const { elements } = planLayout(architecture, { batchSize: batch, optimizer, loss: lossOf(loss) }, 1);
  return [["Memory", `${megabytes(4 * elements)} for ${count(batch)} images at once`]];
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
