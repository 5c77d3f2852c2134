import { type Command, Option } from "commander";
import { RECIPES } from "../recipes/index.ts";
import { SAMPLING } from "../training/sampling.ts";
import { notNegative, part, positive, positiveWhole, seedNumber, share, shareBelowOne } from "./numbers.ts";
import { imageRange, testRange } from "./range-option.ts";

/** Options that may come more than once. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function partOrTest(text: string): number | "test" {
  return text === "test" ? text : part(text);
}

function batchSize(text: string): number | "all" {
  return text === "all" ? text : positiveWhole(text);
}

/** Adds the options that say what is trained, how, and on which images. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option("-m, --model <name|file>", `a built-in network or a .json file (default: ${RECIPES[0].name})`)
    .option("-r, --recipe <name>", "a whole experiment, see convasm recipes; other options change parts of it")
    .option("--set <numbers>", "numbers that a recipe leaves open, such as filters=8,kernelSize=7")
    .option("--freeze <layers...>", "layers or blocks that keep their weights, such as conv2d or residual")
    .option("-e, --epochs <n>", "passes over the training images", positiveWhole)
    .option("-b, --batch-size <n>", "images per step; all: full-batch training", batchSize)
    .option("--optimizer <name>", "sgd, rmsprop, adam or adamw; with options: adam:beta1=0.8")
    .option("--lr <rate>", "learning rate; with a schedule its highest", positive)
    .option("--momentum <m>", "momentum of sgd or rmsprop", shareBelowOne)
    .option(
      "--weight-decay <d>",
      "decoupled weight decay, for every optimizer; the coupled one: --optimizer sgd:l2=0.001",
      notNegative,
    )
    .option("--clip-norm <n>", "bound on the norm of all gradients together", positive)
    .option("--schedule <name>", "constant, step, exponential, cosine or oneCycle; with options: step:stepEpochs=2")
    .option("--label-smoothing <s>", "share of each target spread over all classes", share)
    .option(
      "--augment [changes]",
      "random changes to the images, such as shift=2,rotate=10 (also scale, shear, horizontalFlip, randomCrop, cutout); alone: shift=2,rotate=10,scale=0.1",
    )
    .option("--no-augment", "none, also where the network's own settings have some")
    .addOption(
      new Option("--sampling <way>", "shuffle: each image once, sequential: in their order, replacement: drawn afresh")
        .choices(SAMPLING.choices ?? [])
        .default(undefined, "shuffle"),
    )
    .option("--steps-per-epoch <n>", "full batches in an epoch (default: each image once)", positiveWhole)
    .option("--averaging <kind>", "averaged weights: ema, or with options ema:decay=0.99, swa:startEpoch=5")
    .option("--no-averaging", "the weights of the last step, also where a recipe averages")
    .option("--average-every <n>", "report the mean loss and accuracy of every n steps", positiveWhole)
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
    .option("--seed <n>", "seed of everything random (default: 0)", seedNumber)
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
    .option("--no-test-range", "on all test images, also where a recipe has a range")
    .option(
      "--early-stopping <n>",
      "end after n epochs without a better validation loss, with the best weights",
      positiveWhole,
    )
    .option("--reduce-on-plateau <n>", "a tenth of the learning rate after n such epochs", positiveWhole);
}
