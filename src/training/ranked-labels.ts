/** The scores of images with any number of labels, kept for what depends on their order among all images. */
export class RankedLabels {
  readonly #outputs: number;
  readonly #scores: Float64Array;
  readonly #targets: Float32Array;
  #count = 0;

  /** @param images the most images that come */
  constructor(images: number, outputs: number) {
    this.#outputs = outputs;
    this.#scores = new Float64Array(images * outputs);
    this.#targets = new Float32Array(images * outputs);
  }

  /**
   * Adds a batch.
   *
   * @param scores `[count, outputs]`; may be longer
   * @param targets `[count, outputs]`: more than one half for each label that an image has
   */
  add(scores: Float32Array | Float64Array, targets: Float32Array): void {
    const at = this.#count * this.#outputs;
    this.#scores.set(scores.subarray(0, targets.length), at);
    this.#targets.set(targets, at);
    this.#count += targets.length / this.#outputs;
  }

  /** The mean of the average precisions of all labels that some image has; 0 where there is none. */
  meanAveragePrecision(): number {
    const known = this.averagePrecisions().filter((value) => !Number.isNaN(value));
    return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  }

  /**
   * The average precision of each label: the sum over all thresholds, from the highest on, of the precision there times what the recall grows by,
   * as scikit-learn's `average_precision_score` has it. NaN for a label that no image has.
   */
  averagePrecisions(): number[] {
    return Array.from({ length: this.#outputs }, (_, label) => this.#averagePrecision(label));
  }

  #averagePrecision(label: number): number {
    const score = (image: number) => this.#scores[image * this.#outputs + label];
    const order = Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => score(b) - score(a));
    let [right, before, sum] = [0, 0, 0];
    for (const [i, image] of order.entries()) {
      if (this.#targets[image * this.#outputs + label] > 0.5) right++;
      // Images of one score come at one threshold.
      if (i + 1 < order.length && score(order[i + 1]) === score(image)) continue;
      sum += ((right - before) * right) / (i + 1);
      before = right;
    }
    return right === 0 ? Number.NaN : sum / right;
  }
}
