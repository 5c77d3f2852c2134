import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import type { Padding } from "../layers/geometry.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";

/** A convolution, pooled first where asked: a quarter of the elements to normalise. */
export function block(filters: number, padding: Padding, pooled: boolean): readonly Layer[] {
  return [
    conv2d({ filters, kernelSize: 3, padding, useBias: false, kernelInitializer: "heNormal" }),
    ...(pooled ? [maxPooling2d({ poolSize: 2 })] : []),
    batchNormalization({ momentum: 0.9 }),
    relu(),
  ];
}
