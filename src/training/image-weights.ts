import { classOf } from "../data/class-of.ts";
import type { Dataset } from "../data/dataset.ts";
import { InputTypeError } from "../errors.ts";
import type { Loss } from "../model/contracts.ts";
import type { Network } from "../model/network.ts";
import { writeSoftTargets } from "../model/soft-targets.ts";
import { type ClassWeight, classWeights } from "./class-weight.ts";

/** The numbers by which a batch's images count in its loss. */
export interface BatchWeights {
  /** [n]: factor of each image's loss, 0 for those that the loss ignores; undefined for 1 each. */
  readonly weights: Float64Array | undefined;
  /** [n, outputs]: a share of each class, with class weights in them; undefined where labels or the data's targets do. */
  readonly softTargets: Float64Array | undefined;
  /** Images that count in the mean: all but those that the loss ignores. */
  readonly images: number;
}

/** Weights of the images of a run, from their data set and their classes. */
export class ImageWeights {
  readonly #data: Dataset;
  readonly #loss: Loss | undefined;
  readonly #outputs: number;
  /** [outputs] */
  readonly #ofClasses: Float64Array | undefined;

  /** @throws TypeError, RangeError for class weights that do not fit */
  constructor(data: Dataset, { loss, architecture }: Network, classWeight: ClassWeight | undefined) {
    this.#data = data;
    this.#loss = loss;
    this.#outputs = architecture.outputs;
    if (classWeight === undefined) return;
    if (loss?.classes !== true) {
      const got = loss?.config.type ?? "none";
      throw new InputTypeError("fit", "a loss that knows classes for classWeight", got, "contradiction");
    }
    this.#ofClasses = classWeights(classWeight, data, architecture.outputs, loss.ignoreIndex);
  }

  /** The weights of the images at some indices. */
  of(indices: Uint32Array): BatchWeights {
    const { labels, sampleWeight } = this.#data;
    const ignored = this.#loss?.ignoreIndex;
    const ofClasses = this.#ofClasses;
    const n = indices.length;
    if (sampleWeight === undefined && ofClasses === undefined && ignored === undefined) {
      return { weights: undefined, softTargets: undefined, images: n };
    }
    // The terms of several classes have each a weight of its own.
    const smoothing = this.#loss?.softSmoothing;
    const isSoft = ofClasses !== undefined && smoothing !== undefined && (smoothing > 0 || labels === undefined);
    const weights = new Float64Array(n);
    let images = 0;
    for (let i = 0; i < n; i++) {
      const label = this.#loss?.classes === true ? classOf(this.#data, indices[i]) : undefined;
      if (label !== undefined && label === ignored) continue;
      images++;
      const ofClass = ofClasses === undefined || label === undefined || isSoft ? 1 : ofClasses[label];
      weights[i] = ofClass * (sampleWeight?.[indices[i]] ?? 1);
    }
    if (!isSoft) return { weights, softTargets: undefined, images };
    const softTargets = new Float64Array(n * this.#outputs);
    writeSoftTargets(softTargets, this.#data, n, 0, indices, smoothing, ofClasses);
    return { weights, softTargets, images };
  }
}

/** The factors of the images' gradients in the mean over those that count, for kernels that divide by all; undefined for 1 each. */
export function gradientWeights({ weights, images }: BatchWeights, n: number): Float64Array | undefined {
  return weights === undefined || images === n || images === 0
    ? weights
    : weights.map((weight) => weight * (n / images));
}
