import { classOf } from "../data/class-of.ts";
import type { Dataset, DatasetFacts } from "../data/dataset.ts";
import { InputTypeError } from "../errors.ts";
import type { Loss } from "../model/contracts.ts";
import type { Network } from "../model/network.ts";
import { writeSoftTargets } from "../model/soft-targets.ts";
import { pow } from "../numeric/math.ts";
import type { BatchWeights } from "./batch.ts";
import { classWeights } from "./class-weight.ts";
import type { ClassWeight } from "./class-weight-option.ts";

/** Weights of the images of a run, from their data set and their classes. */
export class ImageWeights {
  readonly #loss: Loss | undefined;
  readonly #outputs: number;
  /** [outputs] */
  readonly #ofClasses: Float64Array | undefined;

  /**
   * @param mixes true if targets are mixed
   * @throws TypeError, RangeError for class weights that do not fit, or a loss whose targets cannot be mixed
   */
  constructor(
    data: DatasetFacts,
    { loss, architecture }: Network,
    classWeight: ClassWeight | undefined,
    mixes: boolean,
  ) {
    this.#loss = loss;
    this.#outputs = architecture.outputs;
    if (mixes && loss?.classes === true && loss.softSmoothing === undefined) {
      const expected = "a loss that takes a share of each class for mixup and cutmix, such as softmaxCrossEntropy";
      throw new InputTypeError("fit", expected, loss.config.type, "contradiction");
    }
    if (loss?.temperature !== undefined && data.targets?.every((share) => share >= 0 && share <= 1) !== true) {
      const got = data.targets === undefined ? "none" : "others";
      throw new InputTypeError("fit", "targets from 0 to 1 beside labels, as withTeacher adds them", got, "missing");
    }
    if (classWeight === undefined) return;
    if (loss?.classes !== true) {
      const got = loss?.config.type ?? "none";
      throw new InputTypeError("fit", "a loss that knows classes for classWeight", got, "contradiction");
    }
    this.#ofClasses = classWeights(classWeight, data, architecture.outputs, loss.ignoreIndex);
  }

  /**
   * The weights of the images at some indices of data in memory.
   *
   * @param soft true: with a share of each class, where the loss knows classes
   */
  of(data: Dataset, indices: Uint32Array, soft = false): BatchWeights {
    const { labels, sampleWeight } = data;
    const ignored = this.#loss?.ignoreIndex;
    const ofClasses = this.#ofClasses;
    const n = indices.length;
    const taught = this.#taught(data, indices);
    if (
      taught === undefined &&
      !soft &&
      sampleWeight === undefined &&
      ofClasses === undefined &&
      ignored === undefined
    ) {
      return { weights: undefined, softTargets: undefined, images: n };
    }
    // The terms of several classes have each a weight of its own.
    const smoothing = this.#loss?.softSmoothing;
    const isWeighed = ofClasses !== undefined && (Number(smoothing) > 0 || labels === undefined);
    const isSoft = smoothing !== undefined && (soft || isWeighed);
    const weights = new Float64Array(n);
    let images = 0;
    for (let i = 0; i < n; i++) {
      const label = this.#loss?.classes === true ? classOf(data, indices[i]) : undefined;
      if (label !== undefined && label === ignored) continue;
      images++;
      const ofClass = ofClasses === undefined || label === undefined || isSoft ? 1 : ofClasses[label];
      weights[i] = ofClass * (sampleWeight?.[indices[i]] ?? 1);
    }
    if (!isSoft) return { weights, softTargets: taught, images };
    const softTargets = new Float64Array(n * this.#outputs);
    writeSoftTargets(softTargets, data, n, 0, indices, smoothing, ofClasses);
    return { weights, softTargets, images };
  }

  /** [n, outputs]: a teacher's probabilities at the loss's temperature; undefined where there is no teacher. */
  #taught({ targets, classes }: Dataset, indices: Uint32Array): Float64Array | undefined {
    const temperature = this.#loss?.temperature;
    if (targets === undefined || temperature === undefined) return undefined;
    const rows = new Float64Array(indices.length * this.#outputs);
    indices.forEach((index, i) => {
      // softmax(logits / temperature), of probabilities: logits are their logarithms but for a constant.
      const shares = targets.subarray(index * classes, (index + 1) * classes);
      const row = Float64Array.from(shares, (share) => pow(share, 1 / temperature));
      const sum = row.reduce((total, value) => total + value, 0);
      rows.set(
        row.map((value) => value / sum),
        i * this.#outputs,
      );
    });
    return rows;
  }
}
