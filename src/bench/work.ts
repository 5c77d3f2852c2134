/**
 * The operations and bytes of each kernel, from the arguments of its call.
 *
 * Operations: every addition, multiplication, comparison and elementary function of the formula counts as one, so a
 * multiply-add as two. Winograd's convolutions count as the direct one, whose result they give with fewer multiplications, so
 * they may pass the peak. Taps of a window that fall on padding count, for the kernels compute them. Moved: every array once,
 * as if it were read or written from memory exactly once; 4 bytes an element, pixels 1.
 *
 * @module
 */

import type { KernelArguments, KernelName } from "../engine/kernels.ts";
import type { Operation } from "../engine/tape.ts";

/** Operations and bytes of a kernel call. */
export interface Work {
  readonly operations: number;
  readonly bytes: number;
}

type WorkOf<K extends KernelName> = (extent: number, ...args: KernelArguments<K>) => Work;

function work(operations: number, floats: number): Work {
  return { operations, bytes: 4 * floats };
}

/** For kernels over [n, size]: operations per element, and arrays read and written. */
const elementwise =
  (perElement: number, arrays: number) =>
  (n: number, size: number): Work =>
    work(perElement * n * size, arrays * n * size);

const forward = elementwise(1, 2);
const backward = elementwise(1, 3);

/**
 * The bytes of kernels of layers that multiply; where the number of operations is 0, `workOf` has it from the layer.
 */
function multiplying(x: number, y: number, weights: number): Work {
  return work(0, x + y + weights);
}

function pool(n: number, [h, w, c, p, q, r, s]: readonly number[], arrays: { x: number; y: number }): Work {
  return work(n * p * q * c * r * s, n * c * (arrays.x * h * w + arrays.y * p * q));
}

function dense(n: number, inputs: number, units: number): Work {
  return multiplying(n * inputs, n * units, inputs * units);
}

