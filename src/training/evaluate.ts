import type { Dataset } from "../data/dataset.ts";
import { shown } from "../json-fields.ts";
import type { Network } from "../model/network.ts";
import { Breather } from "./pause.ts";

/** Means over a data set. */
export interface Evaluation {
  readonly loss: number;
  /** Share of right answers; NaN where the loss knows no classes. */
  readonly accuracy: number;
  readonly images: number;
}

/** A batch of predictions as they come. */
export interface PredictionBatch {
  /** Index of the first image. */
  readonly begin: number;
  readonly count: number;
  /** [count, outputs]; a view that the next batch overwrites. */
  readonly scores: Float32Array | Float64Array;
}

export interface EvaluateOptions {
  /** Called with the predictions of each batch, for metrics beyond loss and accuracy. */
  onBatch?: (batch: PredictionBatch) => void;
  signal?: AbortSignal;
}

/**
 * Loss and accuracy over a data set, in inference mode.
 *
 * @throws TypeError, RangeError if the data set does not fit the network
 */
export async function evaluate(network: Network, data: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  checkData(network, data, "evaluate");
  const breather = new Breather();
  let loss = 0;
  let correct = 0;
  for (let begin = 0; begin < data.length; begin += network.batchSize) {
    options.signal?.throwIfAborted();
    const count = Math.min(network.batchSize, data.length - begin);
    network.stageImages(data.images, count, begin);
    network.stageTargets(data, count, begin);
    network.evaluate(count, "inference", true);
    const results = network.results(count);
    for (let i = 0; i < count; i++) {
      loss += results.losses[i];
      correct += results.correct[i];
    }
    options.onBatch?.({ begin, count, scores: network.predictions(count) });
    await breather.pause();
  }
  const accuracy = network.loss?.classes === true ? correct / data.length : Number.NaN;
  return { loss: loss / data.length, accuracy, images: data.length };
}

/** Throws unless the data set's images and targets are what the network and its loss take. */
export function checkData({ architecture, loss }: Network, data: Dataset, who: string): void {
  if (!Array.isArray(data?.shape)) {
    throw new TypeError(`${who}: expected a data set as createDataset makes them, got ${shown(data)}`);
  }
  const { shape } = architecture.input;
  if (shape.join() !== data.shape.join()) {
    throw new RangeError(`${who}: expected images of shape [${shape}], got [${data.shape}] in ${data.name}`);
  }
  if (loss === undefined) throw new TypeError(`${who}: expected a model compiled with a loss, got none`);
  const { outputs } = architecture;
  if (loss.classes) {
    if (data.labels === undefined) {
      throw new TypeError(
        `${who}: expected class labels for the loss ${loss.config.type}, got targets in ${data.name}`,
      );
    }
    if (data.classes > outputs) {
      throw new RangeError(`${who}: expected at most ${outputs} classes, the model's outputs, got ${data.classes}`);
    }
    return;
  }
  if (data.targets === undefined) {
    throw new TypeError(`${who}: expected targets for the loss ${loss.config.type}, got class labels in ${data.name}`);
  }
  if (data.classes !== outputs) {
    throw new RangeError(`${who}: expected ${outputs} targets per image, the model's outputs, got ${data.classes}`);
  }
}
