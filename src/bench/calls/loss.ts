import { close, input, integers, type KernelCall, normal, output, uniform } from "./call.ts";
import { elementwise, type WorkRows } from "./work-rows.ts";

/** The scalars of a softmax cross-entropy. */
export interface CrossEntropyOptions {
  readonly smoothing: number;
  readonly weight: number;
}

/** Losses, hits and gradients of n rows of logits. */
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
    args: [
      ...[input("logits", logits), input("labels", labels), output("losses", n), output("correct", n)],
      ...[output("dlogits", n * classes), classes, smoothing, weight],
    ],
    bound: close(classes + 16, 1),
  };
}

/** Losses and gradients of n samples of `size` logits. */
export function sigmoidBinaryCrossEntropy(
  [n, size]: readonly [number, number],
  logits: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return {
    kernel: "sigmoid_binary_cross_entropy",
    label: `${n} x ${size}`,
    extent: n,
    args: [
      ...[input("logits", logits), input("targets", targets), output("losses", n), output("dlogits", n * size)],
      ...[size, weight],
    ],
    bound: close(size + 16, 1),
  };
}

/** Losses and gradients of n samples of `size` outputs. */
export function meanSquaredError(
  [n, size]: readonly [number, number],
  y: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return {
    kernel: "mean_squared_error",
    label: `${n} x ${size}`,
    extent: n,
    args: [
      ...[input("y", y), input("targets", targets), output("losses", n), output("dy", n * size)],
      ...[size, weight],
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
  return [
    sigmoidBinaryCrossEntropy(size, normal("binary logits", length, 3), uniform("binary targets", length), 0.125),
    meanSquaredError(size, normal("error y", length), normal("error targets", length), 0.125),
  ];
}

/** Operations and bytes of losses. */
export const lossWork = {
  softmax_cross_entropy: (n, _logits, _labels, _losses, _correct, _dlogits, classes) => elementwise(7, 2)(n, classes),
  sigmoid_binary_cross_entropy: (n, _logits, _targets, _losses, _dlogits, size) => elementwise(9, 3)(n, size),
  mean_squared_error: (n, _y, _targets, _losses, _dy, size) => elementwise(4, 3)(n, size),
} satisfies WorkRows;
