/**
 * Counts of the operations and bytes of kernels, from the arguments of their calls. The rows stand beside the calls.
 *
 * Operations: every addition, multiplication, comparison and elementary function of the formula counts as one, so a
 * multiply-add as two; what a kernel computes once for several outputs counts once. Winograd's convolutions count as the direct one, whose result they give with fewer multiplications, so
 * they may pass the peak. Taps of a window that fall on padding count, for the kernels compute them. Moved: every array once,
 * as if it were read or written from memory exactly once; 4 bytes an element, pixels 1.
 *
 * @module
 */

import type { KernelArguments, KernelName } from "../../engine/kernels.ts";

/** Operations and bytes of a kernel call. */
export interface Work {
  readonly operations: number;
  readonly bytes: number;
}

/** The work of a kernel from the extent of its axis and its arguments. */
export type WorkRow<K extends KernelName> = (extent: number, ...args: KernelArguments<K>) => Work;

/** Rows of some kernels. */
export type WorkRows = { readonly [K in KernelName]?: WorkRow<K> };

/** Work of so many operations on so many floats. */
export function work(operations: number, floats: number): Work {
  return { operations, bytes: 4 * floats };
}

/** For kernels over [n, size]: operations per element, and arrays read and written. */
export const elementwise =
  (perElement: number, arrays: number) =>
  (n: number, size: number): Work =>
    work(perElement * n * size, arrays * n * size);

/** The bytes of kernels of layers that multiply; where the number of operations is 0, `workOf` has it from the layer. */
export function multiplying(x: number, y: number, weights: number): Work {
  return work(0, x + y + weights);
}
