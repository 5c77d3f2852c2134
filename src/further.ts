/**
 * Parts that the small one-file build does without: layers and losses that few networks have, pictures that keep their proportions,
 * the survey of a network in the making, and the division of data by the options of recipes.
 *
 * @module
 */

export { fitImage } from "./data/fit-image.ts";
export type { GivenImages, ImageBatches, ImageSource } from "./data/image-source.ts";
export { type LoadDatasetOptions, loadDataset } from "./data/load-dataset.ts";
export type { PictureFit } from "./data/picture-fit.ts";
export { createStreamedDataset, type StreamedDatasetInit } from "./data/streamed.ts";
export { type LayerSurvey, surveyLayers } from "./graph/survey.ts";
export { type AdaptiveAveragePoolOptions, adaptiveAveragePooling2d } from "./layers/adaptive-average-pooling2d.ts";
export { average } from "./layers/average.ts";
export { type ChannelShuffleOptions, channelShuffle } from "./layers/channel-shuffle.ts";
export { type ChannelSliceOptions, channelSlice } from "./layers/channel-slice.ts";
export { type Conv2dTransposeOptions, conv2dTranspose } from "./layers/conv2d-transpose.ts";
export { type CroppingOptions, cropping2d } from "./layers/cropping2d.ts";
export { type GaussianNoiseOptions, gaussianNoise } from "./layers/gaussian-noise.ts";
export { globalMaxPooling2d } from "./layers/global-max-pooling2d.ts";
export { type GroupNormalizationOptions, groupNormalization } from "./layers/group-normalization.ts";
export { hardSigmoid, hardSwish } from "./layers/hard-activation.ts";
export { type LayerNormalizationOptions, layerNormalization } from "./layers/layer-normalization.ts";
export { maximum } from "./layers/maximum.ts";
export { multiply } from "./layers/multiply.ts";
export { type PermuteOptions, permute } from "./layers/permute.ts";
export { type PreluOptions, prelu } from "./layers/prelu.ts";
export { type RescalingOptions, rescaling } from "./layers/rescaling.ts";
export { type ReshapeOptions, reshape } from "./layers/reshape.ts";
export { type SeparableConv2dOptions, separableConv2d } from "./layers/separable-conv2d.ts";
export {
  type EluOptions,
  elu,
  type GeluOptions,
  gelu,
  mish,
  selu,
  silu,
  softplus,
} from "./layers/smooth-activation.ts";
export { type SpatialDropout2dOptions, spatialDropout2d } from "./layers/spatial-dropout2d.ts";
export { type StochasticDepthOptions, stochasticDepth } from "./layers/stochastic-depth.ts";
export { subtract } from "./layers/subtract.ts";
export { type UpSamplingOptions, upSampling2d } from "./layers/up-sampling2d.ts";
export { type ZeroPaddingOptions, zeroPadding2d } from "./layers/zero-padding2d.ts";
export { type SplitData, splitData, type TrainTestData } from "./recipes/split-data.ts";
export { type DistillationOptions, distillation } from "./training/losses/distillation.ts";
export {
  type BinaryFocalCrossentropyOptions,
  binaryFocalCrossentropy,
  type CategoricalFocalCrossentropyOptions,
  categoricalFocalCrossentropy,
} from "./training/losses/focal.ts";
export { type HuberOptions, huber, meanAbsoluteError } from "./training/losses/values.ts";
export { type BackboneOptions, backboneModel, type FeaturesOptions, featuresOf } from "./training/transfer/features.ts";
export { type FineTuneOptions, fineTune } from "./training/transfer/fine-tune.ts";
export { type FitHeadOptions, fitHead } from "./training/transfer/head.ts";
export { type TransferOptions, transferModel } from "./training/transfer/transfer-model.ts";
export { type WithTeacherOptions, withTeacher } from "./training/with-teacher.ts";
