import type { AnyDataset } from "../data/dataset.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { DivergedError, InputRangeError, retold } from "../errors.ts";
import { type Spread, spreadOf } from "../numeric/spread.ts";
import { type OptionsOf, pickOptions, readOptions } from "../options/schema.ts";
import type { Recipe, RecipeFigure } from "../recipes/recipe.ts";
import { figureOf, runRecipe } from "../recipes/run.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { barLine } from "./bar.ts";
import { Interrupted } from "./command-error.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { type DataOptions, type LoadedData, loadData, readDataSource } from "./data-source.ts";
import { resolveEngine } from "./engine.ts";
import { count, counted, duration, percent, table } from "./format.ts";
import { changeText, chooseNetwork, type NetworkChoice } from "./network-option.ts";
import { figureName, figureValue } from "./recipes-show.ts";
import { drawOf, splitSeedOf } from "./training-data.ts";
import { type TrainingOptions, trainingPlan } from "./training-options.ts";
import { checkWatched, chooseSplit, type SplitOptions } from "./training-split.ts";

/** The options of `recipes report`: its own, and those of `train` that change an experiment. */
export interface ReportOptions
  extends TrainingOptions,
    SplitOptions,
    DataOptions,
    OutputOptions,
    OptionsOf<typeof COMMAND_OPTIONS.recipesReport> {
  readonly set?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

const OWN = COMMAND_OPTIONS.recipesReport;

/** A run of a recipe. */
interface Outcome {
  readonly seed: number;
  readonly testAccuracy: number | undefined;
  /** Values of the recipe's figures, in their order; undefined where the run ended before. */
  readonly figures: readonly (number | undefined)[];
  readonly imagesPerSecond: number;
  /** Seconds of training, validation included. */
  readonly seconds: number;
  /** Seconds of processor time of all threads together, the test included, which other programs change least. */
  readonly processorSeconds: number;
}

interface RecipeOutcomes {
  readonly recipe: Recipe;
  readonly outcomes: readonly Outcome[];
}

/**
 * Runs recipes, each with several seeds, and prints what they reached beside what was published.
 *
 * @param names of recipes, or their files
 */
export async function reportRecipes(
  names: readonly string[],
  options: ReportOptions,
  signal: AbortSignal,
): Promise<void> {
  const context = createContext(options, signal);
  const { output } = context;
  const { seed: first = TRAINING_PLAN.seed.default, threads = "auto", set } = options;
  const { seeds } = readOptions("recipes", OWN, pickOptions(OWN, options));
  const choices = await Promise.all(names.map((name) => chooseNetwork({ recipe: name, set }, "recipes")));
  const engine = resolveEngine(options.engine);
  const loaded = await loadData(readDataSource(undefined, options), {}, context);
  const { train, test, title } = loaded;
  if (train === undefined) throw new InputRangeError("recipes", `images to train on in ${title}`, "none", "missing");
  const recipes = choices.map((choice) => changedRecipe(choice, options, { ...loaded, train }));
  const list = recipes.map(({ name }) => name);
  output.event({ event: "start", recipes: list, data: title, seeds, firstSeed: first, engine, threads, set });
  output.text(`${title}, engine ${engine}; ${counted(seeds, "seed")} from ${first}: ${list.join(", ")}`);
  const changes = choices.flatMap(({ changes }) => changes.map(changeText));
  for (const text of new Set(changes)) output.text(`Set ${text}`);
  output.text();

  const done: RecipeOutcomes[] = [];
  let divergence: DivergedError | undefined;
  for (const recipe of recipes) {
    const outcomes: Outcome[] = [];
    for (let seed = first; seed < first + seeds && !signal.aborted; seed++) {
      const outcome = await runOnce(recipe, { train, test }, { seed, engine, threads }, context);
      if (outcome instanceof DivergedError) divergence = outcome;
      if (outcome === undefined || outcome instanceof DivergedError) break;
      outcomes.push(outcome);
      output.event({ event: "run", recipe: recipe.name, ...jsonOf(outcome, recipe) });
      output.text(runLine(recipe, outcome));
    }
    if (outcomes.length > 0) {
      done.push({ recipe, outcomes });
      output.event({ event: "recipe", recipe: recipe.name, ...summaryOf({ recipe, outcomes }) });
    }
    if (signal.aborted || divergence !== undefined) break;
  }
  output.clearStatus();
  if (done.length > 0) {
    output.text();
    for (const line of table([HEAD, ...done.flatMap(rowsOf)], 2)) output.result(line);
  }
  if (divergence !== undefined) throw divergence;
  if (!signal.aborted) return;
  if (!(signal.reason instanceof Interrupted)) throw signal.reason;
  const runs = done.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  throw new Interrupted(`interrupted after ${counted(runs, "run")} of ${recipes.length * seeds}`);
}

/** The recipe with what the options say about its plan and its data, as `train` takes them. */
function changedRecipe(
  choice: NetworkChoice,
  options: ReportOptions,
  loaded: LoadedData & { readonly train: AnyDataset },
): Recipe {
  const { seed: _, ...plan } = trainingPlan(options, choice);
  const split = chooseSplit(options, choice);
  checkWatched(plan, split);
  const { limit } = options;
  const isDrawn = limit !== undefined || typeof split.validation === "number";
  return {
    ...choice.recipe,
    ...plan,
    split: {
      ...choice.split,
      train: split.trainRange ?? undefined,
      validation: split.validation ?? undefined,
      test: split.testRange ?? undefined,
      ...(limit !== undefined && { limit }),
      ...(isDrawn && { draw: drawOf(loaded, loaded.train), seed: splitSeedOf(loaded) }),
    },
  };
}

interface RunSettings {
  readonly seed: number;
  readonly engine: EngineName;
  readonly threads: number | "auto";
}

/** Runs a recipe once; undefined if it was interrupted, an error to end with if it diverged. */
async function runOnce(
  recipe: Recipe,
  data: Parameters<typeof runRecipe>[1],
  { seed, engine, threads }: RunSettings,
  { output, signal }: Context,
): Promise<Outcome | DivergedError | undefined> {
  const head = `${recipe.name}, seed ${seed}`;
  const begin = process.cpuUsage();
  try {
    const run = await runRecipe(recipe, data, {
      ...{ seed, engine, threads, signal },
      onEvent(event) {
        if (event.event === "step") {
          const total = recipe.epochs * event.stepsPerEpoch;
          const speed = `${count(event.imagesPerSecond)} images/s`;
          output.status((columns) => barLine(event.step / total, head, [speed], columns, output.look));
        }
      },
    });
    const used = process.cpuUsage(begin);
    run.model.dispose();
    const { epochs: ended } = run.history;
    if (run.history.end === "interrupted") return undefined;
    return {
      seed,
      testAccuracy: run.test?.accuracy,
      figures: (recipe.figures ?? []).map((figure) => figureOf(figure, run)),
      // Epochs are of one size, so that seconds per image are what can be averaged.
      imagesPerSecond: ended.length / ended.reduce((sum, epoch) => sum + 1 / epoch.imagesPerSecond, 0),
      seconds: ended.reduce((sum, epoch) => sum + epoch.seconds, 0),
      processorSeconds: (used.user + used.system) / 1e6,
    };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    if (error instanceof DivergedError) return retold(error, { who: `${head}: ${error.who}` });
    throw error;
  }
}

function summaryOf({ recipe, outcomes }: RecipeOutcomes) {
  const over = (of: (outcome: Outcome) => number | undefined) => spreadOf(outcomes.map(of));
  return {
    runs: outcomes.length,
    testAccuracy: over(({ testAccuracy }) => testAccuracy),
    imagesPerSecond: over(({ imagesPerSecond }) => imagesPerSecond),
    seconds: over(({ seconds }) => seconds),
    processorSeconds: over(({ processorSeconds }) => processorSeconds),
    figures: (recipe.figures ?? []).map((figure, i) => ({ ...figure, ours: over(({ figures }) => figures[i]) })),
  };
}

function jsonOf({ seed, testAccuracy = undefined, figures, ...speed }: Outcome, recipe: Recipe) {
  const known = (recipe.figures ?? []).map((figure, i) => ({ ...figure, ours: figures[i] ?? null }));
  return { seed, testAccuracy: testAccuracy ?? null, ...speed, figures: known };
}

function runLine({ name }: Recipe, { seed, testAccuracy, imagesPerSecond, seconds }: Outcome): string {
  const test = testAccuracy === undefined ? "no test images" : `test accuracy ${percent(testAccuracy)}`;
  return `${name}, seed ${seed}: ${test}, ${count(imagesPerSecond)} images/s, ${duration(seconds)}`;
}

const HEAD = ["recipe", "figure", "published", "ours", "spread", "images/s", "time", "processor"];

/** The rows of a recipe in the table: one for each figure, the first of them with name and speed. */
function rowsOf({ recipe, outcomes }: RecipeOutcomes): string[][] {
  const summary = summaryOf({ recipe, outcomes });
  const figures: { figure: RecipeFigure; ours: Spread | null }[] = summary.figures.map(({ ours, ...figure }) => ({
    figure,
    ours,
  }));
  if (!figures.some(({ figure }) => figure.figure === "testAccuracy") && summary.testAccuracy !== null) {
    figures.push({ figure: { figure: "testAccuracy", value: Number.NaN, kind: "target" }, ours: summary.testAccuracy });
  }
  return figures.map(({ figure, ours }, i) => [
    i === 0 ? recipe.name : "",
    figureName(figure),
    wanted(figure),
    ours === null ? "-" : figureValue(figure, ours.mean),
    ours === null || summary.runs < 2 ? "" : `± ${figureValue(figure, ours.deviation)}`,
    i === 0 && summary.imagesPerSecond !== null ? count(summary.imagesPerSecond.mean) : "",
    i === 0 && summary.seconds !== null ? duration(summary.seconds.mean) : "",
    i === 0 && summary.processorSeconds !== null ? duration(summary.processorSeconds.mean) : "",
  ]);
}

function wanted(figure: RecipeFigure): string {
  if (Number.isNaN(figure.value)) return "";
  const value = figureValue(figure, figure.value);
  return figure.kind === "target" ? `(aim) ${value}` : value;
}
