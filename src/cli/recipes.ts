import { type Command, Option } from "commander";
import { NETWORKS, NOTEBOOKS, RECIPES } from "../recipes/index.ts";
import { createContext, type OutputOptions } from "./context.ts";
import { engineOption, threadsOption } from "./engine.ts";
import { table } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { readVariables } from "./network-option.ts";
import { type ReportOptions, reportRecipes } from "./recipes-report.ts";
import { recipeJson, recipeLines } from "./recipes-show.ts";
import { addOwnOptions } from "./schema-option.ts";
import { unknownName } from "./suggest.ts";

const HELP: HelpText = {
  examples: [
    ["convasm recipes", "what there is"],
    ["convasm recipes show strided", "the whole experiment"],
    ["convasm train --recipe strided", "run it and keep the model"],
    ["convasm recipes report --seeds 3", "run the notebooks' five, ours beside the published figures"],
    ["convasm recipes report best speed99 --seeds 10 --json"],
  ],
};

/** Adds the command `recipes`. */
export function addRecipesCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("recipes")
    .description("list experiments, show one, or run them beside their published figures")
    .addOption(new Option("--json", "one JSON object per line on standard output"))
    .action((options: OutputOptions) => list(options, signal));
  addHelp(command, HELP);

  command
    .command("show")
    .description("print a whole experiment")
    .argument("<recipe>", "its name")
    .option("--set <numbers>", "numbers that the recipe leaves open, such as filters=8,kernelSize=7")
    .addOption(new Option("--json", "as one JSON object"))
    .action((name: string, _: ShowOptions, self: Command) => show(name, self.optsWithGlobals(), signal));

  const report = command
    .command("report")
    .description("run recipes, the notebooks' five unless others are named, and print their figures beside ours")
    .argument("[recipes...]", RECIPES.map(({ name }) => name).join(", "));
  addOwnOptions(report, "recipesReport")
    .option("--data <dir>", "folder that holds MNIST's files (default: where train finds them, else generated digits)")
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the table")
    .action((names: string[], _: ReportOptions, self: Command) =>
      reportRecipes(names.length === 0 ? NOTEBOOKS : names.map(named), self.optsWithGlobals(), signal),
    );
}

function named(name: string) {
  const recipe = RECIPES.find((known) => known.name === name);
  if (recipe !== undefined) return recipe;
  const names = RECIPES.map((known) => known.name);
  throw unknownName("recipes", "one of", name, names);
}

function list(options: OutputOptions, signal: AbortSignal): void {
  const { output } = createContext(options, signal);
  for (const recipe of RECIPES) output.event(recipeJson(recipe));
  const rows = RECIPES.map(({ name, description }) => [`  ${name}`, description]);
  output.text("Recipes, for train --recipe:");
  for (const line of table(rows, 2)) output.text(line);
  output.text();
  output.text("Networks with plain settings, for train --model:");
  for (const line of table(
    NETWORKS.map(({ name, description }) => [`  ${name}`, description]),
    2,
  ))
    output.text(line);
}

interface ShowOptions extends OutputOptions {
  readonly set?: string | undefined;
}

function show(name: string, options: ShowOptions, signal: AbortSignal): void {
  const { output } = createContext(options, signal);
  const { set } = options;
  const found = named(name);
  const recipe = set === undefined ? found : { ...found, variables: readVariables(found, set) };
  output.event(recipeJson(recipe));
  for (const line of recipeLines(recipe)) output.text(line);
}
