import { classOf } from "../data/class-of.ts";
import { type Dataset, imageSize } from "../data/dataset.ts";
import { readViews, type View, writeView } from "../data/viewing.ts";
import type { TestTimeAugmentation } from "../data/views.ts";
import type { Network } from "../model/network.ts";
import { argmax } from "../numeric/argmax.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import type { PredictionSettings } from "./prediction-settings.ts";
import { Predictor, type Values } from "./predictor.ts";

/** Predicts batch by batch, as a mean over several views of each image. */
export class ViewPredictor extends Predictor {
  readonly #views: readonly View[];

  constructor(network: Network, settings: PredictionSettings, views: TestTimeAugmentation) {
    super(network, settings);
    this.#views = readViews(views);
  }

  protected override answer(data: Dataset, index: number, i: number): number {
    const { outputs } = this.network.architecture;
    return argmax(this.scores[0], i * outputs, outputs) === classOf(data, index) ? 1 : 0;
  }

  override run(
    images: Dataset["images"],
    count: number,
    begin: number,
    indices: Uint32Array | undefined,
    loss: boolean,
  ): readonly Values[] {
    const { network } = this;
    const { shape } = network.architecture.input;
    const size = imageSize({ shape });
    const seen = isUint8Array(images) ? new Uint8Array(count * size) : new Float32Array(count * size);
    const sums = this.sizes.map((elements) => new Float64Array(count * elements));
    const views = this.#views.length;
    this.losses.fill(0);
    for (const view of this.#views) {
      for (let i = 0; i < count; i++) {
        const from = (indices?.[begin + i] ?? begin + i) * size;
        writeView(seen.subarray(i * size, (i + 1) * size), images, from, 1, shape, view);
      }
      network.stageImages(seen, count, 0);
      const scores = this.pass(count, loss);
      sums.forEach((sum, output) => {
        for (let i = 0; i < sum.length; i++) sum[i] += scores[output][i];
      });
      if (!loss) continue;
      const { losses } = network.results(count);
      for (let i = 0; i < count; i++) this.losses[i] += losses[i] / views;
    }
    this.scores = sums.map((sum) => sum.map((value) => value / views));
    return this.scores;
  }
}
