import type { KernelName } from "../engine/kernels.ts";
import type { Operation } from "../engine/tape.ts";
import { activationWork } from "./calls/activation.ts";
import { convolutionWork } from "./calls/convolution.ts";
import { denseWork } from "./calls/dense.ts";
import { inputWork } from "./calls/input.ts";
import { lossWork } from "./calls/loss.ts";
import { mergingWork } from "./calls/merging.ts";
import { narrowWork } from "./calls/narrow.ts";
import { normWork } from "./calls/norm.ts";
import { optimizerWork } from "./calls/optimizer.ts";
import { padWork } from "./calls/pad.ts";
import { peakWork } from "./calls/peak.ts";
import { poolWork } from "./calls/pool.ts";
import { upsampleWork } from "./calls/upsample.ts";
import { winogradWork } from "./calls/winograd.ts";
import type { Work, WorkRow } from "./calls/work-rows.ts";

// A kernel without a row does not compile.
const WORK: { readonly [K in KernelName]: WorkRow<K> } = {
  ...activationWork,
  ...mergingWork,
  ...convolutionWork,
  ...narrowWork,
  ...denseWork,
  ...winogradWork,
  ...poolWork,
  ...upsampleWork,
  ...normWork,
  ...lossWork,
  ...optimizerWork,
  ...inputWork,
  ...padWork,
  ...peakWork,
};

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
