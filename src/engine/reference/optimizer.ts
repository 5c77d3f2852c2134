/**
 * Optimizer steps. Parallel axis: parameters, except where stated.
 *
 * All updates read `hyper` [4] = learning rate, clip factor, 1 / (1 - beta1^t) or the gradient's share in the velocity,
 * 1 / (1 - beta2^t) (1 where unused) and start from g' = g hyper[1] + l2 w. Decoupled decay takes learning rate * decay * w off w, w from before the step
 * (Loshchilov & Hutter, 2019). They read and write w and the state; w, g and each state array are [parameters].
 *
 * @module
 */

import { NORM_BLOCK } from "../kernel-sizes.ts";
import type { Heap } from "./heap.ts";

/** Smallest running mean of gradients that is kept: smaller ones would shrink to denormal numbers, which are slow. */
const SMALLEST = 1e-30;

/** A running mean, or zero; NaN stays. */
function settled(value: number): number {
  return value < SMALLEST && value > -SMALLEST ? 0 : value;
}

/** The optimizer kernels over one heap. */
export function optimizerKernels(heap: Heap) {
  return {
    /** w -= rate g' + rate decay w. */
    sgd_update(begin: number, end: number, w: number, g: number, hyper: number, l2: number, decay: number): void {
      const rate = heap[hyper];
      const clip = heap[hyper + 1];
      for (let i = begin; i < end; i++) {
        const weight = heap[w + i];
        const gradient = heap[g + i] * clip + l2 * weight;
        heap[w + i] = weight - rate * (gradient + decay * weight);
      }
    },

    /**
     * v = momentum v + g''; w -= rate v, or with nesterov = 1 w -= rate (g'' + momentum v); g'' = hyper[2] g': momentum as
     * PyTorch's SGD has it (Sutskever et al., 2013, with the rate outside v). State: velocity.
     */
    momentum_update(
      begin: number,
      end: number,
      w: number,
      g: number,
      velocity: number,
      hyper: number,
      momentum: number,
      nesterov: number,
      l2: number,
      decay: number,
    ): void {
      const rate = heap[hyper];
      const clip = heap[hyper + 1];
      const fresh = heap[hyper + 2];
      for (let i = begin; i < end; i++) {
        const weight = heap[w + i];
        const gradient = fresh * (heap[g + i] * clip + l2 * weight);
        const speed = settled(momentum * heap[velocity + i] + gradient);
        const step = nesterov === 1 ? gradient + momentum * speed : speed;
        heap[velocity + i] = speed;
        heap[w + i] = weight - rate * (step + decay * weight);
      }
    },

    /**
     * square = rho square + (1 - rho) g'^2; v = momentum v + g' / (sqrt(square) + epsilon); w -= rate v: RMSProp
     * (Tieleman & Hinton, 2012) as PyTorch has it. State: square, velocity.
     */
    rmsprop_update(
      begin: number,
      end: number,
      w: number,
      g: number,
      square: number,
      velocity: number,
      hyper: number,
      rho: number,
      momentum: number,
      epsilon: number,
      l2: number,
      decay: number,
    ): void {
      const rate = heap[hyper];
      const clip = heap[hyper + 1];
      for (let i = begin; i < end; i++) {
        const weight = heap[w + i];
        const gradient = heap[g + i] * clip + l2 * weight;
        const average = rho * heap[square + i] + (1 - rho) * gradient * gradient;
        const speed = settled(momentum * heap[velocity + i] + gradient / (Math.sqrt(average) + epsilon));
        heap[square + i] = average;
        heap[velocity + i] = speed;
        heap[w + i] = weight - rate * (speed + decay * weight);
      }
    },

    /**
     * m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 - beta2) g'^2; w -= rate mhat / (sqrt(vhat) + epsilon), or /
     * sqrt(vhat + epsilon) with epsilonInside = 1, where mhat = m hyper[2], vhat = v hyper[3]: Adam (Kingma & Ba,
     * 2015); with decay AdamW. State: m, v.
     */
    adam_update(
      begin: number,
      end: number,
      w: number,
      g: number,
      m: number,
      v: number,
      hyper: number,
      beta1: number,
      beta2: number,
      epsilon: number,
      epsilonInside: number,
      l2: number,
      decay: number,
    ): void {
      const rate = heap[hyper];
      const clip = heap[hyper + 1];
      const correction1 = heap[hyper + 2];
      const correction2 = heap[hyper + 3];
      for (let i = begin; i < end; i++) {
        const weight = heap[w + i];
        const gradient = heap[g + i] * clip + l2 * weight;
        const first = settled(beta1 * heap[m + i] + (1 - beta1) * gradient);
        const second = beta2 * heap[v + i] + (1 - beta2) * gradient * gradient;
        const variance = second * correction2;
        const deviation = epsilonInside === 1 ? Math.sqrt(variance + epsilon) : Math.sqrt(variance) + epsilon;
        heap[m + i] = first;
        heap[v + i] = second;
        heap[w + i] = weight - rate * ((first * correction1) / deviation + decay * weight);
      }
    },

    /**
     * partials[b] = sum of g^2 over block b of NORM_BLOCK gradients (the last block may be shorter). Axis: blocks.
     *
     * g [count]; partials [ceil(count / NORM_BLOCK)].
     */
    gradient_norm(begin: number, end: number, g: number, partials: number, count: number): void {
      for (let block = begin; block < end; block++) {
        const last = g + Math.min((block + 1) * NORM_BLOCK, count);
        let sum = 0;
        for (let i = g + block * NORM_BLOCK; i < last; i++) sum += heap[i] * heap[i];
        heap[partials + block] = sum;
      }
    },

    /**
     * hyper[1] = norm > limit ? limit / norm : 1, norm = sqrt(sum partials): clipping by the global norm (Pascanu et
     * al., 2013). Axis: one element. partials [blocks].
     */
    gradient_clip(begin: number, end: number, partials: number, blocks: number, hyper: number, limit: number): void {
      if (begin >= end) return;
      let sum = 0;
      for (let block = 0; block < blocks; block++) sum += heap[partials + block];
      const norm = Math.sqrt(sum);
      heap[hyper + 1] = norm > limit ? limit / norm : 1;
    },
  };
}
