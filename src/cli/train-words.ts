import { type Command, Option } from "commander";
import { INPUT_PRESETS } from "../importing/input-presets.ts";
import { whole } from "../options/kinds.ts";
import type { Context } from "./context.ts";
import { addDataOptions } from "./data-source.ts";
import { engineOption, threadsOption } from "./engine.ts";
import { type Experiment, prepareExperiment, type TrainOptions } from "./experiment.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { readWord } from "./option-words.ts";
import { addOwnOptions } from "./schema-option.ts";
import { addNetworkOptions, addTrainingOptions } from "./train-options.ts";
import { expectBackbone, prepareTransfer } from "./transfer-experiment.ts";

/** Adds the command `train` with its argument and options, and without its action. */
export function addTrainWords(program: Command): Command {
  const command = program.command("train").description("train a network, test it, and save it");
  return addOwnOptions(addTrainingOptions(addNetworkOptions(addDataOptions(command))), "train")
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
}

/**
 * The training that a command line of `train` asks for.
 *
 * @throws as `prepareExperiment` and `prepareTransfer`
 */
export async function askedExperiment(
  data: string | undefined,
  options: TrainOptions,
  context: Context,
): Promise<Experiment> {
  expectBackbone(options);
  const { backbone } = options;
  return backbone === undefined
    ? prepareExperiment(data, options, context)
    : prepareTransfer(backbone, data, options, context);
}
