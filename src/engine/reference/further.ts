import { adaptivePoolKernels } from "./adaptive-pool.ts";
import { affineKernels } from "./affine.ts";
import { copyKernels } from "./copy.ts";
import { distillationKernels } from "./distillation.ts";
import { elementwiseKernels } from "./elementwise.ts";
import { focalKernels } from "./focal.ts";
import type { Heap } from "./heap.ts";
import { noiseKernels } from "./noise.ts";
import { peakKernels } from "./peak.ts";
import { preluKernels } from "./prelu.ts";
import { sampleNormKernels } from "./sample-norm.ts";
import { upsampleKernels } from "./upsample.ts";
import { valueLossKernels } from "./value-losses.ts";

/** The kernels of layers, losses and measurements that the small one-file build does without. */
export function furtherKernels(heap: Heap) {
  return {
    ...adaptivePoolKernels(heap),
    ...affineKernels(heap),
    ...copyKernels(heap),
    ...distillationKernels(heap),
    ...elementwiseKernels(heap),
    ...focalKernels(heap),
    ...valueLossKernels(heap),
    ...sampleNormKernels(heap),
    ...noiseKernels(heap),
    ...peakKernels(heap),
    ...preluKernels(heap),
    ...upsampleKernels(heap),
  };
}
