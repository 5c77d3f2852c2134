import { type Command, Option } from "commander";
import { INPUT_PRESETS } from "../importing/input-presets.ts";
import { whole } from "../options/kinds.ts";
import { NETWORKS, RECIPES } from "../recipes/index.ts";
import { createContext } from "./context.ts";
import { COMMON_FILE_OPTIONS } from "./data-options.ts";
import { addDataOptions } from "./data-source.ts";
import { engineOption, threadsOption } from "./engine.ts";
import { newRun, prepareExperiment, type TrainOptions } from "./experiment.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { readWord } from "./option-words.ts";
import { resumedRun } from "./resumed-run.ts";
import { addOwnOptions } from "./schema-option.ts";
import { seedsOf } from "./seeds.ts";
import { addNetworkOptions, addTrainingOptions } from "./train-options.ts";
import { trainSeeds } from "./train-seeds.ts";
import { runTraining } from "./training-run.ts";
import { expectBackbone, prepareTransfer } from "./transfer-experiment.ts";

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
  const command = program.command("train").description("train a network, test it, and save it");
  addOwnOptions(addTrainingOptions(addNetworkOptions(addDataOptions(command))), "train")
    .option("--from <model>", `start from ${MODEL_HELP}`)
    .option("--teacher <model>", `learn also from ${MODEL_HELP}`)
    .option("--backbone <file>", "a new last layer on the features of a file, or of one of convasm backbones")
    .option("--at <layer>", "layer of the backbone whose outputs are its features (default: before its last layer)")
    .option("--input <scaling>", `its scaling: ${Object.keys(INPUT_PRESETS).join(", ")}, or mean=127,deviation=128`)
    .addOption(
      new Option("--fine-tune [blocks]", "then train its last blocks on, too (default: all of them)").argParser(
        (word) => readWord(whole(1), "fineTune", word),
      ),
    )
    .addOption(engineOption())
    .addOption(threadsOption())
    .option("-o, --out <dir>", "folder for the run; with --seeds the begin of theirs (default: in runs)")
    .option("--overwrite", "let the run replace an earlier one in --out")
    .option(
      "--resume [run]",
      "go on with an interrupted run: its folder or checkpoint (default: the latest); with --epochs also with a finished one",
    )
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the result");
  addHelp(command, HELP);
  command.action(async (data: string | undefined, options: TrainOptions) => {
    const began = performance.now();
    const context = createContext(options, signal);
    if (options.resume !== undefined) return runTraining(await resumedRun(data, options, context), context);
    const { seed, out, overwrite = false } = options;
    const seeds = options.seeds === undefined ? undefined : seedsOf(options.seeds, seed);
    expectBackbone(options);
    const experiment =
      options.backbone === undefined
        ? await prepareExperiment(data, options, context)
        : await prepareTransfer(options.backbone, data, options, context);
    const words = command.parent?.args ?? [];
    if (seeds !== undefined) return trainSeeds(experiment, seeds, { out, overwrite, words }, context);
    await runTraining(
      await newRun(experiment, { seed: experiment.plan.seed, out, overwrite, began }, context),
      context,
    );
  });
}
