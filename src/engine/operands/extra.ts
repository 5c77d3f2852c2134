import type { ExtraKernelName } from "../kernels.ts";
import { activationRows } from "./extra/activations.ts";
import { adaptivePoolingRows } from "./extra/adaptive-pooling.ts";
import { affineRows } from "./extra/affine.ts";
import { averagePoolingRows } from "./extra/average-pooling.ts";
import { copyRows } from "./extra/copy.ts";
import { depthwiseRows } from "./extra/depthwise.ts";
import { distillationRows } from "./extra/distillation.ts";
import { elementwiseRows } from "./extra/elementwise.ts";
import { focalRows } from "./extra/focal.ts";
import { mergingRows } from "./extra/merging.ts";
import { noiseRows } from "./extra/noise.ts";
import { peakRows } from "./extra/peak.ts";
import { preluRows } from "./extra/prelu.ts";
import { groupNormRows, layerNormRows } from "./extra/sample-norm.ts";
import { upSamplingRows } from "./extra/up-sampling.ts";
import { valueLossRows } from "./extra/value-losses.ts";
import type { Row } from "./row.ts";

/**
 * The rows of all kernels of the extra file. Layers bring those that they need: pages then have no others.
 *
 * A function, as bundlers may put its parts into files that are run after this one.
 */
export function extraRows(): { readonly [K in ExtraKernelName]: Row<K> } {
  return {
    ...activationRows,
    ...adaptivePoolingRows,
    ...affineRows,
    ...averagePoolingRows,
    ...copyRows,
    ...depthwiseRows,
    ...distillationRows,
    ...elementwiseRows,
    ...focalRows,
    ...mergingRows,
    ...noiseRows,
    ...peakRows,
    ...preluRows,
    ...groupNormRows,
    ...layerNormRows,
    ...upSamplingRows,
    ...valueLossRows,
  };
}
