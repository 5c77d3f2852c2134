/**
 * Activations of one formula for each element. Parallel axis: samples of `size` elements.
 *
 * All overwrite their output and may run in place. Gradients are computed from the output y where that is simpler, else from
 * the input x.
 *
 * @module
 */

import { erfc } from "./erf.ts";
import type { Heap } from "./heap.ts";

/** Coefficient of x^3 in GELU's form by tanh. */
const CUBIC = 0.044715;

/** Twice the argument of the tanh in GELU: (1 + tanh(b / 2)) / 2 is the sigmoid of b. */
function bent(x: number): number {
  return 2 * Math.sqrt(2 / Math.PI) * x * (1 + CUBIC * x * x);
}

/** (x + 3) / 6, at least 0 and at most 1; NaN stays NaN. */
function hardSigmoid(x: number): number {
  return Math.min(Math.max(x + 3, 0), 6) / 6;
}

/** The derivative of x hardSigmoid(x); 0 and 1 at its corners, as in PyTorch. */
function hardSwishSlope(x: number): number {
  if (x >= 3) return 1;
  return x > -3 ? x / 3 + 0.5 : 0;
}

/** 1 / (1 + e^-x). */
function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The derivative of x / (1 + e^-x). */
function siluSlope(x: number): number {
  const s = logistic(x);
  return s + x * s * (1 - s);
}

/** The derivative of x tanh(log(1 + e^x)). */
function mishSlope(x: number): number {
  const t = Math.tanh(softplus(x));
  return t + x * (1 - t * t) * logistic(x);
}

/** The kernels of elementwise activations over one heap. */
export function elementwiseKernels(heap: Heap) {
  /** y = f(x) for elements [from, to). */
  function apply(f: (x: number) => number, from: number, to: number, x: number, y: number): void {
    for (let i = from; i < to; i++) heap[y + i] = f(heap[x + i]);
  }

  /** dx = dy slope(z) for elements [from, to); z is the output or the input. */
  function multiplyBy(slope: (z: number) => number, from: number, to: number, z: number, dy: number, dx: number): void {
    for (let i = from; i < to; i++) heap[dx + i] = heap[dy + i] * slope(heap[z + i]);
  }

  return {
    /**
     * GELU (Hendrycks & Gimpel, 2016): y = x Phi(x), Phi(x) = erfc(-x / sqrt 2) / 2; with approximate = 1
     * Phi(x) ~ (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. x, y [n, size].
     */
    gelu_forward(begin: number, end: number, x: number, y: number, size: number, approximate: number): void {
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[x + i];
        const share = approximate === 1 ? 1 / (1 + Math.exp(-bent(value))) : 0.5 * erfc(-value * Math.SQRT1_2);
        heap[y + i] = value * share;
      }
    },

    /**
     * dx = dy (Phi(x) + x Phi'(x)) from the input x; Phi and `approximate` as in `gelu_forward`, Phi'(x) =
     * e^(-x^2 / 2) / sqrt(2 pi). x, dy, dx [n, size].
     */
    gelu_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      size: number,
      approximate: number,
    ): void {
      const densityAtZero = 1 / Math.sqrt(2 * Math.PI);
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[x + i];
        let cumulative: number;
        let density: number;
        if (approximate === 1) {
          cumulative = 1 / (1 + Math.exp(-bent(value)));
          // 0 where the exponential overflows, whatever the square does.
          const spread = cumulative * (1 - cumulative);
          density = spread === 0 ? 0 : spread * 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * CUBIC * value * value);
        } else {
          cumulative = 0.5 * erfc(-value * Math.SQRT1_2);
          density = densityAtZero * Math.exp(-0.5 * value * value);
        }
        heap[dx + i] = heap[dy + i] * (cumulative + value * density);
      }
    },

    /** y = min(max(x + 3, 0), 6) / 6. x, y [n, size]. */
    hard_sigmoid_forward(begin: number, end: number, x: number, y: number, size: number): void {
      apply(hardSigmoid, begin * size, end * size, x, y);
    },

    /** dx = dy / 6 where 0 < y < 1, else 0; from the output y. y, dy, dx [n, size]. */
    hard_sigmoid_backward(begin: number, end: number, y: number, dy: number, dx: number, size: number): void {
      multiplyBy((value) => (value > 0 && value < 1 ? 1 / 6 : 0), begin * size, end * size, y, dy, dx);
    },

    /** y = x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019). x, y [n, size]. */
    hard_swish_forward(begin: number, end: number, x: number, y: number, size: number): void {
      apply((value) => value * hardSigmoid(value), begin * size, end * size, x, y);
    },

    /** dx = dy (x / 3 + 1 / 2) where -3 < x < 3, dy from 3 on, else 0; from the input x. x, dy, dx [n, size]. */
    hard_swish_backward(begin: number, end: number, x: number, dy: number, dx: number, size: number): void {
      multiplyBy(hardSwishSlope, begin * size, end * size, x, dy, dx);
    },

    /** y = x / (1 + e^-x). x, y [n, size]. */
    silu_forward(begin: number, end: number, x: number, y: number, size: number): void {
      apply((value) => value * logistic(value), begin * size, end * size, x, y);
    },

    /** dx = dy (s + x s (1 - s)), s = 1 / (1 + e^-x); from the input x. x, dy, dx [n, size]. */
    silu_backward(begin: number, end: number, x: number, dy: number, dx: number, size: number): void {
      multiplyBy(siluSlope, begin * size, end * size, x, dy, dx);
    },

    /** y = slope x where x > 0, else depth (e^x - 1) (Clevert et al., 2016). x, y [n, size]. */
    elu_forward(begin: number, end: number, x: number, y: number, size: number, slope: number, depth: number): void {
      const elu = (value: number) => (value > 0 ? slope * value : depth * Math.expm1(value));
      apply(elu, begin * size, end * size, x, y);
    },

    /** dx = dy slope where y > 0, else dy (y + depth); from the output y. y, dy, dx [n, size]. */
    elu_backward(
      begin: number,
      end: number,
      y: number,
      dy: number,
      dx: number,
      size: number,
      slope: number,
      depth: number,
    ): void {
      multiplyBy((value) => (value > 0 ? slope : value + depth), begin * size, end * size, y, dy, dx);
    },

    /** y = log(1 + e^x). x, y [n, size]. */
    softplus_forward(begin: number, end: number, x: number, y: number, size: number): void {
      apply(softplus, begin * size, end * size, x, y);
    },

    /** dx = dy (1 - e^-y), from the output y. y, dy, dx [n, size]. */
    softplus_backward(begin: number, end: number, y: number, dy: number, dx: number, size: number): void {
      multiplyBy((value) => -Math.expm1(-value), begin * size, end * size, y, dy, dx);
    },

    /** y = x tanh(log(1 + e^x)) (Misra, 2020). x, y [n, size]. */
    mish_forward(begin: number, end: number, x: number, y: number, size: number): void {
      apply((value) => value * Math.tanh(softplus(value)), begin * size, end * size, x, y);
    },

    /** dx = dy (t + x (1 - t^2) / (1 + e^-x)), t = tanh(log(1 + e^x)); from the input x. x, dy, dx [n, size]. */
    mish_backward(begin: number, end: number, x: number, dy: number, dx: number, size: number): void {
      multiplyBy(mishSlope, begin * size, end * size, x, dy, dx);
    },
  };
}
