/**
 * convasm trains convolutional networks on the CPU. This entry runs in browsers and in Node; `convasm/node` adds files.
 *
 * @module
 */

export { type Augment, type AugmentOptions, readAugment } from "./data/augment.ts";
export {
  createDataset,
  type Dataset,
  type DatasetInit,
  sliceDataset,
  splitDataset,
  takeDataset,
} from "./data/dataset.ts";
export { generateDigits } from "./data/digits/generate.ts";
export type { EngineOptions } from "./engine/engine.ts";
export { chooseGear, GEARS, type Gear, hasGear } from "./engine/gears.ts";
export { setWasmSource, type WasmSource } from "./engine/wasm.ts";
export { gelu, leakyRelu, relu, sigmoid, tanh } from "./layers/activation.ts";
export { averagePooling2d } from "./layers/average-pooling2d.ts";
export { batchNormalization } from "./layers/batch-normalization.ts";
export { conv2d } from "./layers/conv2d.ts";
export { dense } from "./layers/dense.ts";
export { depthwiseConv2d } from "./layers/depthwise-conv2d.ts";
export { dropout } from "./layers/dropout.ts";
export { flatten } from "./layers/flatten.ts";
export { globalAveragePooling2d } from "./layers/global-average-pooling2d.ts";
export type { Layer } from "./layers/layer.ts";
export { maxPooling2d } from "./layers/max-pooling2d.ts";
export { residual } from "./layers/residual.ts";
export { softmax } from "./layers/softmax.ts";
export type { Callback, TrainingControl } from "./training/callback.ts";
export type { EpochEvent, FitEvent, StepEvent } from "./training/events.ts";
export { type LoadOptions, loadModel, resumeTrainer } from "./training/load-model.ts";
export { meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "./training/losses.ts";
export { type CompileOptions, createModel, Model, type ModelOptions } from "./training/model.ts";
export { adam, adamw, rmsprop, sgd } from "./training/optimizers.ts";
export { constant, cosine, exponential, oneCycle, type Schedule, step } from "./training/schedules.ts";
export type { FitOptions, History, Trainer } from "./training/trainer.ts";
