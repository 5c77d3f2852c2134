import { type Augment, isColouring, isMixing, isMoving } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch, BatchWeights } from "./batch.ts";
import type { readFitOptions } from "./fit-options.ts";
import type { ImageWeights } from "./image-weights.ts";
import type * as Later from "./later.ts";
import type { Progress } from "./progress.ts";
import type { SampleEvaluation } from "./reports.ts";
import { drawSample, drawsPerEpoch, epochOrder } from "./sampling.ts";

/** The images of a run, in an order that follows from seed, epoch and step. */
export class RunData {
  readonly data: Dataset;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  readonly #batchSize: number;
  readonly #draws: number;
  readonly #options: ReturnType<typeof readFitOptions>;
  readonly #network: Network;
  #weights: ImageWeights | undefined;
  #later: typeof Later | undefined;

  constructor(data: Dataset, seed: number, network: Network, options: ReturnType<typeof readFitOptions>) {
    const { batchSize } = network;
    this.#network = network;
    this.data = data;
    this.seed = seed;
    this.#batchSize = batchSize;
    this.#options = options;
    this.#draws = drawsPerEpoch(data.length, batchSize, options.stepsPerEpoch);
    this.stepsPerEpoch = Math.ceil(this.#draws / batchSize);
  }

  /**
   * Loads what augmentation, weights and metrics take, before the first batch; undefined if there is nothing.
   *
   * @throws TypeError, RangeError for class weights that do not fit, or a loss whose targets cannot be mixed
   */
  load(): Promise<void> | undefined {
    const { augment, metrics } = this.#options;
    return augment === undefined && metrics.length === 0 && !this.#isWeighed ? undefined : this.#load(augment);
  }

  get #isWeighed(): boolean {
    const { loss } = this.#network;
    const numbers = [this.#options.classWeight, this.data.sampleWeight, loss?.ignoreIndex, loss?.temperature];
    return numbers.some((number) => number !== undefined);
  }

  async #load(augment: Augment | undefined): Promise<void> {
    this.#later = await import("./later.ts");
    const mixes = augment !== undefined && isMixing(augment);
    if (!this.#isWeighed && !mixes) return;
    const { classWeight } = this.#options;
    this.#weights = new this.#later.ImageWeights(this.data, this.#network, classWeight, mixes);
  }

  /** The parts of training that are loaded later, if any of them was asked for. */
  get later(): typeof Later | undefined {
    return this.#later;
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
    const later = this.#later;
    if (augment !== undefined && later === undefined) throw new Error("run data: load() was not called");
    const weights = this.#weights;
    const images =
      augment !== undefined && isMixing(augment) && weights !== undefined && later !== undefined
        ? later.mixedBatch(augment, data, weights, { seed, step, indices })
        : { ...(weights?.of(indices) ?? unweighted(indices.length)), data, indices };
    const place = { seed, epoch, step, indices, shape: data.shape };
    return {
      ...images,
      ...(augment && isColouring(augment) && later?.colouredBatch(augment, images, place)),
      step: step + 1,
      learningRate,
      count: metrics.length > 0 ? later?.countPredictions : undefined,
      writeTransforms: augment && isMoving(augment) ? later?.transformsOf(augment, place) : undefined,
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

/** The weights of images that all count alike. */
function unweighted(images: number): BatchWeights {
  return { weights: undefined, softTargets: undefined, images };
}
