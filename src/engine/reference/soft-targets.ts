/**
 * Cross-entropy against probabilities of classes. Parallel axis: samples; `weight` and `weights` as in `loss.ts`.
 *
 * @module
 */

import { isFirstLargest, largestLogit } from "./class-logits.ts";
import type { Heap } from "./heap.ts";

/** The kernels over one heap. */
export function softTargetKernels(heap: Heap) {
  return {
    /**
     * Softmax and cross-entropy with a row of targets for each sample, which need not add up to 1: p = softmax(logits), loss =
     * -sum t log p, dlogits = (p sum t - t) weight weights. A target of 0 counts nothing, also where the logit is -Infinity.
     *
     * logits, targets, dlogits [n, classes]; labels, weights, losses [n]; correct [n], 1 where the label's logit is the first
     * largest, else 0 (also 0 where a logit is NaN).
     */
    softmax_cross_entropy_soft(
      begin: number,
      end: number,
      logits: number,
      labels: number,
      targets: number,
      weights: number,
      losses: number,
      correct: number,
      dlogits: number,
      classes: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const x = logits + sample * classes;
        const t = targets + sample * classes;
        const dx = dlogits + sample * classes;
        const label = heap[labels + sample];
        const maximum = largestLogit(heap, x, classes);
        let sum = 0;
        let whole = 0;
        let distance = 0;
        for (let j = 0; j < classes; j++) {
          const difference = heap[x + j] - maximum;
          const target = heap[t + j];
          sum += Math.exp(difference);
          whole += target;
          if (target !== 0) distance += target * difference;
        }
        const factor = weight * heap[weights + sample];
        for (let j = 0; j < classes; j++) {
          const probability = Math.exp(heap[x + j] - maximum) / sum;
          heap[dx + j] = (probability * whole - heap[t + j]) * factor;
        }
        heap[losses + sample] = Math.log(sum) * whole - distance;
        heap[correct + sample] = isFirstLargest(heap, x, label, classes);
      }
    },
  };
}
