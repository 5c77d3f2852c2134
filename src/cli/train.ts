import type { Command } from "commander";
import { NETWORKS, RECIPES } from "../recipes/index.ts";
import { createContext } from "./context.ts";
import { COMMON_FILE_OPTIONS } from "./data-options.ts";
import { newRun, type TrainOptions } from "./experiment.ts";
import { addHelp, type HelpText } from "./help.ts";
import { resumedRun } from "./resumed-run.ts";
import type { TrainingRun } from "./run-facts.ts";
import { rememberRun } from "./runs/places.ts";
import { seedsOf } from "./seeds.ts";
import { trainSeeds } from "./train-seeds.ts";
import { addTrainWords, askedExperiment } from "./train-words.ts";
import { runTraining } from "./training-run.ts";

const HELP: HelpText = {
  groups: {
    "Network:": ["--model", "--recipe", "--set", "--from", "--backbone", "--input", "--freeze"],
    "Training:": [
      "--epochs",
      "--batch-size",
      "--optimizer",
      "--lr",
      "--schedule",
      "--loss",
      "--teacher",
      "--augment",
      "--early-stopping",
      "--seed",
      "--seeds",
    ],
    "Data:": ["--data", "--validation", "--limit", ...COMMON_FILE_OPTIONS],
    "Machine:": ["--engine", "--threads"],
    "Output:": ["--out", "--overwrite", "--resume", "--json", "--quiet"],
  },
  notes: [
    `Networks for --model: ${NETWORKS.map(({ name }) => name).join(", ")}. Recipes for --recipe: ${RECIPES.map(({ name }) => name).join(", ")}.`,
    "Files for --model and --recipe are JSON, as convasm recipes show NAME --json prints it. The last layer has one unit per class; " +
      "--from makes a new one for other classes.",
    "Ctrl-C ends the training after the current step; --resume goes on from there, to the same weights.",
  ],
  examples: [
    ["convasm train", "MNIST, or else generated digits"],
    ["convasm train mnist --epochs 10 --validation 5000", "hold out 5,000 images, keep the best model"],
    ["convasm train ./fashion --model keras --augment", "a folder of IDX files"],
    ["convasm train ./pets --size 32 --split 0.2", "pictures in one folder per class"],
    ["convasm train --optimizer adam --lr 0.002 --schedule cosine:warmupEpochs=1"],
    ["convasm train --model network.json --json", "layers from a file, one JSON object per line"],
    ["convasm train digits --limit 2000 --seeds 3", "three runs, and their mean"],
    ["convasm train ./pets --from @latest --epochs 5", "from the weights of the latest run"],
    ["convasm train ./pets --backbone network.onnx --input imagenet"],
    ["convasm train mnist --teacher model.safetensors", "learn from a trained model's answers, too"],
    ["convasm train --resume @latest --epochs 20", "train a finished run further"],
  ],
};

/** Adds the command `train`. */
export function addTrainCommand(program: Command, signal: AbortSignal): void {
  const command = addTrainWords(program);
  addHelp(command, HELP);
  command.action(async (data: string | undefined, options: TrainOptions) => {
    const began = performance.now();
    const context = createContext(options, signal);
    const train = async (run: TrainingRun) => {
      await rememberRun(run.folder.path);
      await runTraining(run, context);
    };
    if (options.resume !== undefined) return train(await resumedRun(data, options, context));
    const { seed, out, overwrite = false } = options;
    const seeds = options.seeds === undefined ? undefined : seedsOf(options.seeds, seed);
    const experiment = await askedExperiment(data, options, context);
    const words = command.parent?.args ?? [];
    if (seeds !== undefined) return trainSeeds(experiment, seeds, { out, overwrite, words }, context);
    await train(await newRun(experiment, { seed: experiment.plan.seed, out, overwrite, began }, context));
  });
}
