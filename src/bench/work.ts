import type { KernelName } from "../engine/kernels.ts";
import type { Operation } from "../engine/tape.ts";
import { WORK } from "./calls/index.ts";
import type { Work } from "./calls/work-rows.ts";

/** True for kernels that multiply matrices or filters, which the peak of multiply-adds bounds. */
export function isMultiplying(kernel: KernelName): boolean {
  return /^(conv2d|dense|depthwise|winograd)_.*(forward|backward)/.test(kernel);
}

/**
 * Operations and bytes of a call on a tape.
 *
 * @param multiplyAdds of the layer's forward pass for the whole batch; both of its gradients take as many, unless they
 *   count fewer themselves
 */
export function workOf({ kernel, extent, arguments: args }: Operation, multiplyAdds: number): Work {
  const count: (extent: number, ...args: number[]) => Work = WORK[kernel];
  const counted = count(extent, ...args);
  return isMultiplying(kernel) && counted.operations === 0 ? { ...counted, operations: 2 * multiplyAdds } : counted;
}
