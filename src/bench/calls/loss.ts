import {
  classLossPlaces,
  close,
  input,
  integers,
  type KernelCall,
  normal,
  output,
  sampleWeights,
  uniform,
} from "./call.ts";
import { elementwise, type WorkRows } from "./work-rows.ts";

/** The scalars of a softmax cross-entropy. */
export interface CrossEntropyOptions {
  readonly smoothing: number;
  readonly weight: number;
}

/** The call that computes losses, hits and gradients of n rows of logits. */
export function softmaxCrossEntropy(
  [n, classes]: readonly [number, number],
  logits: Float64Array,
  labels: Float64Array,
  { smoothing, weight }: CrossEntropyOptions,
): KernelCall {
  return {
    kernel: "softmax_cross_entropy",
    label: `${n} x ${classes}, smoothing ${smoothing.toFixed(3)}`,
    extent: n,
    args: [...classLossPlaces([n, classes], logits, labels), ...[classes, smoothing, weight]],
    bound: close(classes + 16, 1),
  };
}

/** The call that computes losses and gradients of n samples of `size` outputs, for a kernel with no numbers of its own. */
function valueLoss(
  kernel: "sigmoid_binary_cross_entropy" | "mean_squared_error" | "mean_absolute_error",
  [n, size]: readonly [number, number],
  [y, targets]: readonly [Float64Array, Float64Array],
  weight: number,
  { name, roundings }: { readonly name: string; readonly roundings: number },
): KernelCall {
  return {
    kernel,
    label: `${n} x ${size}`,
    extent: n,
    args: [
      ...[
        input(name, y),
        input("targets", targets),
        sampleWeights(n),
        output("losses", n),
        output(`d${name}`, n * size),
      ],
      ...[size, weight],
    ],
    bound: close(size + roundings, 1),
  };
}

/** The call that computes losses and gradients of n samples of `size` logits. */
export function sigmoidBinaryCrossEntropy(
  shape: readonly [number, number],
  logits: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return valueLoss("sigmoid_binary_cross_entropy", shape, [logits, targets], weight, { name: "logits", roundings: 16 });
}

/** The call that computes losses and gradients of n samples of `size` outputs. */
export function meanSquaredError(
  shape: readonly [number, number],
  y: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return valueLoss("mean_squared_error", shape, [y, targets], weight, { name: "y", roundings: 8 });
}

/** The call that computes losses and gradients of n samples of `size` outputs. */
export function meanAbsoluteError(
  shape: readonly [number, number],
  y: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return valueLoss("mean_absolute_error", shape, [y, targets], weight, { name: "y", roundings: 8 });
}

/** The call that computes losses and gradients of n samples of `size` outputs. */
export function huber(
  [n, size]: readonly [number, number],
  y: Float64Array,
  targets: Float64Array,
  { delta, weight }: { readonly delta: number; readonly weight: number },
): KernelCall {
  return {
    kernel: "huber",
    label: `${n} x ${size}, delta ${delta}`,
    extent: n,
    args: [
      ...[input("y", y), input("targets", targets), sampleWeights(n), output("losses", n), output("dy", n * size)],
      ...[size, delta, weight],
    ],
    bound: close(size + 8, 1),
  };
}

/** Softmax cross-entropy with and without smoothing. */
export function crossEntropyCalls([n, positions, classes]: readonly [number, number, number]): KernelCall[] {
  const rows = n * positions;
  const logits = normal("cross-entropy logits", rows * classes, 3);
  const labels = integers("cross-entropy labels", rows, classes);
  return [0, 0.1].map((smoothing) =>
    softmaxCrossEntropy([rows, classes], logits, labels, { smoothing: Math.fround(smoothing), weight: 0.125 }),
  );
}

/** The losses on samples of a size. */
export function elementwiseLossCalls(size: readonly [number, number]): KernelCall[] {
  const length = size[0] * size[1];
  const logits = normal("binary logits", length, 3);
  const shares = uniform("binary targets", length);
  const y = normal("error y", length);
  const targets = normal("error targets", length);
  return [
    sigmoidBinaryCrossEntropy(size, logits, shares, 0.125),
    meanSquaredError(size, y, targets, 0.125),
    meanAbsoluteError(size, y, targets, 0.125),
    ...[0.5, 1].map((delta) => huber(size, y, targets, { delta, weight: 0.125 })),
  ];
}

/** Operations and bytes of losses. */
export const lossWork = {
  softmax_cross_entropy: (n, _logits, _labels, _weights, _losses, _correct, _dlogits, classes) =>
    elementwise(7, 2)(n, classes),
  sigmoid_binary_cross_entropy: (n, _logits, _targets, _weights, _losses, _dlogits, size) => elementwise(9, 3)(n, size),
  mean_squared_error: (n, _y, _targets, _weights, _losses, _dy, size) => elementwise(4, 3)(n, size),
  mean_absolute_error: (n, _y, _targets, _weights, _losses, _dy, size) => elementwise(4, 3)(n, size),
  huber: (n, _y, _targets, _weights, _losses, _dy, size) => elementwise(9, 3)(n, size),
} satisfies WorkRows;
