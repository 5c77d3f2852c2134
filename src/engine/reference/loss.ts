/**
 * Losses with their gradients. Parallel axis: samples. `weight` (1/n for the batch mean) and `weights`, [n], one for each
 * sample, are factors on the gradient only. The losses of values each spell their loop out: with a function for the terms V8 takes two to four
 * times as long.
 *
 * @module
 */

import { isFirstLargest, largestLogit } from "./class-logits.ts";
import type { Heap } from "./heap.ts";

/** The loss kernels over one heap. */
export function lossKernels(heap: Heap) {
  return {
    /**
     * Softmax and cross-entropy in one: p = softmax(logits), target t = (1 - smoothing) onehot + smoothing / classes
     * (label smoothing: Szegedy et al., 2016), loss = -sum t log p, dlogits = (p - t) weight weights.
     *
     * logits, dlogits [n, classes]; labels [n], whole numbers from 0 to classes - 1; losses [n]; correct [n], 1 where
     * the label's logit is the first largest, else 0 (also 0 where a logit is NaN).
     */
    softmax_cross_entropy(
      begin: number,
      end: number,
      logits: number,
      labels: number,
      weights: number,
      losses: number,
      correct: number,
      dlogits: number,
      classes: number,
      smoothing: number,
      weight: number,
    ): void {
      const offTarget = smoothing / classes;
      const onTarget = 1 - smoothing + offTarget;
      for (let sample = begin; sample < end; sample++) {
        const x = logits + sample * classes;
        const dx = dlogits + sample * classes;
        const label = heap[labels + sample];
        const labelLogit = heap[x + label];
        const maximum = largestLogit(heap, x, classes);
        let sum = 0;
        let shifted = 0;
        for (let j = 0; j < classes; j++) {
          const difference = heap[x + j] - maximum;
          shifted += difference;
          sum += Math.exp(difference);
        }
        // -sum t log p with log p_j = x_j - maximum - log sum; sum t = 1.
        let loss = Math.log(sum) - (1 - smoothing) * (labelLogit - maximum);
        if (smoothing > 0) loss -= offTarget * shifted;
        const factor = weight * heap[weights + sample];
        for (let j = 0; j < classes; j++) {
          const probability = Math.exp(heap[x + j] - maximum) / sum;
          heap[dx + j] = (probability - (j === label ? onTarget : offTarget)) * factor;
        }
        heap[losses + sample] = loss;
        heap[correct + sample] = isFirstLargest(heap, x, label, classes);
      }
    },

    /**
     * Sigmoid and binary cross-entropy in one, the mean over the `size` outputs of a sample: loss = mean(max(x, 0) - x
     * t + log(1 + e^-|x|)), dlogits = (sigmoid(x) - t) weight weights / size.
     *
     * logits, targets, dlogits [n, size], targets from 0 to 1; losses [n].
     */
    sigmoid_binary_cross_entropy(
      begin: number,
      end: number,
      logits: number,
      targets: number,
      weights: number,
      losses: number,
      dlogits: number,
      size: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const scale = (weight * heap[weights + sample]) / size;
        let sum = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          const x = heap[logits + i];
          const target = heap[targets + i];
          sum += Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
          heap[dlogits + i] = (1 / (1 + Math.exp(-x)) - target) * scale;
        }
        heap[losses + sample] = sum / size;
      }
    },

    /**
     * loss = mean((y - t)^2) over the `size` outputs of a sample, dy = 2 (y - t) weight weights / size.
     *
     * y, targets, dy [n, size]; losses [n].
     */
    mean_squared_error(
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
        const scale = (2 * weight * heap[weights + sample]) / size;
        let sum = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          const difference = heap[y + i] - heap[targets + i];
          sum += difference * difference;
          heap[dy + i] = difference * scale;
        }
        heap[losses + sample] = sum / size;
      }
    },
  };
}
