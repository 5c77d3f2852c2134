import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch } from "./batch.ts";
import type { readFitOptions } from "./fit-options.ts";
import { ImageWeights } from "./image-weights.ts";
import type { Progress } from "./progress.ts";
import type { SampleEvaluation } from "./reports.ts";
import { drawSample, drawsPerEpoch, epochOrder } from "./sampling.ts";
import type { transformsOf } from "./transforms.ts";

/** The images of a run, in an order that follows from seed, epoch and step. */
export class RunData {
  readonly data: Dataset;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  readonly #batchSize: number;
  readonly #draws: number;
  readonly #options: ReturnType<typeof readFitOptions>;
  readonly #weights: ImageWeights;
  #transformsOf: typeof transformsOf | undefined;

  /** @throws TypeError, RangeError for class weights that do not fit */
  constructor(data: Dataset, seed: number, network: Network, options: ReturnType<typeof readFitOptions>) {
    const { batchSize } = network;
    this.#weights = new ImageWeights(data, network, options.classWeight);
    this.data = data;
    this.seed = seed;
    this.#batchSize = batchSize;
    this.#options = options;
    this.#draws = drawsPerEpoch(data.length, batchSize, options.stepsPerEpoch);
    this.stepsPerEpoch = Math.ceil(this.#draws / batchSize);
  }

  /** Loads what augmentation takes, before the first batch; undefined if there is none. */
  load(): Promise<void> | undefined {
    return this.#options.augment && this.#load();
  }

  async #load(): Promise<void> {
    this.#transformsOf = (await import("./transforms.ts")).transformsOf;
  }

  /** The order of the images in an epoch, from 0. */
  order(epoch: number): Uint32Array {
    const stream = RandomStream.from(this.seed, "shuffle").child(epoch);
    return epochOrder(this.#options.sampling, this.#draws, this.data.length, stream);
  }

  /** The batch of the next step. */
  batch(order: Uint32Array, { epoch, stepInEpoch, step }: Progress, learningRate: number): Batch {
    const { data, seed } = this;
    const begin = stepInEpoch * this.#batchSize;
    const indices = order.subarray(begin, begin + this.#batchSize);
    const { augment, metrics } = this.#options;
    const transformsOf = this.#transformsOf;
    if (augment !== undefined && transformsOf === undefined) throw new Error("run data: load() was not called");
    return {
      ...this.#weights.of(indices),
      data,
      indices,
      step: step + 1,
      learningRate,
      counted: metrics.length > 0,
      writeTransforms: augment && transformsOf?.(augment, { seed, epoch, step, indices, shape: data.shape }),
    };
  }

  /** The images of an evaluation after a step; without indices all of them. */
  sample({ on, every, images }: SampleEvaluation, step: number) {
    const data = on === "validation" ? (this.#options.validation ?? this.data) : this.data;
    const stream = RandomStream.from(this.seed, `evaluation/${on}/${every}`).child(step);
    const indices = images === undefined ? undefined : drawSample(data.length, Math.min(images, data.length), stream);
    return { data, indices };
  }

  /** Up to so many images, the same ones each time, for running statistics of averaged weights. */
  statisticsImages(most: number) {
    const { data, seed } = this;
    const indices = drawSample(data.length, Math.min(most, data.length), RandomStream.from(seed, "statistics"));
    return { data, indices };
  }
}
