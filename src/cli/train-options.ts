import { type Command, Option } from "commander";
import { AUGMENT } from "../data/augment.ts";
import type { OptionSpec } from "../options/schema.ts";
import { RECIPES } from "../recipes/index.ts";
import { AVERAGINGS } from "../training/averaging.ts";
import { METRICS } from "../training/chosen-metrics.ts";
import { LOSSES } from "../training/losses.ts";
import { OPTIMIZERS } from "../training/optimizers.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { SCHEDULES } from "../training/schedules.ts";
import { part, positiveWhole } from "./numbers.ts";
import { readWord } from "./option-words.ts";
import { imageRange, testRange } from "./range-option.ts";
import { schemaOption } from "./schema-option.ts";

/** Options that may come more than once. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function partOrTest(text: string): number | "test" {
  return text === "test" ? text : part(text);
}

/** Letters of plan options that are often given. */
const LETTERS = new Map([
  ["epochs", "-e, "],
  ["batchSize", "-b, "],
]);

/** Plan options whose defaults are the same for all networks. */
const WITH_DEFAULT = ["seed", "sampling"];

/** Plan options that are a word with options of its own, below. */
const SPELLED = ["optimizer", "loss", "schedule", "augment", "averaging", "evaluations", "prediction", "metrics"];

/** The options that are one for each of the plan. */
function planOptions(): Option[] {
  const plain = Object.entries<OptionSpec>(TRAINING_PLAN).filter(([key]) => !SPELLED.includes(key));
  return plain.map(([key, spec]) => {
    const shown = WITH_DEFAULT.includes(key) ? spec : { kind: spec.kind };
    return schemaOption(["training", "plan"], key, shown, LETTERS.get(key));
  });
}

/** Types of a thing for a help line: "sgd, rmsprop, adam or adamw; with options: adam:beta1=0.8". */
function typesLine(variants: object, example: string): string {
  const names = Object.keys(variants);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}; with options: ${example}`;
}

/** Metrics as names with commas between. */
const SPLIT: typeof METRICS = {
  ...METRICS,
  read: (who, key, word) => METRICS.read(who, key, String(word).split(",")),
};

/** The `--metrics` option. */
export function metricsOption(purpose: string): Option {
  return new Option(
    "--metrics <names>",
    `${purpose}: precision, recall, f1 (means over classes), top3, top5, ...`,
  ).argParser((word) => readWord(SPLIT, "metrics", word));
}

/** Adds the options that say what is trained, how, and on which images. */
export function addTrainingOptions(command: Command): Command {
  const { momentum, weightDecay, clipNorm, learningRate } = OPTIMIZERS.sgd.schema;
  const { labelSmoothing } = LOSSES.softmaxCrossEntropy.schema;
  command
    .option("-m, --model <name|file>", `a built-in network or a .json file (default: ${RECIPES[0].name})`)
    .option("-r, --recipe <name>", "a whole experiment, see convasm recipes; other options change parts of it")
    .option("--set <numbers>", "numbers that a recipe leaves open, such as filters=8,kernelSize=7")
    .option("--freeze <layers...>", "layers or blocks that keep their weights, such as conv2d or residual");
  for (const option of planOptions()) command.addOption(option);
  return command
    .option("--optimizer <name>", typesLine(OPTIMIZERS, "adam:beta1=0.8"))
    .addOption(
      new Option("--lr <rate>", "learning rate; with a schedule its highest").argParser((word) =>
        readWord(learningRate.kind, "lr", word),
      ),
    )
    .addOption(schemaOption(["optimizer", "sgd"], "momentum", { kind: momentum.kind }))
    .addOption(schemaOption(["optimizer", "sgd"], "weightDecay", { kind: weightDecay.kind }))
    .addOption(schemaOption(["optimizer", "sgd"], "clipNorm", { kind: clipNorm.kind }))
    .option("--schedule <name>", typesLine(SCHEDULES, "step:stepEpochs=2"))
    .option("--loss <name>", typesLine(LOSSES, "softmaxCrossEntropy:labelSmoothing=0.1"))
    .addOption(schemaOption(["loss", "softmaxCrossEntropy"], "labelSmoothing", { kind: labelSmoothing.kind }))
    .addOption(metricsOption("metrics of the validation images after each epoch, and of the test"))
    .option(
      "--augment [changes]",
      `random changes to the images, such as shift=2,rotate=10 (${Object.keys(AUGMENT).join(", ")}); alone: shift=2,rotate=10,scale=0.1`,
    )
    .option("--no-augment", "none, also where the network's own settings have some")
    .option("--averaging <kind>", `averaged weights: ${typesLine(AVERAGINGS, "ema:decay=0.99, swa:startEpoch=5")}`)
    .option("--no-averaging", "the weights of the last step, also where a recipe averages")
    .option(
      "--evaluate <part>",
      "evaluate on a random sample: validation:every=200,images=100; may come twice",
      collected,
    )
    .option("--no-evaluate", "only after epochs, also where a recipe does more")
    .option("--batch-statistics", "normalise evaluated images by statistics of their own batch")
    .option("--no-batch-statistics", "by the running ones, also where a recipe does otherwise")
    .option("--test-time [views]", "average predictions over views: shift=1,horizontalFlip; alone: shift=1")
    .option("--no-test-time", "one view, also where a recipe has more")
    .option(
      "--validation <n>",
      "training images held out for validation, drawn per class (of IDX the last ones): a number or a fraction; or test: the test images",
      partOrTest,
    )
    .option("--no-validation", "none, also where a recipe has some")
    .option("--limit <n>", "use only n training images, drawn per class (of IDX the first ones)", positiveWhole)
    .option("--train-range <range>", "use only these training images: 0:1000 is 0 to 999", imageRange)
    .option("--no-train-range", "all, also where a recipe has a range")
    .option("--test-range <range>", "test only on these: 0:1000, or training images as train:1000:2000", testRange)
    .option("--no-test-range", "on all test images, also where a recipe has a range");
}
