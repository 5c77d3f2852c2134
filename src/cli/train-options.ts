import { type Command, Option } from "commander";
import { AUGMENT } from "../data/augment.ts";
import { flagName } from "../options/names.ts";
import type { OptionSpec } from "../options/schema.ts";
import { DATA_SPLIT } from "../recipes/data-split.ts";
import { AVERAGINGS } from "../training/averaging.ts";
import { METRICS } from "../training/chosen-metrics.ts";
import { LOSSES, parseLoss } from "../training/losses.ts";
import { OPTIMIZERS } from "../training/optimizers.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { PREDICTION } from "../training/prediction-settings.ts";
import { SCHEDULES } from "../training/schedules.ts";
import { classWeightOption } from "./class-weight.ts";
import { NETWORK_HELP } from "./model-and-network.ts";
import { readWord, writeWord } from "./option-words.ts";
import { helpLine, schemaOption } from "./schema-option.ts";
import { DEFAULT_AUGMENT, DEFAULT_VIEWS } from "./training-options.ts";

/** Groups and types under which `src/schemas.ts` lists the schemas of the plan and its parts. */
const PLAN = ["training", "plan"] as const;
const PREDICTIONS = ["training", "prediction"] as const;
const SGD = ["optimizer", "sgd"] as const;

/** Options that may come more than once. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** The `--set` option. */
export function setOption(): Option {
  const help = "any setting by its path: conv2d.filters=8,optimizer.learningRate=0.1";
  return new Option("--set <path=value>", help).argParser(collected);
}

/** Letters of plan options that are often given. */
const LETTERS = new Map([
  ["epochs", "-e, "],
  ["batchSize", "-b, "],
]);

/** Plan options whose defaults are the same for all networks. */
const WITH_DEFAULT = ["seed", "sampling"];

/** Plan options that take a type with options of its own, such as `adam:beta1=0.8`; each is defined below. */
const SPELLED = [
  "optimizer",
  "loss",
  "schedule",
  "augment",
  "averaging",
  "evaluations",
  "prediction",
  "metrics",
  "classWeight",
];

/** The options that are one for each of the plan. */
function planOptions(): Option[] {
  const plain = Object.entries<OptionSpec>(TRAINING_PLAN).filter(([key]) => !SPELLED.includes(key));
  return plain.map(([key, spec]) => {
    const letter = LETTERS.get(key);
    return schemaOption(PLAN, key, WITH_DEFAULT.includes(key) ? spec : withoutDefault(spec), {
      ...(letter && { letter }),
    });
  });
}

/** An option's schema without its default, because that depends on other options. */
function withoutDefault({ default: _, ...spec }: OptionSpec): OptionSpec {
  return spec;
}

/** The line of help for an option that is one of several types: "optimizer: sgd, rmsprop or adam; with options: adam:beta1=0.8". */
function typesLine(key: string, variants: object, example: string): string {
  const names = Object.keys(variants);
  return `${helpLine(PLAN, key)}: ${names.slice(0, -1).join(", ")} or ${names.at(-1)}; with options: ${example}`;
}

/** The losses of images with classes, which all data of the command line is; `--teacher` chooses the one of a teacher. */
const CLASS_LOSSES = Object.fromEntries(
  Object.entries(LOSSES).filter(([name]) => parseLoss(name).classes && parseLoss(name).temperature === undefined),
);

/** Metrics as names with commas between. */
const SPLIT: typeof METRICS = {
  ...METRICS,
  read: (who, key, word) => METRICS.read(who, key, String(word).split(",")),
};

/** The `--metrics` option. */
export function metricsOption(purpose = helpLine(PLAN, "metrics")): Option {
  return new Option(
    "--metrics <names>",
    `${purpose}: balancedAccuracy, precision, recall, f1 (means over classes), top3, ...`,
  ).argParser((word) => readWord(SPLIT, "metrics", word));
}

