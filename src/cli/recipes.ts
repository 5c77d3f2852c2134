import { type Command, Option } from "commander";
import type { OptionsOf } from "../options/schema.ts";
import { findNetwork, findRecipe, NETWORKS, NOTEBOOKS, RECIPES } from "../recipes/index.ts";
import { recipeToJson } from "../recipes/recipe-file.ts";
import { UsageError } from "./command-error.ts";
import type { COMMAND_OPTIONS } from "./command-options.ts";
import { createContext, type OutputOptions } from "./context.ts";
import { addFileOptions } from "./data-options.ts";
import { engineOption, threadsOption } from "./engine.ts";
import { table } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { jsonText } from "./json-text.ts";
import { NETWORK_HELP } from "./model-and-network.ts";
import { chooseNetwork } from "./network-option.ts";
import { type ReportOptions, reportRecipes } from "./recipes-report.ts";
import { recipeLines } from "./recipes-show.ts";
import { addOwnOptions } from "./schema-option.ts";
import { unknownName } from "./suggest.ts";
import { addTrainingOptions, setOption } from "./train-options.ts";

const HELP: HelpText = {
  examples: [
    ["convasm recipes", "what there is"],
    ["convasm recipes show strided", "the whole experiment"],
    ["convasm train --recipe strided", "run it and keep the model"],
    ["convasm recipes show conv5 --json > mine.json", "the same as a file to change, for train --recipe mine.json"],
    ["convasm recipes report --seeds 3", "run the notebooks' five, ours beside the published figures"],
  ],
};

const SHOW_HELP: HelpText = {
  notes: [
    "With --json it is what train --recipe FILE, train --model FILE and bench --net FILE take: change what you like. " +
      '"units": "classes" is as many as the data has classes. docs/OPTIONS.md lists all keys.',
  ],
  examples: [
    ["convasm recipes show speed99"],
    ["convasm recipes show speed99 --json > mine.json", "a file to change; train --recipe mine.json runs it"],
    ["convasm recipes show --model lenet5 --json > net.json", "a network; train --model net.json"],
    ["convasm recipes show --model resnet18 --set filters=32 --shape 64x64x3", "as it is for images of 64 x 64"],
  ],
};

const REPORT_HELP: HelpText = {
  groups: {
    "Training:": [
      "--seeds",
      "--seed",
      "--set",
      "--epochs",
      "--batch-size",
      "--optimizer",
      "--lr",
      "--schedule",
      "--augment",
    ],
    "Data:": ["--data", "--limit", "--validation"],
    "Machine:": ["--engine", "--threads"],
    "Output:": ["--json", "--quiet"],
  },
  examples: [
    ["convasm recipes report --seeds 3", "the notebooks' five"],
    ["convasm recipes report speed99 --seeds 10 --json"],
    ["convasm recipes report conv5 mine.json --epochs 2 --limit 1000", "a recipe in a file beside a built-in one"],
    ["convasm recipes report conv5 --epochs 2 --set filters=8,batchSize=4"],
  ],
};

/** Adds the command `recipes`. */
export function addRecipesCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("recipes")
    .description("list experiments, show one, or run them beside their published figures")
    .addOption(new Option("--json", "one JSON object per line on standard output"))
    .allowExcessArguments()
    .action((options: OutputOptions, self: Command) => {
      const [word] = self.args;
      if (word !== undefined) throw unknownName("recipes", "no word, or one of", word, ["show", "report"]);
      list(options, signal);
    });
  addHelp(command, HELP);

  const showCommand = command
    .command("show")
    .description("print a whole experiment, or a network with its settings")
    .argument("[recipe]", "a built-in recipe, or a .json file of one")
    .option("-m, --model <network>", `${NETWORK_HELP}, in place of a recipe`)
    .addOption(setOption());
  addOwnOptions(showCommand, "recipesShow")
    .addOption(new Option("--json", "as a file for train --recipe and --model"))
    .action((name: string | undefined, _: ShowOptions, self: Command) => show(name, self.optsWithGlobals(), signal));
  addHelp(showCommand, SHOW_HELP);

  const report = command
    .command("report")
    .description("run recipes, the notebooks' five unless others are named, and print their figures beside ours")
    .argument("[recipes...]", `${RECIPES.map(({ name }) => name).join(", ")}, or .json files`);
  addTrainingOptions(addOwnOptions(report, "recipesReport").addOption(setOption()));
  report.option("--data <path>", "folder that holds MNIST's files, or other data (default: where train finds them)");
  addFileOptions(report)
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the table")
    .action((names: string[], _: ReportOptions, self: Command) =>
      reportRecipes(names.length === 0 ? NOTEBOOKS.map(({ name }) => name) : names, self.optsWithGlobals(), signal),
    );
  addHelp(report, REPORT_HELP);
}

function list(options: OutputOptions, signal: AbortSignal): void {
  const { output } = createContext(options, signal);
  for (const recipe of RECIPES) output.event({ event: "recipe", ...recipeToJson(recipe) });
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

interface ShowOptions extends OutputOptions, OptionsOf<typeof COMMAND_OPTIONS.recipesShow> {
  readonly model?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

async function show(name: string | undefined, options: ShowOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  const { model, set, shape } = options;
  if ((name === undefined) === (model === undefined)) {
    const got = name === undefined ? "neither" : "both";
    throw new UsageError(
      "recipes show",
      "a recipe, or --model with a network",
      got,
      name === undefined ? "missing" : "contradiction",
    );
  }
  const isNetwork = name !== undefined && findRecipe(name) === undefined && findNetwork(name) !== undefined;
  const choice = model !== undefined || isNetwork ? { model: model ?? name, set } : { recipe: name, set };
  const { recipe } = await chooseNetwork(choice, "recipes");
  if (options.json) return output.document(jsonText(recipeToJson(recipe, shape)));
  for (const line of recipeLines(shape === undefined ? recipe : { ...recipe, shape })) output.text(line);
}
