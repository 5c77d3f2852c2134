import type { AnyDataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch } from "./batch.ts";
import type { readFitOptions } from "./fit-options.ts";
import type { FurtherBatches } from "./further-batches.ts";
import type * as Later from "./later.ts";
import type { Progress } from "./progress.ts";
import { drawsPerEpoch, epochOrder } from "./sampling.ts";

/** The images of a run, in an order that follows from seed, epoch and step. */
export class RunData {
  readonly data: AnyDataset;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  readonly #draws: number;
  readonly #options: ReturnType<typeof readFitOptions>;
  readonly #network: Network;
  #further: FurtherBatches | undefined;
  /** The parts of training that are loaded later, if any of them was asked for. */
  later: typeof Later | undefined;

  constructor(data: AnyDataset, seed: number, network: Network, options: ReturnType<typeof readFitOptions>) {
    const { batchSize } = network;
    this.#network = network;
    this.data = data;
    this.seed = seed;
    this.#options = options;
    this.#draws = drawsPerEpoch(data.length, batchSize, options.stepsPerEpoch);
    this.stepsPerEpoch = Math.ceil(this.#draws / batchSize);
  }

  /**
   * Loads what augmentation, weights, metrics and streamed data take, before the first batch.
   *
   * @throws TypeError, RangeError for class weights that do not fit, or a loss whose targets cannot be mixed
   */
  async load(): Promise<void> {
    const { loss } = this.#network;
    const { augment, metrics, classWeight } = this.#options;
    const { data } = this;
    const isWeighed = [classWeight, data.sampleWeight, loss?.ignoreIndex, loss?.temperature].some(
      (number) => number !== undefined,
    );
    if (!isWeighed && augment === undefined && metrics.length === 0 && !("read" in data)) return;
    this.later = await import("./later.ts");
    this.#further = new this.later.FurtherBatches(this, this.#network, this.#options, isWeighed);
  }

  /** The order of the images in an epoch, from 0. */
  order(epoch: number): Uint32Array {
    const stream = RandomStream.from(this.seed, "shuffle").child(epoch);
    const order = epochOrder(this.#options.sampling, this.#draws, this.data.length, stream);
    this.#further?.begin(order);
    return order;
  }

  /** The batch of the next step: at once where its images are in memory. */
  batch(order: Uint32Array, progress: Progress, learningRate: number): Batch | Promise<Batch> {
    const { data } = this;
    const { batchSize } = this.#network;
    const begin = progress.stepInEpoch * batchSize;
    const indices = order.subarray(begin, begin + batchSize);
    if (this.#further !== undefined) return this.#further.batch(begin, indices, progress, learningRate);
    if ("read" in data) throw new Error("no load()");
    return {
      weights: undefined,
      softTargets: undefined,
      images: indices.length,
      data,
      indices,
      step: progress.step + 1,
      learningRate,
      count: undefined,
      writeTransforms: undefined,
    };
  }
}