/** Adds the options that divide images into those for training, validation and testing, each with the option that turns it off. */
function addSplitOptions(command: Command): void {
  const without: Readonly<Record<string, string>> = {
    validation: "none, also where a recipe has some",
    train: "all, also where a recipe has a range",
    test: "on all test images, also where a recipe has a range",
  };
  for (const key of ["validation", "limit", "train", "test"] as const) {
    const spec: OptionSpec = DATA_SPLIT[key];
    command.addOption(schemaOption(["data", "split"], key, spec));
    if (key in without) command.option(flagName(spec.flag ?? key).replace("--", "--no-"), without[key]);
  }
}

/** Adds the options that say what is trained. */
export function addNetworkOptions(command: Command): Command {
  return command
    .option("-m, --model <network>", `${NETWORK_HELP} (default: by the images)`)
    .option("-r, --recipe <recipe>", "a built-in experiment, or a .json file of one; other options change parts")
    .addOption(setOption())
    .option("--freeze <layers...>", "layers or blocks that keep their weights, such as conv2d or residual");
}

/** Adds the options that say how it is trained, and on which images. */
export function addTrainingOptions(command: Command): Command {
  const { momentum, weightDecay, clipNorm, learningRate } = OPTIMIZERS.sgd.schema;
  const { labelSmoothing } = LOSSES.softmaxCrossEntropy.schema;
  const { temperature, teacherWeight } = LOSSES.distillation.schema;
  for (const option of planOptions()) command.addOption(option);
  command
    .option("--optimizer <name>", typesLine("optimizer", OPTIMIZERS, "adam:beta1=0.8"))
    .addOption(schemaOption(SGD, "learningRate", withoutDefault(learningRate)))
    .addOption(schemaOption(SGD, "momentum", withoutDefault(momentum)))
    .addOption(schemaOption(SGD, "weightDecay", withoutDefault(weightDecay)))
    .addOption(schemaOption(SGD, "clipNorm", withoutDefault(clipNorm)))
    .option("--schedule <name>", typesLine("schedule", SCHEDULES, "step:stepEpochs=2"))
    .option("--loss <name>", typesLine("loss", CLASS_LOSSES, "softmaxCrossEntropy:labelSmoothing=0.1"))
    .addOption(schemaOption(["loss", "softmaxCrossEntropy"], "labelSmoothing", withoutDefault(labelSmoothing)))
    .addOption(schemaOption(["loss", "distillation"], "temperature", withoutDefault(temperature)))
    .addOption(schemaOption(["loss", "distillation"], "teacherWeight", withoutDefault(teacherWeight)))
    .addOption(classWeightOption(helpLine(PLAN, "classWeight")))
    .addOption(metricsOption())
    .option(
      "--augment [changes]",
      `${helpLine(PLAN, "augment")}, such as shift=2,rotate=10 (${Object.keys(AUGMENT).join(", ")}); alone: ${writeWord(TRAINING_PLAN.augment.kind, DEFAULT_AUGMENT)}`,
    )
    .option("--no-augment", "none, also where the network's own settings have some")
    .option("--averaging <kind>", typesLine("averaging", AVERAGINGS, "ema:decay=0.99, swa:startEpoch=5"))
    .option("--no-averaging", "the weights of the last step, also where a recipe averages")
    .option(
      "--evaluate <part>",
      `${helpLine(PLAN, "evaluations")}: validation:every=200,images=100; may come twice`,
      collected,
    )
    .option("--no-evaluate", "only after epochs, also where a recipe does more")
    .option("--no-restore-best-weights", "end with the last weights, also with images for validation")
    .addOption(schemaOption(PREDICTIONS, "batchStatistics", PREDICTION.batchStatistics))
    .option("--no-batch-statistics", "by the running ones, also where a recipe does otherwise")
    .option(
      "--test-time [views]",
      `${helpLine(PREDICTIONS, "testTimeAugmentation")}: shift=1,horizontalFlip; alone: ${writeWord(PREDICTION.testTimeAugmentation.kind, DEFAULT_VIEWS)}`,
    )
    .option("--no-test-time", "one view, also where a recipe has more");
  addSplitOptions(command);
  return command;
}
