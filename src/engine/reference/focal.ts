/**
 * Focal losses (Lin et al., 2017). Parallel axis: samples; `weight` and `weights` as in `loss.ts`.
 *
 * @module
 */

import { isFirstLargest } from "./class-logits.ts";
import type { Heap } from "./heap.ts";

/** The least probability that has a power: the smallest normal float32. */
const LEAST = 2 ** -126;

/** q^exponent for a probability q; of 0 as of the least one. */
function power(q: number, exponent: number): number {
  return Math.exp(Math.log(Math.max(q, LEAST)) * exponent);
}

/** The kernels over one heap. */
export function focalKernels(heap: Heap) {
  return {
    /**
     * Softmax and focal cross-entropy: p = softmax(logits), q = 1 - p, target t = alpha ((1 - smoothing) onehot + smoothing /
     * classes), loss = -sum t q^gamma log p, dlogits = (g - p sum g) weight weights with g = t q^(gamma - 1) (gamma p log p - q).
     *
     * logits, dlogits [n, classes]; labels, weights, losses [n]; correct [n], 1 where the label's logit is the first largest,
     * else 0; alphas [classes], factors of the classes in place of alpha, or 0.
     */
    softmax_focal_cross_entropy(
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
      gamma: number,
      alpha: number,
      alphas: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const x = logits + sample * classes;
        const dx = dlogits + sample * classes;
        const label = heap[labels + sample];
        let first = 0;
        for (let j = 1; j < classes; j++) if (heap[x + j] > heap[x + first]) first = j;
        const maximum = heap[x + first];
        // Without the first largest, which is 1, the sum of the exponentials keeps the digits of what is small.
        let others = 0;
        for (let j = 0; j < classes; j++) if (j !== first) others += Math.exp(heap[x + j] - maximum);
        const logTotal = Math.log1p(others);
        const total = 1 + others;
        let loss = 0;
        let gradients = 0;
        for (let j = 0; j < classes; j++) {
          const target = (j === label ? 1 - smoothing : 0) + smoothing / classes;
          heap[dx + j] = 0;
          if (target === 0) continue;
          const exponential = Math.exp(heap[x + j] - maximum);
          const p = exponential / total;
          const q = (heap[x + j] === maximum ? others : total - exponential) / total;
          const logP = heap[x + j] - maximum - logTotal;
          const factor = (alphas === 0 ? alpha : heap[alphas + j]) * target * power(q, gamma - 1);
          const gradient = factor * (gamma * (p > 0 ? p * logP : 0) - q);
          loss -= factor * q * logP;
          gradients += gradient;
          heap[dx + j] = gradient;
        }
        const factor = weight * heap[weights + sample];
        for (let j = 0; j < classes; j++) {
          const p = Math.exp(heap[x + j] - maximum) / total;
          heap[dx + j] = (heap[dx + j] - p * gradients) * factor;
        }
        heap[losses + sample] = loss;
        heap[correct + sample] = isFirstLargest(heap, x, label, classes);
      }
    },

    /**
     * Sigmoid and focal cross-entropy, the mean over the `size` outputs of a sample: p = sigmoid(x), t = (1 - smoothing) target +
     * smoothing / 2, q = t (1 - p) + (1 - t) p, a = t ones + (1 - t) zeros, b = max(x, 0) - x t + log(1 + e^-|x|), loss =
     * mean(a q^gamma b), dlogits = a q^(gamma - 1) (gamma (1 - 2 t) p (1 - p) b + q (p - t)) weight weights / size.
     *
     * logits, targets, dlogits [n, size], targets from 0 to 1; weights, losses [n].
     */
    sigmoid_focal_cross_entropy(
      begin: number,
      end: number,
      logits: number,
      targets: number,
      weights: number,
      losses: number,
      dlogits: number,
      size: number,
      smoothing: number,
      gamma: number,
      ones: number,
      zeros: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const scale = (weight * heap[weights + sample]) / size;
        let sum = 0;
        for (let i = sample * size; i < (sample + 1) * size; i++) {
          const x = heap[logits + i];
          const target = heap[targets + i] * (1 - smoothing) + smoothing / 2;
          const p = 1 / (1 + Math.exp(-x));
          const r = 1 / (1 + Math.exp(x));
          const q = target * r + (1 - target) * p;
          const entropy = Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
          const factor = (target * ones + (1 - target) * zeros) * power(q, gamma - 1);
          sum += factor * q * entropy;
          heap[dlogits + i] = factor * (gamma * (1 - 2 * target) * p * r * entropy + q * (p - target)) * scale;
        }
        heap[losses + sample] = sum / size;
      }
    },
  };
}
