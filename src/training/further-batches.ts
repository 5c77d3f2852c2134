import { changesPixels, isMixing, isMoving } from "../data/augment.ts";
import type { AnyDataset } from "../data/dataset.ts";
import { type BatchReader, checkOrder, type HeldImages } from "../data/read-batches.ts";
import type { Network } from "../model/network.ts";
import type { Batch } from "./batch.ts";
import { checkedBatches } from "./checked-batches.ts";
import type { readFitOptions } from "./fit-options.ts";
import { ImageWeights } from "./image-weights.ts";
import { countPredictions } from "./metric-counts.ts";
import { mixedBatch } from "./mixing.ts";
import { changedBatch } from "./pixel-changes.ts";
import { transformsOf } from "./transforms.ts";

/** The place of a step in a run, counted from 0. */
interface StepPlace {
  readonly epoch: number;
  readonly step: number;
}

/** The batches of a run whose images are changed, weighed, counted for metrics, or read while it goes on. */
export class FurtherBatches {
  readonly #data: AnyDataset;
  readonly #seed: number;
  readonly #network: Network;
  readonly #options: ReturnType<typeof readFitOptions>;
  readonly #weights: ImageWeights | undefined;
  #read: BatchReader;

  /**
   * @param isWeighed true if images may count unlike
   * @throws TypeError, RangeError for class weights that do not fit, a loss whose targets cannot be mixed, or an order that
   *   streamed data does not have
   */
  constructor(
    { data, seed }: { readonly data: AnyDataset; readonly seed: number },
    network: Network,
    options: ReturnType<typeof readFitOptions>,
    isWeighed: boolean,
  ) {
    this.#data = data;
    this.#read = checkedBatches(network, data, undefined);
    this.#seed = seed;
    this.#network = network;
    this.#options = options;
    const { augment, classWeight, sampling } = options;
    if ("read" in data) checkOrder(data, sampling);
    const mixes = augment !== undefined && isMixing(augment);
    if (isWeighed || mixes) this.#weights = new ImageWeights(data, network, classWeight, mixes);
  }

  /** Begins an epoch of some order. */
  begin(order: Uint32Array): void {
    this.#read = checkedBatches(this.#network, this.#data, order);
  }

  /**
   * The batch of the next step: at once where its images are there.
   *
   * @param begin place of its first image in the order
   * @param drawn places of its images in the data of the run
   */
  batch(begin: number, drawn: Uint32Array, progress: StepPlace, learningRate: number): Batch | Promise<Batch> {
    const make = (held: HeldImages) => this.#make(held, drawn, progress, learningRate);
    const held = this.#read(begin, drawn.length);
    return held instanceof Promise ? held.then(make) : make(held);
  }

  #make(held: HeldImages, drawn: Uint32Array, { epoch, step }: StepPlace, learningRate: number): Batch {
    const seed = this.#seed;
    const { augment, metrics } = this.#options;
    const { data, waitSeconds } = held;
    const n = drawn.length;
    // In memory they are the order itself, of which the batch is a part.
    const indices = (waitSeconds !== undefined && held.indices) || drawn;
    const weights = this.#weights;
    const unweighted = { weights: undefined, softTargets: undefined, images: n };
    const images =
      augment !== undefined && isMixing(augment) && weights !== undefined
        ? mixedBatch(augment, data, weights, { seed, step, indices })
        : { ...(weights?.of(data, indices) ?? unweighted), data, indices };
    const place = { seed, epoch, step, indices: drawn, shape: data.shape };
    return {
      ...images,
      ...(augment && changesPixels(augment) && changedBatch(augment, images, place)),
      step: step + 1,
      learningRate,
      waitSeconds,
      count: metrics.length > 0 ? countPredictions : undefined,
      writeTransforms: augment && isMoving(augment) ? transformsOf(augment, place) : undefined,
    };
  }
}
