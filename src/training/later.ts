/**
 * Parts of training that many runs do without, and that are loaded where one is needed: validation, augmentation, weights of images,
 * metrics, averages. They are one module, as a bundler cuts what pages load first into the more pieces the more is loaded later, and
 * pieces are packed one by one: with a module for each part the page took 1 KB more.
 *
 * @module
 */

export { evaluateImages } from "./evaluate-images.ts";
export { FurtherBatches } from "./further-batches.ts";
export { withLayerRates } from "./layer-rates.ts";
export { addCounts } from "./metric-counts.ts";
export { metricsOf } from "./metric-figures.ts";
export { evaluatedImages, statisticsImages } from "./run-samples.ts";
export { useAverage } from "./use-average.ts";
