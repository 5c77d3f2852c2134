/**
 * The plain-JavaScript kernels: the engine `js` on a Float32Array, the exact reference of the tests on a Float64Array.
 *
 * @module
 */

import { activationKernels } from "./activation.ts";
import { conv2dKernels } from "./conv2d.ts";
import { conv2dNarrowKernels } from "./conv2d-narrow.ts";
import { denseKernels } from "./dense.ts";
import { depthwiseKernels } from "./depthwise.ts";
import { dropoutKernels } from "./dropout.ts";
import type { Heap } from "./heap.ts";
import { inputKernels } from "./input.ts";
import { lossKernels } from "./loss.ts";
import { mergingKernels } from "./merging.ts";
import { normKernels } from "./norm.ts";
import { optimizerKernels } from "./optimizer.ts";
import { packKernels } from "./pack.ts";
import { padKernels } from "./pad.ts";
import { peakKernels } from "./peak.ts";
import { poolKernels } from "./pool.ts";
import { winogradKernels } from "./winograd.ts";

export type { Heap } from "./heap.ts";

/**
 * All kernels over one heap: the same names and arguments as the wasm exports, offsets in elements of the heap.
 *
 * The heap must not be detached or replaced afterwards: make the kernels after memory has grown for the last time.
 *
 * @example
 * const heap = new Float32Array([-1, 2, 0, 0]);
 * createReferenceKernels(heap).relu_forward(0, 1, 0, 2, 2); // heap is now -1, 2, 0, 2
 */
export function createReferenceKernels(heap: Heap) {
  return {
    ...activationKernels(heap),
    ...mergingKernels(heap),
    ...dropoutKernels(heap),
    ...lossKernels(heap),
    ...normKernels(heap),
    ...poolKernels(heap),
    ...inputKernels(heap),
    ...optimizerKernels(heap),
    ...padKernels(heap),
    ...packKernels(heap),
    ...denseKernels(heap),
    ...conv2dKernels(heap),
    ...conv2dNarrowKernels(heap),
    ...depthwiseKernels(heap),
    ...winogradKernels(heap),
    ...peakKernels(heap),
  };
}
