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
  // Without copies with a border.
  const bare = { ...d, hp: d.h, wp: d.w, wd: d.q, haloLeft: 0 };
  if (d.groups === d.c && d.k === d.c)
    return new DepthwiseKernels(uses.weights ? { ...d, wd: d.q, haloLeft: 0 } : bare, kernel);
  return usesWinograd(d) ? new WinogradKernels(site, bare, kernel, uses) : new DirectKernels(site, d, kernel, uses);
}
