import { type Augment, isColouring, isMixing, isMoving } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch, BatchWeights } from "./batch.ts";
import type { colouredBatch } from "./colours.ts";
import type { readFitOptions } from "./fit-options.ts";
import type { ImageWeights } from "./image-weights.ts";
import type { mixedBatch } from "./mixing.ts";
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
  readonly #network: Network;
  #weights: ImageWeights | undefined;
  #transformsOf: typeof transformsOf | undefined;
  #mixedBatch: typeof mixedBatch | undefined;
  #colouredBatch: typeof colouredBatch | undefined;

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
   * Loads what augmentation and weights take, before the first batch; undefined if there is nothing.
   *
   * @throws TypeError, RangeError for class weights that do not fit, or a loss whose targets cannot be mixed
   */
  load(): Promise<void> | undefined {
    const { augment, classWeight } = this.#options;
    const { loss } = this.#network;
    const numbers = [classWeight, this.data.sampleWeight, loss?.ignoreIndex, loss?.temperature];
    const isWeighed = numbers.some((number) => number !== undefined);
    return augment === undefined && !isWeighed ? undefined : this.#load(isWeighed, augment);
  }

  async #load(isWeighed: boolean, augment: Augment | undefined): Promise<void> {
    const mixes = augment !== undefined && isMixing(augment);
    if (augment !== undefined && isMoving(augment)) {
      this.#transformsOf = (await import("./transforms.ts")).transformsOf;
    }
    if (augment !== undefined && isColouring(augment)) {
      this.#colouredBatch = (await import("./colours.ts")).colouredBatch;
    }
    if (mixes) this.#mixedBatch = (await import("./mixing.ts")).mixedBatch;
    if (!isWeighed && !mixes) return;
    const { ImageWeights } = await import("./image-weights.ts");
    this.#weights = new ImageWeights(this.data, this.#network, this.#options.classWeight, mixes);
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
    const [transformsOf, mixedBatch, colouredBatch] = [this.#transformsOf, this.#mixedBatch, this.#colouredBatch];
    if (augment !== undefined && (transformsOf ?? mixedBatch ?? colouredBatch) === undefined) {
      throw new Error("run data: load() was not called");
    }
    const weights = this.#weights;
    const images =
      augment === undefined || mixedBatch === undefined || weights === undefined
        ? { ...(weights?.of(indices) ?? unweighted(indices.length)), data, indices }
        : mixedBatch(augment, data, weights, { seed, step, indices });
    return {
      ...images,
      ...(augment && colouredBatch?.(augment, images, { seed, step })),
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

/** The weights of images that all count alike. */
function unweighted(images: number): BatchWeights {
  return { weights: undefined, softTargets: undefined, images };
}
