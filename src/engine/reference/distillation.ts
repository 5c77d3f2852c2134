/**
 * The loss of knowledge distillation. Parallel axis: samples; `weight` and `weights` as in `loss.ts`.
 *
 * @module
 */

import { isFirstLargest, largestLogit } from "./class-logits.ts";
import type { Heap } from "./heap.ts";

/** The kernel over one heap. */
export function distillationKernels(heap: Heap) {
  return {
    /**
     * With p = softmax(logits), s = softmax(logits / temperature): loss = (1 - share) (-log p of the label) + share
     * temperature^2 sum t (log t - log s), dlogits = ((1 - share) (p - onehot) + share temperature (s - t)) weight weights.
     *
     * logits, targets t, dlogits [n, classes]; labels, weights, losses [n]; correct [n], 1 where the label's logit is the first
     * largest, else 0 (also 0 where a logit is NaN).
     */
    softmax_distillation(
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
      temperature: number,
      share: number,
      weight: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const [x, t, dx] = [logits, targets, dlogits].map((offset) => offset + sample * classes);
        const label = heap[labels + sample];
        const maximum = largestLogit(heap, x, classes);
        let sum = 0;
        let softSum = 0;
        for (let j = 0; j < classes; j++) {
          sum += Math.exp(heap[x + j] - maximum);
          softSum += Math.exp((heap[x + j] - maximum) / temperature);
        }
        const factor = weight * heap[weights + sample];
        let divergence = 0;
        for (let j = 0; j < classes; j++) {
          const target = heap[t + j];
          const cooled = (heap[x + j] - maximum) / temperature;
          if (target > 0) divergence += target * (Math.log(target) - (cooled - Math.log(softSum)));
          const hard = Math.exp(heap[x + j] - maximum) / sum - (j === label ? 1 : 0);
          const soft = Math.exp(cooled) / softSum - target;
          heap[dx + j] = ((1 - share) * hard + share * temperature * soft) * factor;
        }
        const ofLabel = Math.log(sum) - (heap[x + label] - maximum);
        heap[losses + sample] = (1 - share) * ofLabel + share * temperature * temperature * divergence;
        heap[correct + sample] = isFirstLargest(heap, x, label, classes);
      }
    },
  };
}
