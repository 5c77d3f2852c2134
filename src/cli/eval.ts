import { type Command, Option } from "commander";
import { ENGINES, type EngineName, hasEngine } from "../engine/engine-names.ts";
import { limited } from "../recipes/split-data.ts";
import { ClassificationMetrics } from "../training/metrics.ts";
import type { PlanOptions } from "../training/plan.ts";
import { readPredictionSettings } from "../training/prediction-settings.ts";
import { createContext, type OutputOptions } from "./context.ts";
import { COMMON_FILE_OPTIONS } from "./data-options.ts";
import { addDataOptions } from "./data-source.ts";
import { doneEvent } from "./done.ts";
import { engineOption, resolveEngine, threadsOption } from "./engine.ts";
import { type EvalDataOptions, loadTestData } from "./eval-data.ts";
import { isFarFromGuessing } from "./far-from-guessing.ts";
import { percent } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { type ModelFile, openModel, readModelFile, runNotes } from "./model-file.ts";
import { addOwnOptions } from "./schema-option.ts";
import { expectModelFirst } from "./swapped-arguments.ts";
import { classTable, detailsJson, mistakes, testLine, testModel } from "./test-figures.ts";
import { metricsOption } from "./train-options.ts";
import { drawOf, splitSeedOf } from "./training-data.ts";

interface EvalOptions extends EvalDataOptions, OutputOptions, Pick<PlanOptions, "metrics"> {
  readonly limit?: number | undefined;
  readonly engine?: EngineName | "auto" | undefined;
  readonly threads?: number | "auto" | undefined;
}

const HELP: HelpText = {
  groups: {
    "Data:": ["--data", "--limit", "--test-range", ...COMMON_FILE_OPTIONS],
    "Machine:": ["--engine", "--threads"],
    "Output:": ["--json", "--quiet"],
  },
  notes: ["Without data, the model's run says where its own is, how it was read, and which images it was tested on."],
  examples: [
    ["convasm eval runs/2026-01-31-120000-speed99", "the model of a run, on what the run was tested on"],
    ["convasm eval model.safetensors digits --limit 1000", "the first 1,000 generated test digits"],
    ["convasm eval model.safetensors ./fashion --json"],
    ["convasm eval model.safetensors ./pets", "pictures in one folder per class, brought to the model's size"],
  ],
};

const MISTAKES = 8;

/** Adds the command `eval`. */
export function addEvalCommand(program: Command, signal: AbortSignal): void {
  const command = program.command("eval").description("test a model on test images");
  command.argument("<model>", MODEL_HELP);
  addDataOptions(command, "what the model's run was tested on, else mnist or digits");
  addOwnOptions(command, "eval")
    .option("--no-test-range", "all test images, also where the run has a range")
    .addOption(metricsOption("metrics beside loss and accuracy"))
    .addOption(engineOption("the one the model was trained on"))
    .addOption(threadsOption())
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the result")
    .action((model: string, data: string | undefined, options: EvalOptions) =>
      evaluateModel(model, data, options, signal),
    );
  addHelp(command, HELP);
}

async function evaluateModel(
  path: string,
  argument: string | undefined,
  options: EvalOptions,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const context = createContext(options, signal);
  const { output } = context;
  await expectModelFirst("eval", path, argument === undefined ? [] : [argument], context);
  const file = await readModelFile(path);
  const engine = resolveEngine(options.engine ?? notedEngine(file));
  const model = await openModel(file, { engine, threads: options.threads ?? "auto" });
  const { loaded, test, title } = await loadTestData(file, model, argument, options, context);
  signal.throwIfAborted();
  const images = limited(test, options.limit, drawOf(loaded, test), splitSeedOf(loaded));
  const prediction = readPredictionSettings("model: prediction", runNotes(file)?.prediction ?? {});
  const figures = await testModel(model, images, output, signal, prediction, options.metrics);

  output.text(`Model     ${file.path}`);
  output.text(`Data      ${title}, engine ${model.network.engine.name}`);
  output.text();
  for (const line of classTable(figures)) output.text(line);
  output.text();
  const wrong = mistakes(figures, MISTAKES);
  if (wrong.length > 0) output.text(`Most often mistaken: ${wrong.join(", ")}`);
  const { metrics } = figures;
  if (metrics instanceof ClassificationMetrics && metrics.classes > 3)
    output.text(`Among the three most likely: ${percent(metrics.topK(3))}`);
  output.result(output.style.bold(`Test accuracy ${output.style.green(testLine(figures))}`));
  output.event({ event: "figures", ...detailsJson(figures) });
  const seconds = { all: (performance.now() - began) / 1000, train: 0 };
  output.event(doneEvent(model, file.path, figures, seconds, isFarFromGuessing(figures, model.architecture.outputs)));
}

/** The engine that trained the model, by its notes, so that figures equal those of the training digit for digit. */
function notedEngine(file: ModelFile): EngineName | "auto" {
  const noted = runNotes(file)?.engine;
  const engine = ENGINES.find((candidate) => candidate === noted);
  // The probe for `relaxed` says no on Node 20 until `auto` has switched it on.
  return engine === undefined || engine === "relaxed" || !hasEngine(engine) ? "auto" : engine;
}
