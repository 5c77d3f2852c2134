import { padded } from "../../engine/padded.ts";
import { close, float32, input, type KernelCall, normal, output, state, sumOf, uniform } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

type Shape = readonly [n: number, positions: number, c: number];

/**
 * The arrays of a batch normalisation: x, dy [n, positions, c], the others [c]; scale and shift are folded from the
 * others.
 */
export interface NormData {
  readonly x: Float64Array;
  readonly dy: Float64Array;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

const EPSILON = Math.fround(1e-3);

/** Random data, the mean and variance about those of x, which lies around 3. */
export function normData([n, positions, c]: Shape): NormData {
  const length = n * positions * c;
  const gamma = normal("norm gamma", c);
  const beta = normal("norm beta", c);
  const mean = uniform("norm mean", c, 2.5, 3.5);
  const variance = uniform("norm variance", c, 0.5, 1.5);
  const scale = float32(gamma.map((value, j) => value / Math.sqrt(variance[j] + EPSILON)));
  return {
    x: normal("norm x", length).map((value) => Math.fround(value + 3)),
    dy: normal("norm dy", length),
    ...{ gamma, beta, mean, variance, scale },
    shift: float32(beta.map((value, j) => value - mean[j] * scale[j])),
  };
}

function label([n, positions, c]: Shape): string {
  return `${n} x ${positions} x ${c}`;
}

export function normMoments(shape: Shape, x: Float64Array, kind = ""): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_moments",
    label: `${label(shape)}${kind}`,
    extent: n,
    args: [input("x", x), output("moments", n * 5 * padded(c)), positions, c],
    // The rounding error of a mean of 1000 is up to 3e-5; in float64 it is zero.
    bound: close(16 + positions, kind === "" ? 8 : 64),
  };
}

export function normStatistics(shape: Shape, moments: Float64Array): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_statistics",
    label: label(shape),
    extent: c,
    args: [input("moments", moments), output("mean", c), output("variance", c), n, positions, c],
    bound: close(16, 4),
  };
}

export function normFold([, , c]: Shape, data: NormData): KernelCall {
  return {
    kernel: "batch_norm_fold",
    label: `${c} channels`,
    extent: c,
    args: [
      ...[input("gamma", data.gamma), input("beta", data.beta), input("mean", data.mean)],
      ...[input("variance", data.variance), output("scale", c), output("shift", c), EPSILON],
    ],
    bound: close(8, 8),
  };
}

export function normForward(
  shape: Shape,
  data: Pick<NormData, "x" | "scale" | "shift">,
  lower: number,
  upper = Number.POSITIVE_INFINITY,
): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_forward",
    label: `${label(shape)}, from ${lower} to ${upper}`,
    extent: n,
    args: [
      ...[input("x", data.x), output("y", n * positions * c), input("scale", data.scale), input("shift", data.shift)],
      ...[positions, c, lower, upper],
    ],
    bound: close(8, 16),
    inPlace: ["x", "y"],
  };
}

export function normRunning(
  [, , c]: Shape,
  running: { readonly mean: Float64Array; readonly variance: Float64Array },
  batch: { readonly mean: Float64Array; readonly variance: Float64Array },
  momentum: number,
  rows: number,
): KernelCall {
  return {
    kernel: "batch_norm_running",
    label: `${c} channels, ${rows} rows`,
    extent: c,
    args: [
      ...[input("mean", batch.mean), input("variance", batch.variance)],
      ...[state("runningMean", running.mean), state("runningVariance", running.variance), momentum, rows],
    ],
    bound: sumOf(8),
  };
}

export function normBackwardSums(shape: Shape, data: NormData, upper: number): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_backward_sums",
    label: `${label(shape)}, ReLU to ${upper}`,
    extent: n,
    args: [
      ...[input("x", data.x), input("dy", data.dy), input("mean", data.mean)],
      ...[input("scale", data.scale), input("shift", data.shift), output("sums", n * 5 * padded(c))],
      ...[positions, c, upper],
    ],
    bound: close(16, positions),
  };
}

export function normBackwardParameters(shape: Shape, data: NormData, sums: Float64Array): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_backward_parameters",
    label: label(shape),
    extent: c,
    args: [
      ...[input("sums", sums), input("mean", data.mean), input("variance", data.variance), input("scale", data.scale)],
      ...[output("dgamma", c), output("dbeta", c), output("factors", 2 * c), EPSILON, n, c, n * positions],
    ],
    bound: close(16, 8 * n),
  };
}

export function normBackwardData(shape: Shape, data: NormData, factors: Float64Array, upper: number): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_backward_data",
    label: `${label(shape)}, ReLU to ${upper}`,
    extent: n,
    args: [
      ...[input("x", data.x), input("dy", data.dy), output("dx", n * positions * c), input("scale", data.scale)],
      ...[input("shift", data.shift), input("factors", factors), positions, c, upper],
    ],
    bound: close(16, 16),
    inPlace: ["dy", "dx"],
  };
}

/** Every call that a batch normalisation of this shape makes, without a ReLU, with a plain one and with a bounded one. */
export function normCalls(shape: Shape): KernelCall[] {
  const [n, positions, c] = shape;
  const data = normData(shape);
  const running = { mean: normal("running mean", c), variance: uniform("running variance", c, 0.5, 2) };
  const moments = uniform("moments", n * 5 * padded(c), 0.5, 2);
  const sums = normal("norm sums", n * 5 * padded(c));
  return [
    normMoments(shape, data.x),
    normMoments(shape, float32(data.x.map((value) => value + 1000)), ", far from zero"),
    normStatistics(shape, moments),
    normRunning(shape, running, data, Math.fround(0.99), n * positions),
    normFold(shape, data),
    normBackwardParameters(shape, data, sums),
    normForward(shape, data, Number.NEGATIVE_INFINITY),
    ...[Number.POSITIVE_INFINITY, 0.5].map((upper) => normForward(shape, data, 0, upper)),
    ...[0, Number.POSITIVE_INFINITY, 0.5].flatMap((upper) => [
      normBackwardSums(shape, data, upper),
      normBackwardData(shape, data, normal("norm factors", 2 * c), upper),
    ]),
  ];
}

/** Operations and bytes of batch normalisation. */
export const normWork = {
  // A difference, a square and two sums; later five more operations to mask where a ReLU is fused.
  batch_norm_moments: (n, _x, _moments, positions, c) => work(4 * n * positions * c, n * (positions + 3) * c),
  batch_norm_statistics: (c, _moments, _mean, _variance, n) => work(5 * n * c, 2 * n * c),
  batch_norm_running: (c) => work(7 * c, 6 * c),
  batch_norm_fold: (c) => work(5 * c, 6 * c),
  batch_norm_forward: (n, _x, _y, _scale, _shift, positions, c) => elementwise(4, 2)(n, positions * c),
  batch_norm_backward_sums: (n, _x, _dy, _mean, _scale, _shift, _sums, positions, c, upper) =>
    work((4 + (upper > 0 ? 5 : 0)) * n * positions * c, 2 * n * (positions + 1) * c),
  batch_norm_backward_parameters: (c, ...args) => work(2 * args[8] * c, 2 * args[8] * c),
  batch_norm_backward_data: (n, _x, _dy, _dx, _scale, _shift, _factors, positions, c, upper) =>
    elementwise(4 + (upper > 0 ? 5 : 0), 3)(n, positions * c),
} satisfies WorkRows;
