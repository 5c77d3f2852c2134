/// <reference lib="esnext.disposable" preserve="true" />

/**
 * convasm trains convolutional networks on the CPU. This entry runs in browsers and in Node; `convasm/node` adds files.
 *
 * @module
 */

export { type Augment, type AugmentOptions, readAugment } from "./data/augment.ts";
export {
  type AnyDataset,
  createDataset,
  type Dataset,
  type DatasetFacts,
  type DatasetInit,
  type ImageReading,
  type ReadImages,
  type StreamedDataset,
  sliceDataset,
  takeDataset,
} from "./data/dataset.ts";
export { prepareDigit } from "./data/digit-image.ts";
export { digits } from "./data/digits/dataset.ts";
export { type Digits, type DigitsOptions, generateDigits } from "./data/digits/generate.ts";
export type { Drawable } from "./data/drawn-pixels.ts";
export type { FileSource } from "./data/file-source.ts";
export { type RasterImage, resizeImage } from "./data/image.ts";
export type { DecodeImage } from "./data/picture-decoder.ts";
export type { PictureSize } from "./data/picture-size.ts";
export type { PicturePixels, PictureSource } from "./data/picture-source.ts";
export type { ClassLabels, ImageShape, Pixels } from "./data/pixels.ts";
export type { DataFileInput } from "./data/read/data-file.ts";
export type { ReadDataOptions } from "./data/read/options.ts";
export type { ReadData } from "./data/read/parts.ts";
export type { PictureFacts } from "./data/read/picture-facts.ts";
export type { ArrayNames, ReadSettings } from "./data/read/settings.ts";
export { readData } from "./data/read-data.ts";
export { type PixelScaling, scaleBytes, scalePixels } from "./data/scaling.ts";
export { type DatasetSplit, splitDataset, splitStratified } from "./data/split.ts";
export { type DatasetStatistics, datasetStatistics } from "./data/statistics.ts";
export type { TestTimeAugmentation } from "./data/views.ts";
export type { Engine } from "./engine/engine.ts";
export {
  chooseEngine,
  ENGINES,
  type EngineName,
  hasEngine,
  type WasmEngine,
  type WasmName,
} from "./engine/engine-names.ts";
export type { EngineOptions } from "./engine/engine-options.ts";
export type { RegionKind } from "./engine/plan.ts";
export { setWasmSource, type WasmSource } from "./engine/wasm.ts";
export {
  DivergedError,
  type ErrorMore,
  HostError,
  type HostErrorCode,
  type InputError,
  type InputErrorCode,
  type InputErrorFacts,
  InputRangeError,
  InputTypeError,
  isInputError,
  KernelError,
  TooSmallError,
} from "./errors.ts";
export type { ExportedFile, SavableModel } from "./exporting/export-contract.ts";
export { exportModel } from "./exporting/export-model.ts";
export type { ExportFormatName, ExportOptions } from "./exporting/export-options.ts";
export { type Checkpoint, type NamedArray, readCheckpoint, type TrainingCheckpoint } from "./formats/checkpoint.ts";
export {
  type DecodeSafetensorsOptions,
  decodeSafetensors,
  type Safetensors,
  type SafetensorsTensor,
  type WrittenTensor,
} from "./formats/safetensors.ts";
export * from "./further.ts";
export { readLayers } from "./graph/read.ts";
export { type ResidualOptions, residual } from "./graph/residual.ts";
export { type ImportedModel, type ImportOptions, importModel } from "./importing/import-model.ts";
export type { InputPreset } from "./importing/input-presets.ts";
export type { ModelFile } from "./importing/model-files.ts";
export type { WeightMapping, WeightPair } from "./importing/weight-fit.ts";
export type { Json } from "./json.ts";
export {
  type ActivationName,
  type LeakyReluOptions,
  leakyRelu,
  type ReluOptions,
  relu,
  sigmoid,
  tanh,
} from "./layers/activation.ts";
export { add } from "./layers/add.ts";
export { type AveragePoolOptions, averagePooling2d } from "./layers/average-pooling2d.ts";
export { type BatchNormalizationOptions, batchNormalization } from "./layers/batch-normalization.ts";
export { type ConcatenateOptions, concatenate } from "./layers/concatenate.ts";
export { type Conv2dOptions, conv2d } from "./layers/conv2d.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export { type DepthwiseConv2dOptions, depthwiseConv2d } from "./layers/depthwise-conv2d.ts";
export { type DropoutOptions, dropout } from "./layers/dropout.ts";
export { type FlattenOptions, flatten } from "./layers/flatten.ts";
export type { Padding, Sides } from "./layers/geometry.ts";
export { globalAveragePooling2d } from "./layers/global-average-pooling2d.ts";
export type {
  ConstantInitializer,
  Initializer,
  InitializerName,
  NormalInitializer,
  UniformInitializer,
} from "./layers/initializers.ts";
export type { Layer, SymbolicTensor } from "./layers/layer.ts";
export { maxPooling2d } from "./layers/max-pooling2d.ts";
export type { Border, LayerConfig, LayerOptions } from "./layers/options.ts";
export type { PoolLayerOptions } from "./layers/pool-options.ts";
export type { Shape } from "./layers/shape.ts";
export { softmax } from "./layers/softmax.ts";
export type { WindowLayerOptions } from "./layers/window-options.ts";
export type { Architecture } from "./model/architecture.ts";
export type { Loss, Optimizer } from "./model/contracts.ts";
export type { ArchitectureOptions, FunctionalOptions, ListOptions } from "./model/forms.ts";
export { type Input, type InputOptions, type InputTensor, input } from "./model/input.ts";
export type { MemoryUse } from "./model/memory.ts";
export type { Network } from "./model/network.ts";
export type { LayerActivation } from "./model/probe.ts";
export type { LayerDescription, ModelDescription } from "./model/summary.ts";
export { argmax } from "./numeric/argmax.ts";
export type { FileBytes } from "./numeric/array-kinds.ts";
export { RandomStream } from "./numeric/random.ts";
export type { DataSplit, Draw, ImageRange, TestRange, ValidationImages } from "./recipes/data-split.ts";
export { findNetwork, findRecipe, NETWORKS, RECIPES } from "./recipes/index.ts";
export type { LayersFor, Recipe, RecipeFigure, RecipeInput, Variables } from "./recipes/recipe.ts";
export { type RecipeRun, type RunRecipeOptions, runRecipe } from "./recipes/run.ts";
export type { DataSettings } from "./recipes/run-settings.ts";
export { type Averaging, type ExponentialAveraging, ema, swa, type UniformAveraging } from "./training/averaging.ts";
export type { Callback, Stop, StopFacts, TrainingControl } from "./training/callback.ts";
export { BestWeights, type BestWeightsOptions } from "./training/callbacks/best-weights.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./training/callbacks/early-stopping.ts";
export { ReduceOnPlateau, type ReduceOnPlateauOptions } from "./training/callbacks/reduce-on-plateau.ts";
export { StopOnNaN } from "./training/callbacks/stop-on-nan.ts";
export type { MetricName } from "./training/chosen-metrics.ts";
export type { ClassifyOptions, ClassScore } from "./training/classify.ts";
export type { CompileOptions } from "./training/compile-options.ts";
export { createModel, type ModelOptions } from "./training/create-model.ts";
export type { EvaluateOptions, Evaluation, PredictionBatch } from "./training/evaluation.ts";
export type {
  AverageEvent,
  EpochEvent,
  EvaluationEvent,
  FitEvent,
  ReportEvent,
  ReportFigures,
  StepEvent,
} from "./training/events.ts";
export type { FitOptions } from "./training/fit-options.ts";
export type { History } from "./training/history.ts";
export { type LoadOptions, loadModel, resumeTrainer, runSettings } from "./training/load-model.ts";
export {
  type LossOption,
  meanSquaredError,
  parseLoss,
  type SoftmaxCrossEntropyOptions,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from "./training/losses.ts";
export type { MetricCounts } from "./training/metric-counts.ts";
export { type ClassFigures, ClassificationMetrics } from "./training/metrics.ts";
export { Model } from "./training/model.ts";
export {
  type AdamOptions,
  adam,
  adamw,
  type OptimizerOption,
  type OptimizerOptions,
  parseOptimizer,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from "./training/optimizers.ts";
export { parsePlan, type TrainingPlan } from "./training/plan.ts";
export type { PredictOptions } from "./training/predict.ts";
export type { PredictionSettings } from "./training/prediction-settings.ts";
export type { Progress, Sums } from "./training/progress.ts";
export type { ImageReport as RemoteReport } from "./training/report.ts";
export type { SampleEvaluation } from "./training/reports.ts";
export { runReading } from "./training/run-reading.ts";
export type { Sampling } from "./training/sampling.ts";
export type { ConstantSchedule } from "./training/schedules/constant.ts";
export type { CosineSchedule } from "./training/schedules/cosine.ts";
export type { ExponentialSchedule } from "./training/schedules/exponential.ts";
export type { OneCycleSchedule } from "./training/schedules/one-cycle.ts";
export type { StepSchedule } from "./training/schedules/step.ts";
export { constant, cosine, exponential, oneCycle, parseSchedule, type Schedule, step } from "./training/schedules.ts";
export type { Trainer } from "./training/trainer.ts";
export { type WhitenOptions, whiten } from "./training/whitening.ts";
export type {
  CheckpointNotes,
  LoadSettings,
  RemoteCompileOptions,
  RemoteEngine,
  RemoteEvaluateOptions,
  RemoteFitOptions,
} from "./worker/contract.ts";
export type { RemoteDataset } from "./worker/remote-dataset.ts";
export type { RemoteModel } from "./worker/remote-model.ts";
export type { RemoteRun } from "./worker/remote-run.ts";
export { createSession, type RemoteReadData, type Session } from "./worker/session.ts";
export type { SessionOptions } from "./worker/session-options.ts";
export { setWorkerSource, type WorkerSource } from "./worker/start.ts";
