import type { Dataset } from "../data/dataset.ts";
import { engineChoice } from "../engine/engine.ts";
import { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { createSubject, noiseImages } from "./network-subject.ts";
import { engineOptions, type Setting, settingName } from "./setting.ts";

/** Images of the training step that is compared. */
const CHECKED_IMAGES = 4;

/** Largest error of an engine's loss against float64, as a share of it. */
const LOSS_BOUND = 1e-4;

/**
 * Largest distance of all weights together from those of float64, as a share of the distance that the step moved them.
 */
const STEP_BOUND = 1e-3;

/**
 * Change of all weights, as a share of them, whose effect on a step in float64 is no error either: more than kernels round by.
 * In deep networks that passes `STEP_BOUND`: their last layers normalise four numbers, and a sum that moves across the bound
 * of a ReLU changes the gradients of all layers before it.
 */
const ROUNDING = 1e-5;

/** Result of one training step from the initial weights. */
interface Outcome {
  readonly loss: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** Trained weights, in place; the statistics of normalisation move far more and would hide them. */
function weightsOf(network: Network) {
  const { decayed, free } = network.parameters.trained;
  return network.view(decayed.offset, decayed.count + free.count);
}

function step(network: Network, data: Dataset, learningRate: number): Outcome {
  const n = network.batchSize;
  const before = Float64Array.from(weightsOf(network));
  network.stageImages(data.images, n, 0);
  network.stageTargets(data, n, 0);
  network.trainStep(n, 1, learningRate, false);
  let loss = 0;
  for (const value of network.results(n).losses) loss += value / n;
  return { loss, before, after: Float64Array.from(weightsOf(network)) };
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** The distance of two steps, each from its own initial weights. */
function distanceOfSteps(a: Outcome, b: Outcome): number {
  const moves = ({ before, after }: Outcome) => after.map((value, i) => value - before[i]);
  return distance(moves(a), moves(b));
}

/**
 * Runs one training step of a recipe on each setting and in float64, and compares the loss and the new weights.
 *
 * @throws Error naming the setting that is further off than `LOSS_BOUND`, or than `STEP_BOUND` and what `ROUNDING` does
 */
export async function checkStep(recipe: Recipe, settings: readonly Setting[]): Promise<void> {
  const { architecture, data: timed, options } = createSubject(recipe, CHECKED_IMAGES);
  // Noise, because blank pixels lead to sums that are exactly zero: there a ReLU's gradient has a step, and Winograd's
  // rounding errors have either sign.
  const data = noiseImages(timed.shape, CHECKED_IMAGES);
  const { learningRate } = recipe.optimizer;
  const createExact = () => Network.create(architecture, { ...options, engine: "js", precision: "float64" });
  const wanted = step(await createExact(), data, learningRate);
  const moved = distance(wanted.before, wanted.after);
  const roundingError = async () => {
    const changed = await createExact();
    const weights = weightsOf(changed);
    const stream = RandomStream.from(1, "bench rounding");
    for (let i = 0; i < weights.length; i++) weights[i] *= 1 + ROUNDING * (2 * stream.uniform(i) - 1);
    return distanceOfSteps(step(changed, data, learningRate), wanted) / moved;
  };
  let rounding: number | undefined;
  for (const setting of settings) {
    // Threads by number: those of "auto" may start after the step.
    const { engine, threads } = engineChoice(engineOptions(setting));
    const network = await Network.create(architecture, { ...options, engine, threads });
    const { loss, after } = step(network, data, learningRate);
    network.dispose();
    const lossError = Math.abs(loss - wanted.loss) / Math.abs(wanted.loss);
    const stepError = distance(after, wanted.after) / moved;
    // Written so that NaN fails too.
    if (lossError <= LOSS_BOUND) {
      if (stepError <= STEP_BOUND) continue;
      rounding ??= await roundingError();
      if (stepError <= rounding) continue;
    }
    throw new Error(
      `${recipe.name} on ${settingName(setting)}: after one step the loss is off by ${lossError.toExponential(1)}, the weights by ` +
        `${stepError.toExponential(1)} of the step; nothing is timed that computes wrong results`,
    );
  }
}
