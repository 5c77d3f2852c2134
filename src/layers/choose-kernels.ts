import type { Region } from "../engine/plan.ts";
import type { ConvolutionDims, ConvolutionKernels, ConvolutionUses } from "./convolution-kernels.ts";
import { DepthwiseKernels } from "./depthwise-kernels.ts";
import { DirectKernels } from "./direct-kernels.ts";
import type { Site } from "./placed-layer.ts";
import { usesWinograd, WinogradKernels } from "./winograd-kernels.ts";

/**
 * The kernels that suit a convolution's shape.
 *
 * @param kernel filters [r, s, c / groups, k]
 */
export function chooseKernels(
  site: Site,
  d: ConvolutionDims,
  kernel: Region,
  uses: ConvolutionUses,
): ConvolutionKernels {
  if (d.groups === d.c && d.k === d.c) return new DepthwiseKernels(d, kernel);
  return usesWinograd(d) ? new WinogradKernels(site, d, kernel, uses) : new DirectKernels(site, d, kernel, uses);
}
