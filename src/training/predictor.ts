import type { Dataset } from "../data/dataset.ts";
import { sizeOf } from "../layers/shape.ts";
import type { Network } from "../model/network.ts";
import type { PredictionSettings } from "./prediction-settings.ts";

export type Values = Float32Array | Float64Array;

/** Predicts batch by batch, with the statistics of the settings. */
export class Predictor {
  protected readonly network: Network;
  /** Elements of each output. */
  protected readonly sizes: readonly number[];
  readonly #mode: "inference" | "batchStatistics";
  /** The loss of each image of the last batch that was run with loss. */
  readonly losses: Values;
  /** Scores of each output. */
  protected scores: readonly Values[] = [];
  #correct: Values = new Float32Array();

  constructor(network: Network, { batchStatistics }: Pick<PredictionSettings, "batchStatistics">) {
    this.network = network;
    this.#mode = batchStatistics === true ? "batchStatistics" : "inference";
    this.losses = new Float64Array(network.batchSize);
    this.sizes = [...network.architecture.outputShapes.values()].map(sizeOf);
  }

  /**
   * 1 if the answer for image `i` of the last batch is right, else 0; `index` is its place in the data. No answer is
   * right among outputs with a NaN.
   */
  correct(data: Dataset, index: number, i: number): number {
    const { outputs } = this.network.architecture;
    const [scores] = this.scores;
    for (let k = i * outputs; k < (i + 1) * outputs; k++) if (Number.isNaN(scores[k])) return 0;
    return this.answer(data, index, i);
  }

  /** The answer of `correct` for an image none of whose outputs is NaN. */
  protected answer(_data: Dataset, _index: number, i: number): number {
    return this.#correct[i];
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
    const { network } = this;
    network.stageImages(images, count, begin, indices);
    this.scores = this.pass(count, loss);
    if (loss) {
      const { losses, correct } = network.results(count);
      this.losses.set(losses);
      this.#correct = correct;
    }
    return this.scores;
  }

  /** Runs the staged images forward and returns the scores [count, elements] of each output. */
  protected pass(count: number, loss: boolean): readonly Values[] {
    this.network.evaluate(count, this.#mode, loss);
    return this.sizes.map((_, output) => this.network.predictions(count, output));
  }
}
