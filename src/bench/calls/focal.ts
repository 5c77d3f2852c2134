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

/** The scalars of a softmax focal cross-entropy. */
export interface SoftmaxFocalOptions {
  readonly smoothing: number;
  readonly gamma: number;
  /** A factor of all classes, or one for each. */
  readonly alpha: number | readonly number[];
  readonly weight: number;
}

/** The call that computes losses, hits and gradients of n rows of logits. */
export function softmaxFocalCrossEntropy(
  [n, classes]: readonly [number, number],
  logits: Float64Array,
  labels: Float64Array,
  { smoothing, gamma, alpha, weight }: SoftmaxFocalOptions,
): KernelCall {
  return {
    kernel: "softmax_focal_cross_entropy",
    label: `${n} x ${classes}, gamma ${gamma}, smoothing ${smoothing.toFixed(3)}${typeof alpha === "number" ? "" : ", alphas"}`,
    extent: n,
    args: [
      ...classLossPlaces([n, classes], logits, labels),
      ...[classes, smoothing, gamma],
      ...(typeof alpha === "number" ? [alpha, 0] : [0, input("alphas", alpha)]),
      weight,
    ],
    // The logarithm of a probability, with the error of one, becomes one of its power.
    bound: close(4 * (classes + 16), 1),
  };
}

/** The scalars of a sigmoid focal cross-entropy. */
export interface SigmoidFocalOptions {
  readonly smoothing: number;
  readonly gamma: number;
  /** Factors of targets of 1 and of 0. */
  readonly ones: number;
  readonly zeros: number;
  readonly weight: number;
}

/** The call that computes losses and gradients of n samples of `size` logits. */
export function sigmoidFocalCrossEntropy(
  [n, size]: readonly [number, number],
  logits: Float64Array,
  targets: Float64Array,
  { smoothing, gamma, ones, zeros, weight }: SigmoidFocalOptions,
): KernelCall {
  return {
    kernel: "sigmoid_focal_cross_entropy",
    label: `${n} x ${size}, gamma ${gamma}, smoothing ${smoothing.toFixed(3)}, balance ${zeros}`,
    extent: n,
    args: [
      ...[input("logits", logits), input("targets", targets), sampleWeights(n), output("losses", n)],
      ...[output("dlogits", n * size), size, smoothing, gamma, ones, zeros, weight],
    ],
    bound: close(4 * (size + 16), 1),
  };
}

/** The call that computes losses, hits and gradients of n rows of logits against rows of targets. */
export function softCrossEntropy(
  [n, classes]: readonly [number, number],
  logits: Float64Array,
  labels: Float64Array,
  targets: Float64Array,
  weight: number,
): KernelCall {
  return {
    kernel: "softmax_cross_entropy_soft",
    label: `${n} x ${classes}`,
    extent: n,
    args: [
      ...[input("logits", logits), input("labels", labels), input("targets", targets), sampleWeights(n)],
      ...[output("losses", n), output("correct", n), output("dlogits", n * classes), classes, weight],
    ],
    bound: close(4 * (classes + 16), 1),
  };
}

/** The focal loss and that of soft targets, on rows of classes. */
export function classLossCalls([n, positions, classes]: readonly [number, number, number]): KernelCall[] {
  const rows = n * positions;
  const logits = normal("cross-entropy logits", rows * classes, 3);
  const labels = integers("cross-entropy labels", rows, classes);
  const alphas = [...uniform("alphas", classes, 0, 2)];
  const focal = [
    { smoothing: 0, gamma: 2, alpha: 0.25 },
    { smoothing: 0, gamma: 2, alpha: alphas },
    { smoothing: Math.fround(0.1), gamma: 0.5, alpha: alphas },
    { smoothing: Math.fround(0.1), gamma: 2, alpha: 0.25 },
    { smoothing: 0, gamma: 0.5, alpha: 1 },
  ];
  const shares = uniform("soft targets", rows * classes, 0, 2 / classes);
  if (classes > 1) shares[0] = 0;
  return [
    ...focal.map((options) => softmaxFocalCrossEntropy([rows, classes], logits, labels, { ...options, weight: 0.125 })),
    softCrossEntropy([rows, classes], logits, labels, shares, 0.125),
  ];
}

/** The binary focal loss on samples of a size. */
export function sigmoidFocalCalls(size: readonly [number, number]): KernelCall[] {
  const length = size[0] * size[1];
  const logits = normal("binary logits", length, 3);
  const targets = uniform("binary targets", length);
  return [
    { smoothing: 0, gamma: 2, ones: 1, zeros: 1 },
    { smoothing: Math.fround(0.1), gamma: 0.5, ones: 0.25, zeros: 0.75 },
  ].map((options) => sigmoidFocalCrossEntropy(size, logits, targets, { ...options, weight: 0.125 }));
}

/** Operations and bytes of these losses. */
export const focalWork = {
  softmax_focal_cross_entropy: (n, _logits, _labels, _weights, _losses, _correct, _dlogits, classes) =>
    elementwise(7, 2)(n, classes),
  softmax_cross_entropy_soft: (n, _logits, _labels, _targets, _weights, _losses, _correct, _dlogits, classes) =>
    elementwise(9, 3)(n, classes),
  sigmoid_focal_cross_entropy: (n, _logits, _targets, _weights, _losses, _dlogits, size) => elementwise(22, 3)(n, size),
} satisfies WorkRows;
