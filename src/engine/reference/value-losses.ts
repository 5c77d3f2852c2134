/**
 * Losses of values with their gradients, beside the squared error of `loss.ts`. Parallel axis: samples; `weight` and `weights`
 * as there. Each spells its loop out: with a function for the terms V8 takes two to four times as long.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernels over one heap. */
export function valueLossKernels(heap: Heap) {
  return {
    /**
     * loss = mean(|y - t|) over the `size` outputs of a sample, dy = sign(y - t) weight weights / size.
     *
     * y, targets, dy [n, size]; weights, losses [n].
     */
    mean_absolute_error(
      begin: number,
      end: number,
      y: number,
      targets: number,
      weights: number,
      losses: number,
      dy: number,
      size: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const scale = (weight * heap[weights + sample]) / size;
        let sum = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          const difference = heap[y + i] - heap[targets + i];
          sum += Math.abs(difference);
          heap[dy + i] = Math.sign(difference) * scale;
        }
        heap[losses + sample] = sum / size;
      }
    },

    /**
     * Huber's loss of d = y - t, the mean over the `size` outputs of a sample: d^2 / 2 where |d| <= delta, else
     * delta (|d| - delta / 2); dy = (d within -delta to delta) weight weights / size.
     *
     * y, targets, dy [n, size]; weights, losses [n].
     */
    huber(
      begin: number,
      end: number,
      y: number,
      targets: number,
      weights: number,
      losses: number,
      dy: number,
      size: number,
      delta: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const scale = (weight * heap[weights + sample]) / size;
        let sum = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          const difference = heap[y + i] - heap[targets + i];
          const magnitude = Math.abs(difference);
          sum += magnitude <= delta ? (difference * difference) / 2 : delta * (magnitude - delta / 2);
          heap[dy + i] = Math.max(Math.min(difference, delta), -delta) * scale;
        }
        heap[losses + sample] = sum / size;
      }
    },
  };
}
