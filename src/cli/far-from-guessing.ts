import { count, counted, loss as lossText, short } from "./format.ts";

/** Figures of a classifier on images that it was trained or tested on. */
interface Figures {
  readonly loss: number;
  /** NaN where the loss knows no classes. */
  readonly accuracy: number;
}

/** Multiple of the loss of guessing beyond which numbers have grown without bound, rather than answers being wrong. */
const FAR = 100;

/**
 * True for a run whose numbers grew beyond use although they stayed finite: its loss is far above that of guessing, and so are its
 * answers hardly better than guesses.
 */
export function isFarFromGuessing({ loss, accuracy }: Figures, classes: number): boolean {
  const chance = 1 / classes;
  return loss > FAR * guessingLoss(classes) && accuracy < (1 + chance) / 2;
}

/** Cross-entropy of answers that take all classes for equally likely. */
function guessingLoss(classes: number): number {
  return Math.log(Math.max(2, classes));
}

/** Steps in which few networks learn anything, and running statistics of normalisation are still off. */
const FEW_STEPS = 100;

/** The run that a remark is made on. */
interface Run {
  readonly classes: number;
  readonly learningRate: number | undefined;
  readonly steps: number;
}

/** The remark on such a run, with what to try. */
export function guessingNote({ loss }: Figures, { classes, learningRate, steps }: Run): string {
  const guess = `the ${guessingLoss(classes).toFixed(2)} of guessing among ${count(classes)} classes`;
  const cause =
    steps < FEW_STEPS
      ? `${counted(steps, "step")} ${steps === 1 ? "was" : "were"} too few, or the training diverged`
      : "the training diverged";
  const longer = steps < FEW_STEPS ? "more --epochs, " : "";
  const rate = learningRate === undefined ? "" : ` than ${short(learningRate)}`;
  return (
    `a loss of ${lossText(loss)} is far above ${guess}: ${cause}; try ${longer}a learning rate lower${rate} (--lr), ` +
    "a warm-up (--schedule cosine:warmupEpochs=1) or --clip-norm 1"
  );
}
