import type { Pixels } from "../data/pixels.ts";
import { readRawImages } from "../data/raw-images.ts";
import { TimeSlice } from "../event-loop.ts";
import { sizeOf } from "../layers/shape.ts";
import type { Network } from "../model/network.ts";
import { checkOutputs } from "./diverged.ts";
import { type PredictionSettings, readPredictionSettings } from "./prediction-settings.ts";
import { predictorOf } from "./predictors.ts";

/** The options of `predict`. A type alias because interfaces do not fit `Json`. */
export type PredictOptions = PredictionSettings & {
  /**
   * Shape of one image, [height, width, channels], as the caller knows it: refused unless it is the model's. A flat array alone
   * does not tell four grey images from one with four channels.
   */
  readonly shape?: readonly number[] | undefined;
};

/**
 * Predictions of raw images: an array [n, elements] for each output, by the weights of one moment.
 *
 * @param who stands before messages
 * @throws TypeError, RangeError if they are not whole images of finite pixels, or for a wrong option
 * @throws DivergedError if an output is NaN or infinite
 */
export async function predictImages(
  network: Network,
  who: string,
  images: Pixels | Uint8ClampedArray,
  { shape, ...settings }: PredictOptions,
): Promise<readonly Float32Array[]> {
  const { architecture, batchSize, turns } = network;
  const { pixels, count } = readRawImages(who, images, architecture.input.shape, shape);
  const predictor = predictorOf(network, readPredictionSettings(who, settings));
  return turns.read(async () => {
    const sizes = [...architecture.outputShapes.values()].map(sizeOf);
    const results = sizes.map((size) => new Float32Array(count * size));
    const slice = new TimeSlice();
    for (let begin = 0; begin < count; begin += batchSize) {
      const n = Math.min(batchSize, count - begin);
      predictor.run(pixels, n, begin, undefined, false).forEach((scores, output) => {
        const size = sizes[output];
        checkOutputs(scores, n, size, begin);
        results[output].set(scores.subarray(0, n * size), begin * size);
      });
      await slice.yieldIfOver();
    }
    return results;
  });
}

/** Predictions of raw images by the names of the outputs: see {@link predictImages}. */
export async function predictOutputs(
  network: Network,
  images: Pixels | Uint8ClampedArray,
  options: PredictOptions,
): Promise<Record<string, Float32Array>> {
  const results = await predictImages(network, "predictOutputs", images, options);
  return Object.fromEntries([...network.architecture.outputShapes.keys()].map((name, i) => [name, results[i]]));
}
