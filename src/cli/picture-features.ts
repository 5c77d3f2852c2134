import { type AnyDataset, type Dataset, imageSize, takeRows } from "../data/dataset.ts";
import { eachBatch } from "../data/each-batch.ts";
import type { ImageShape, Pixels } from "../data/pixels.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { FeatureFile, pixelsDigest } from "../node/feature-file.ts";
import type { Model } from "../training/model.ts";
import { backboneModel, featureData } from "../training/transfer/features.ts";
import { barLine } from "./bar.ts";
import { UsageError } from "./command-error.ts";
import type { Context } from "./context.ts";
import { count, dimensions, duration } from "./format.ts";
import type { TrainingData } from "./training-data.ts";

/** Pictures that are worked on at once, and kept together. */
const AT_ONCE = 16;

/** Data whose images are features, in memory. */
export interface FeatureData extends TrainingData {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
}

/**
 * The data of a training with features in place of pictures. Those that were computed earlier are taken from the cache folder.
 *
 * @param whole the network up to a new last layer, which takes the features
 * @throws UsageError if the pictures have not the shape that the backbone takes
 * @throws the signal's reason if it aborts; what was computed until then is kept
 */
export async function withFeatures(
  whole: Model,
  data: TrainingData,
  engine: EngineOptions,
  context: Context,
): Promise<FeatureData> {
  const { shape } = whole.architecture.input;
  if (data.train.shape.join() !== shape.join()) {
    const got = `${dimensions(data.train.shape)} in ${data.loaded.title}`;
    throw new UsageError("--backbone", `images of ${dimensions(shape)}, which it takes`, got, "shape-mismatch");
  }
  const trunk = await backboneModel(whole, { ...engine, batchSize: AT_ONCE });
  try {
    const file = context.usesCache ? await FeatureFile.open(trunk) : undefined;
    const parts = [...new Set([data.train, data.validation, data.test])].filter((part) => part !== undefined);
    const work = new FeatureWork(trunk, file, parts, context);
    const found = new Map<AnyDataset, Dataset>();
    for (const part of parts) found.set(part, await work.featuresOf(part));
    await file?.close();
    work.tell();
    const of = (part: AnyDataset | undefined) => part && found.get(part);
    const train = of(data.train);
    if (train === undefined) throw new Error("features: none of the images to train on");
    return { ...data, train, validation: of(data.validation), test: of(data.test) };
  } finally {
    trunk.dispose();
  }
}

/** The computation of the features of some parts, with a line that tells how far it is. */
class FeatureWork {
  readonly #trunk: Model;
  readonly #file: FeatureFile | undefined;
  readonly #context: Context;
  readonly #total: number;
  #done = 0;
  #computed = 0;
  #seconds = 0;

  constructor(trunk: Model, file: FeatureFile | undefined, parts: readonly AnyDataset[], context: Context) {
    this.#trunk = trunk;
    this.#file = file;
    this.#context = context;
    this.#total = parts.reduce((sum, { length }) => sum + length, 0);
  }

  async featuresOf(data: AnyDataset): Promise<Dataset> {
    const width = this.#trunk.architecture.outputs;
    const features = new Float32Array(data.length * width);
    const size = imageSize(data);
    const { signal } = this.#context;
    for await (const { begin, end, pixels } of eachBatch(data, AT_ONCE, signal)) {
      const missing: Missing[] = [];
      for (let i = 0; i < end - begin; i++) {
        const digest = this.#file === undefined ? "" : pixelsDigest(pixels.subarray(i * size, (i + 1) * size));
        const known = this.#file?.find(digest);
        if (known === undefined) missing.push({ place: i, digest });
        else features.set(known, (begin + i) * width);
      }
      this.#done += end - begin - missing.length;
      if (missing.length === 0) continue;
      const places = missing.map(({ place }) => place);
      const rows = await this.#compute(takeRows(pixels, size, places), data.shape, missing);
      for (const [i, place] of places.entries())
        features.set(rows.subarray(i * width, (i + 1) * width), (begin + place) * width);
    }
    return featureData(data, this.#trunk, features);
  }

  async #compute(pixels: Pixels, shape: ImageShape, some: readonly Missing[]): Promise<Float32Array> {
    const began = performance.now();
    const rows = await this.#trunk.predict(pixels, { shape });
    await this.#file?.add(
      some.map(({ digest }) => digest),
      rows,
    );
    this.#seconds += (performance.now() - began) / 1000;
    this.#computed += some.length;
    this.#done += some.length;
    this.#show();
    return rows;
  }

  #show(): void {
    const { output } = this.#context;
    const parts = [`${count(this.#done)} of ${count(this.#total)}`, this.#rate()];
    output.status((columns) => barLine(this.#done / this.#total, "features", parts, columns, output.look));
  }

  #rate(): string {
    const rate = this.#computed / this.#seconds;
    return `${rate.toFixed(rate < 10 ? 1 : 0)} images/s`;
  }

  /** Says what was computed, and what was there. */
  tell(): void {
    const { output } = this.#context;
    const { outputs } = this.#trunk.architecture;
    const cached = this.#total - this.#computed;
    output.clearStatus();
    output.event({
      event: "features",
      images: this.#total,
      features: outputs,
      computed: this.#computed,
      cached,
      seconds: this.#seconds,
    });
    const work = [
      ...(this.#computed > 0
        ? [`computed for ${count(this.#computed)} images in ${duration(this.#seconds)}, ${this.#rate()}`]
        : []),
      ...(cached > 0 ? [`taken from the cache for ${count(cached)}`] : []),
    ];
    output.text(`Features  ${count(outputs)} of each image: ${work.join("; ")}`);
  }
}

/** A picture whose features are not known. */
interface Missing {
  /** Its place among those that are read together. */
  readonly place: number;
  readonly digest: string;
}
