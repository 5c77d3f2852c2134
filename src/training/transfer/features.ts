import { type AnyDataset, createDataset, type Dataset, type DatasetFacts } from "../../data/dataset.ts";
import { eachBatch } from "../../data/each-batch.ts";
import { checkScaling } from "../../data/scaling.ts";
import { ENGINE } from "../../engine/engine-options.ts";
import type { Architecture } from "../../model/architecture.ts";
import { backboneOf } from "../../model/backbone.ts";
import { ABORT_SIGNAL, callable } from "../../options/instances.ts";
import { text } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../../options/schema.ts";
import { Model } from "../model.ts";
import { BATCH_SIZE } from "../model-settings.ts";

const WHO = "featuresOf";

/** Options of `backboneModel`. */
export const BACKBONE_OPTIONS = {
  ...ENGINE,
  /**
   * Layer whose outputs are the features. If not given, the one that the last layer with weights takes, where that is dense or a convolution
   * of single pixels.
   */
  at: { kind: text(), optional: true },
  /** Images that are worked on at once. */
  batchSize: { kind: BATCH_SIZE, default: 16 },
} as const satisfies OptionSchema;

/** Options of {@link backboneModel}. */
export interface BackboneOptions extends OptionsOf<typeof BACKBONE_OPTIONS> {}

/** Options of `featuresOf`. */
export const FEATURES_OPTIONS = {
  ...BACKBONE_OPTIONS,
  /** Ends the work; the promise then rejects with its reason. */
  signal: { kind: ABORT_SIGNAL, optional: true },
  /** Called after each batch with the number of images that are done. */
  onProgress: { kind: callable<(done: number) => void>(), optional: true },
} as const satisfies OptionSchema;

/** Options of {@link featuresOf}. */
export interface FeaturesOptions extends OptionsOf<typeof FEATURES_OPTIONS> {}

/**
 * The features of a data set's images: what a network makes of each before its last layer. A data set of images of one pixel with a channel
 * for each feature, or of the layer's images where `at` names one that gives images; labels, names and weights are those of `data`.
 *
 * Features are computed once and without augmentation, with the running statistics of batch normalisation, so that a new last layer learns
 * from them in no time: see `fitHead`.
 *
 * @param model compiled; its weights are copied
 * @param data of the model's image shape and pixel unit
 * @throws TypeError, RangeError if model and data do not fit each other, or for a wrong option
 * @throws DivergedError if a feature is NaN or infinite
 * @example
 * const { model: backbone } = await importModel("mobilenet.onnx", { input: "imagenet" });
 * const model = await transferModel(backbone, { classes: train.classNames });
 * await fitHead(model, await featuresOf(model, train));
 */
export async function featuresOf(model: Model, data: AnyDataset, options: FeaturesOptions = {}): Promise<Dataset> {
  const { signal, onProgress, ...how } = readOptions(WHO, FEATURES_OPTIONS, options);
  checkScaling(WHO, data, model.scaling);
  const backbone = await cutModel(WHO, model, how);
  try {
    const { batchSize } = how;
    const width = backbone.architecture.outputs;
    const images = new Float32Array(data.length * width);
    for await (const { begin, end, pixels } of eachBatch(data, batchSize, signal)) {
      images.set(await backbone.predict(pixels, { shape: data.shape }), begin * width);
      onProgress?.(end);
    }
    return featureData(data, backbone, images);
  } finally {
    backbone.dispose();
  }
}

/** A data set's labels with features in place of its images. */
export function featureData(data: DatasetFacts, backbone: Model, images: Float32Array): Dataset {
  const { output, outputs } = backbone.architecture;
  const [height, width, channels] = output;
  const { name, labels, targets, sampleWeight, classes, classNames, scaling } = data;
  const shape = output.length === 3 ? ([height, width, channels] as const) : ([1, 1, outputs] as const);
  return createDataset({ name, shape, images, labels, targets, sampleWeight, classes, classNames, scaling });
}

/**
 * A compiled model that ends where another one has its features: what `predict` gives of an image is what `featuresOf` makes of it. For
 * images that come one by one, such as a camera's, and are to be answered at once: it is made only once.
 *
 * @param model compiled; its weights are copied
 * @throws TypeError, RangeError for a wrong option, or a model that has no such layer
 * @example
 * const { model: backbone } = await importModel("mobilenet.onnx", { input: "imagenet" });
 * const eye = await backboneModel(backbone, { batchSize: 1 });
 * const features = await eye.predict(pixels);
 */
export async function backboneModel(model: Model, options: BackboneOptions = {}): Promise<Model> {
  return cutModel("backboneModel", model, readOptions("backboneModel", BACKBONE_OPTIONS, options));
}

async function cutModel(
  who: string,
  model: Model,
  { at, ...compile }: ValuesOf<typeof BACKBONE_OPTIONS>,
): Promise<Model> {
  const backbone = new Model(backboneOf(model.architecture, at, who), model.seed);
  await backbone.compile(compile);
  copyInto(backbone, model);
  return backbone;
}

/** Gives a model the weights of another one for the parameters of a network, which both have. */
export function copyInto(model: Model, from: Model, network: Architecture = model.architecture): void {
  for (const { name } of network.parameters()) model.setWeight(name, from.getWeight(name));
}
