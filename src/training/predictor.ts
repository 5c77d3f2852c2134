import { type Dataset, imageSize } from "../data/dataset.ts";
import { readViews, type TestTimeAugmentation, type View, writeView } from "../data/views.ts";
import { sizeOf } from "../layers/layer.ts";
import type { Network } from "../model/network.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { argmax } from "./metrics.ts";

type Values = Float32Array | Float64Array;

/** Predicts batch by batch, with the statistics of the settings, and as a mean over views if there are several. */
export class Predictor {
  readonly #network: Network;
  readonly #mode: "inference" | "batchStatistics";
  readonly #views: readonly View[] | undefined;
  readonly #losses: Float64Array;
  /** Elements of each output. */
  readonly #sizes: readonly number[];
  /** Scores of each output. */
  #scores: readonly Values[] = [];
  #correct: Values = new Float32Array();

  constructor(
    network: Network,
    options: {
      readonly batchStatistics?: boolean | undefined;
      readonly testTimeAugmentation?: TestTimeAugmentation | undefined;
    },
  ) {
    this.#network = network;
    this.#mode = options.batchStatistics === true ? "batchStatistics" : "inference";
    const { testTimeAugmentation } = options;
    this.#views = testTimeAugmentation === undefined ? undefined : readViews(testTimeAugmentation);
    this.#losses = new Float64Array(network.batchSize);
    this.#sizes = [...network.architecture.outputShapes.values()].map(sizeOf);
  }

  /** The loss of each image of the last batch that was run with loss. */
  get losses(): Values {
    return this.#losses;
  }

  /**
   * 1 if the answer for image `i` of the last batch is right, else 0; `index` is its place in the data. No answer is
   * right among outputs with a NaN.
   */
  correct({ labels }: Dataset, index: number, i: number): number {
    const { outputs } = this.#network.architecture;
    const [scores] = this.#scores;
    for (let k = i * outputs; k < (i + 1) * outputs; k++) if (Number.isNaN(scores[k])) return 0;
    if (this.#views === undefined) return this.#correct[i];
    if (labels === undefined) return 0;
    return argmax(scores, i * outputs, outputs) === labels[index] ? 1 : 0;
  }

  /**
   * Scores [count, elements] of each output, of images `begin` on or of those that `indices` names; views that the next batch
   * overwrites.
   */
  run(
    images: Dataset["images"],
    count: number,
    begin: number,
    indices: Uint32Array | undefined,
    loss: boolean,
  ): readonly Values[] {
    const network = this.#network;
    if (this.#views === undefined) {
      network.stageImages(images, count, begin, indices);
      this.#scores = this.#pass(count, loss);
      if (loss) this.#losses.set(network.results(count).losses);
      this.#correct = loss ? network.results(count).correct : this.#correct;
      return this.#scores;
    }
    const { shape } = network.architecture.input;
    const size = imageSize({ shape });
    const seen = isUint8Array(images) ? new Uint8Array(count * size) : new Float32Array(count * size);
    const sums = this.#sizes.map((elements) => new Float64Array(count * elements));
    this.#losses.fill(0);
    for (const view of this.#views) {
      for (let i = 0; i < count; i++) {
        const from = (indices?.[begin + i] ?? begin + i) * size;
        writeView(seen.subarray(i * size, (i + 1) * size), images, from, 1, shape, view);
      }
      network.stageImages(seen, count, 0);
      const scores = this.#pass(count, loss);
      sums.forEach((sum, output) => {
        for (let i = 0; i < sum.length; i++) sum[i] += scores[output][i];
      });
      if (!loss) continue;
      const { losses } = network.results(count);
      for (let i = 0; i < count; i++) this.#losses[i] += losses[i] / this.#views.length;
    }
    const views = this.#views.length;
    this.#scores = sums.map((sum) => sum.map((value) => value / views));
    return this.#scores;
  }

  #pass(count: number, loss: boolean): readonly Values[] {
    this.#network.evaluate(count, this.#mode, loss);
    return this.#sizes.map((_, output) => this.#network.predictions(count, output));
  }
}
