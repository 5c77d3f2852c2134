import { type Command, Option } from "commander";
import { pathExists } from "../node/files.ts";
import { UsageError } from "./command-error.ts";
import { createContext } from "./context.ts";
import { counted } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { RUNS } from "./run-folder.ts";
import { type CompareOptions, compareRuns } from "./runs/compare.ts";
import { type ListOptions, printRuns, SORTS } from "./runs/list.ts";
import { RUN_NAMES } from "./runs/name.ts";
import { addOwnOptions } from "./schema-option.ts";
import { unknownName } from "./suggest.ts";

const HELP: HelpText = {
  notes: [
    "settings are those in which runs of one network differ. validation is the accuracy after the best epoch, which stands behind the @.",
    `The latest run stands first. ${RUN_NAMES}`,
  ],
  examples: [
    ["convasm runs", "what there is, the latest first"],
    ["convasm runs --sort test --limit 5", "the five with the highest test accuracy"],
    ["convasm runs --model speed --data digits", "runs of one network on one data set"],
    ["convasm runs experiments", "the runs in a folder and in those inside it"],
    ["convasm runs --recipe speed99 --json", "one JSON object per run, with all settings"],
  ],
};

const COMPARE_HELP: HelpText = {
  notes: [`Of runs that differ in nothing but their seeds, means and standard deviations are told too. ${RUN_NAMES}`],
  examples: [
    ["convasm runs compare @latest @latest~1", "the two latest"],
    ["convasm runs compare @latest 2026-01-31 --svg curves.svg", "with their curves"],
  ],
};

interface RunsOptions extends ListOptions {
  readonly json?: boolean | undefined;
}

/** Adds the command `runs`. */
export function addRunsCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("runs")
    .argument(
      "[folder]",
      `only runs in this folder and those inside it (default: ${RUNS}, and where --out put some from here)`,
    )
    .description("list training runs with their figures, and compare some")
    .addOption(
      new Option("--sort <column>", `by ${SORTS.join(", ")}: the latest, the best or the first letters first`).choices(
        SORTS,
      ),
    )
    .option("--reverse", "in the opposite order")
    .option("--data <text>", "only runs on data with this in its name")
    .option("--model <text>", "only runs of networks with this in their names")
    .option("--recipe <text>", "only runs of recipes with this in their names");
  addOwnOptions(command, "runs")
    .option("--json", "one JSON object per line on standard output")
    .allowExcessArguments()
    .action(async (folder: string | undefined, options: RunsOptions, self: Command) => {
      if (folder !== undefined && !(await pathExists(folder))) {
        throw unknownName("runs", "a folder, or", folder, ["compare"]);
      }
      if (self.args.length > 1) throw new UsageError("runs", "one folder", counted(self.args.length, "word"));
      return printRuns(folder, options, createContext(options, signal));
    });
  addHelp(command, HELP);
  const compare = command
    .command("compare")
    .description("print settings that differ and figures of runs side by side, and draw their curves over one another")
    .argument("<runs...>", "folders or names; the begin of several names means all of them")
    .option("--svg <file>", "draw loss and accuracy over the epochs")
    .option("--json", "one JSON object per line on standard output")
    .action((names: string[], _: CompareOptions, self: Command) =>
      compareRuns(names, self.optsWithGlobals(), createContext(self.optsWithGlobals(), signal)),
    );
  addHelp(compare, COMPARE_HELP);
}