// Every kernel has to be here: one without a row does not compile.
const WORK: { readonly [K in KernelName]: WorkOf<K> } = {
  relu_forward: (n, _x, _y, size) => forward(n, size),
  relu_backward: (n, _y, _dy, _dx, size) => backward(n, size),
  sigmoid_forward: (n, _x, _y, size) => elementwise(3, 2)(n, size),
  sigmoid_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  tanh_forward: (n, _x, _y, size) => forward(n, size),
  tanh_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  gelu_forward: (n, _x, _y, size) => elementwise(5, 2)(n, size),
  gelu_backward: (n, _x, _dy, _dx, size) => elementwise(10, 3)(n, size),
  // Maximum, difference, exp, sum, quotient.
  softmax_forward: (n, _x, _y, positions, classes) => elementwise(5, 2)(n, positions * classes),
  softmax_backward: (n, _y, _dy, _dx, positions, classes) => elementwise(4, 3)(n, positions * classes),
  add: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  subtract: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  multiply: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  maximum: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  maximum_backward: (n, _x, _y, _dy, _dx, rest, size) => elementwise(1, rest === 0 ? 4 : 5)(n, size),
  scale: (n, _x, _y, size) => elementwise(1, 2)(n, size),
  multiply_channels: (n, _x, _s, _y, positions, channels) =>
    work(n * positions * channels, n * (2 * positions + 1) * channels),
  multiply_channels_backward: (n, _x, _dy, _ds, positions, channels) =>
    work(2 * n * positions * channels, n * (2 * positions + 1) * channels),
  copy_columns: (n, _x, _y, rows, _xStride, _yStride, columns) => work(0, 2 * n * rows * columns),
  dropout: (n, _x, _y, size) => elementwise(2, 2)(n, size),

  conv2d_forward: (n, ...args) => {
    const [, , , , , , hp, wp, c, p, q, k, r, s, , , , , groups] = args;
    return multiplying(n * hp * wp * c, n * p * q * k, (r * s * c * k) / groups);
  },
  conv2d_backward_data: (n, ...args) => {
    const [, , , , h, w, c, hd, wd, k, r, s] = args;
    const groups = args[args.length - 1];
    return multiplying(n * hd * wd * k, n * h * w * c, (r * s * c * k) / groups);
  },
  conv2d_backward_weights: (_rows, ...args) => {
    const [, , , n, hp, wp, c, p, q, k, r, s] = args;
    const groups = args[args.length - 1];
    return multiplying(n * hp * wp * c, n * p * q * k, (r * s * c * k) / groups);
  },
  conv2d_narrow_forward: (n, _x, _w, _bias, _y, hp, wp, c, p, q, k, r, s) =>
    multiplying(n * hp * wp * c, n * p * q * k, r * s * c * k),
  conv2d_narrow_pool_forward: (n, _x, _w, _bias, _y, _places, hp, wp, c, p, q, k, r, s) =>
    multiplying(n * hp * wp * c, 2 * n * (p >> 1) * (q >> 1) * k, r * s * c * k),
  // Only the largest output of each window has a gradient.
  conv2d_narrow_pool_backward_weights: (k, _x, _places, _dy, _dw, n, hp, wp, c, p, q, _k, r, s) => {
    const maxima = n * (p >> 1) * (q >> 1) * k;
    return work(2 * maxima * r * s * c, n * hp * wp * c + 2 * maxima + r * s * c * k);
  },
  dense_forward: (n, _x, _w, _panels, _bias, _y, inputs, units) => dense(n, inputs, units),
  dense_backward_data: (n, _dy, _w, _panels, _dx, inputs, units) => dense(n, inputs, units),
  dense_backward_weights: (_rows, _x, _dy, _dw, n, inputs, units) => dense(n, inputs, units),
  // The gradient in x and the update in w; it moves w both ways.
  dense_backward_sgd: (inputs, _x, _dy, _w, dx, units) =>
    work((dx === 0 ? 3 : 5) * inputs * units, (dx === 0 ? 1 : 2) * inputs + units + 2 * inputs * units),
  bias_backward: (_columns, _dy, _db, rows, columns) => work(rows * columns, rows * columns + columns),
  depthwise_forward: (n, _x, _w, _bias, _biasStride, _y, hp, wp, c, p, q, r, s) =>
    multiplying(n * hp * wp * c, n * p * q * c, r * s * c),
  depthwise_backward_data: (n, _dy, _w, _dx, h, w, c, p, wd, r, s) =>
    multiplying(n * p * wd * c, n * h * w * c, r * s * c),
  depthwise_backward_weights: (_c, _x, _dy, _dw, n, hp, wp, c, p, q, r, s) =>
    multiplying(n * hp * wp * c, n * p * q * c, r * s * c),

  // Three taps to six points and the other way, 9 columns and rows of them.
  winograd_filters: (panels, _packed, _panels, rows) => work(81 * 8 * panels * rows, 45 * 8 * panels * rows),
  winograd_forward: (n, _x, _w, _panels, _bias, _biasStride, _y, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 36 * c * k),
  winograd_backward_data: (n, _dy, _w, _panels, _dx, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 36 * c * k),
  winograd_backward_weights: (_groups, _x, _dy, _dw, n, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 9 * c * k),

  max_pool_forward: (n, _x, _y, ...dims) => pool(n, dims, { x: 1, y: 1 }),
  max_pool_backward: (n, _x, _y, _dy, _dx, ...dims) => pool(n, dims, { x: 2, y: 2 }),
  average_pool_forward: (n, _x, _y, ...dims) => pool(n, dims, { x: 1, y: 1 }),
  average_pool_backward: (n, _dy, _dx, ...dims) => pool(n, dims, { x: 1, y: 1 }),

  // A difference, a square and two sums; later two more operations to mask where a ReLU is fused.
  batch_norm_moments: (n, _x, _moments, positions, c) => work(4 * n * positions * c, n * (positions + 3) * c),
  batch_norm_statistics: (c, _moments, _mean, _variance, n) => work(5 * n * c, 2 * n * c),
  batch_norm_running: (c) => work(7 * c, 6 * c),
  batch_norm_fold: (c) => work(5 * c, 6 * c),
  batch_norm_forward: (n, _x, _y, _scale, _shift, positions, c) => elementwise(3, 2)(n, positions * c),
  batch_norm_backward_sums: (n, _x, _dy, _mean, _scale, _shift, _sums, positions, c, relu) =>
    work((4 + 3 * relu) * n * positions * c, 2 * n * (positions + 1) * c),
  batch_norm_backward_parameters: (c, ...args) => work(2 * args[8] * c, 2 * args[8] * c),
  batch_norm_backward_data: (n, _x, _dy, _dx, _scale, _shift, _factors, positions, c, relu) =>
    elementwise(4 + 3 * relu, 3)(n, positions * c),

  softmax_cross_entropy: (n, _logits, _labels, _losses, _correct, _dlogits, classes) => elementwise(7, 2)(n, classes),
  sigmoid_binary_cross_entropy: (n, _logits, _targets, _losses, _dlogits, size) => elementwise(9, 3)(n, size),
  mean_squared_error: (n, _y, _targets, _losses, _dy, size) => elementwise(4, 3)(n, size),

  // They read and write the weights and the state, and read the gradients; clipping and decay included.
  sgd_update: (count) => work(7 * count, 3 * count),
  momentum_update: (count) => work(9 * count, 5 * count),
  rmsprop_update: (count) => work(16 * count, 7 * count),
  adam_update: (count) => work(18 * count, 7 * count),
  gradient_norm: (_blocks, _g, _partials, count) => work(2 * count, count),
  gradient_clip: (_one, _partials, blocks) => work(blocks + 2, blocks),

  normalize_bytes: (n, _x, _y, size) => ({ operations: 2 * n * size, bytes: 5 * n * size }),
  normalize_floats: (n, _x, _y, size) => elementwise(2, 2)(n, size),
  // Four multiply-adds for the place of a pixel, three blends of three operations for each channel.
  augment: (n, _x, _y, h, w, c) => work(n * h * w * (8 + 9 * c), 2 * n * h * w * c),

  pack_forward: (_panels, _w, _to, rows, k) => work(0, 2 * rows * k),
  pack_backward: (_panels, _w, _to, r, s, c, k, groups) => work(0, (2 * r * s * c * k) / groups),
  pad2d: (n, _x, _y, h, w, c, _top, _left, hp, wp) => work(0, n * c * (h * w + hp * wp)),

  // A multiply-add a round on each lane of each vector; all in registers.
  peak_chains: (n, _x, _y, rounds) => work(8 * 20 * n * rounds, 0),
  peak_tile: (n, _x, _y, rounds) => work(8 * 8 * n * rounds, 0),
};

/** True for kernels that multiply matrices or filters, which the peak of multiply-adds bounds. */
export function isMultiplying(kernel: KernelName): boolean {
  return /^(conv2d|dense|depthwise|winograd)_.*(forward|backward)/.test(kernel);
}

/**
 * Operations and bytes of a call on a tape.
 *
 * @param multiplyAdds of the layer's forward pass for the whole batch; both of its gradients take as many, unless they
 *   count fewer themselves
 */
export function workOf({ kernel, extent, arguments: args }: Operation, multiplyAdds: number): Work {
  const count: (extent: number, ...args: number[]) => Work = WORK[kernel];
  const counted = count(extent, ...args);
  return isMultiplying(kernel) && counted.operations === 0 ? { ...counted, operations: 2 * multiplyAdds } : counted;
}
