/**
 * The plain-JavaScript kernels: the engine `js` on a Float32Array, the exact reference of the tests on a Float64Array.
 *
 * They are the definition, loop by loop, so that one can see that they are right; but for products, where the speed of `js` needs
 * more. The convolutions (`conv2d`, `conv2d-weights`, `winograd`, `winograd-weights`) and the products of `dense` are tiled: as plain
 * loops they took 2.8 to 4.4 times as long (Node 24, 11 x 11 x 32 to 64 with 3 x 3 filters, 1024 to 256 units). The tests hold
 * them to plain loops, to each other and to central differences.
 *
 * Each kernel lists the arguments of the WebAssembly kernel of its name, in its order, so that the lists of a family are alike; and
 * each spells out its walk over samples, pixels and channels, as V8 takes up to four times as long where a walk that kernels share
 * calls a function for each element.
 *
 * @module
 */

import { activationKernels } from "./activation.ts";
import { conv2dKernels } from "./conv2d.ts";
import { conv2dNarrowKernels } from "./conv2d-narrow.ts";
import { conv2dWeightsKernels } from "./conv2d-weights.ts";
import { denseKernels } from "./dense.ts";
import { depthwiseKernels } from "./depthwise.ts";
import { dropoutKernels } from "./dropout.ts";
import { furtherKernels } from "./further.ts";
import type { Heap } from "./heap.ts";
import { inputKernels } from "./input.ts";
import { lossKernels } from "./loss.ts";
import { mergingKernels } from "./merging.ts";
import { normKernels } from "./norm.ts";
import { optimizerKernels } from "./optimizer.ts";
import { packKernels } from "./pack.ts";
import { padKernels } from "./pad.ts";
import { poolKernels } from "./pool.ts";
import { softTargetKernels } from "./soft-targets.ts";
import { winogradKernels } from "./winograd.ts";
import { winogradFilterKernels } from "./winograd-filters.ts";
import { winogradWeightsKernels } from "./winograd-weights.ts";

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
    ...softTargetKernels(heap),
    ...normKernels(heap),
    ...poolKernels(heap),
    ...inputKernels(heap),
    ...optimizerKernels(heap),
    ...padKernels(heap),
    ...packKernels(heap),
    ...denseKernels(heap),
    ...conv2dKernels(heap),
    ...conv2dWeightsKernels(heap),
    ...conv2dNarrowKernels(heap),
    ...depthwiseKernels(heap),
    ...winogradKernels(heap),
    ...winogradFilterKernels(heap),
    ...winogradWeightsKernels(heap),
    ...furtherKernels(heap),
  };
}
