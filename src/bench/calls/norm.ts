import { close, input, type KernelCall, normal, output, state, sumOf, uniform } from "./call.ts";

type Shape = readonly [n: number, positions: number, c: number];

/** The arrays of a batch normalisation: x, dy [n, positions, c], the others [c]. */
export interface NormData {
  readonly x: Float64Array;
  readonly dy: Float64Array;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

const EPSILON = Math.fround(1e-3);

/** Random data, the mean and variance about those of x, which lies around 3. */
export function normData([n, positions, c]: Shape): NormData {
  const length = n * positions * c;
  return {
    x: normal("norm x", length).map((value) => Math.fround(value + 3)),
    dy: normal("norm dy", length),
    gamma: normal("norm gamma", c),
    beta: normal("norm beta", c),
    mean: uniform("norm mean", c, 2.5, 3.5),
    variance: uniform("norm variance", c, 0.5, 1.5),
  };
}

function label([n, positions, c]: Shape): string {
  return `${n} x ${positions} x ${c}`;
}

export function normStatistics(shape: Shape, x: Float64Array): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_statistics",
    label: label(shape),
    extent: c,
    args: [input("x", x), output("mean", c), output("variance", c), n * positions, c],
    bound: close(16, 4),
  };
}

export function normForward(shape: Shape, data: NormData): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_forward",
    label: label(shape),
    extent: n,
    args: [
      ...[input("x", data.x), output("y", n * positions * c), input("gamma", data.gamma), input("beta", data.beta)],
      ...[input("mean", data.mean), input("variance", data.variance), EPSILON, positions, c],
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

export function normBackwardParameters(shape: Shape, data: NormData): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_backward_parameters",
    label: label(shape),
    extent: c,
    args: [
      ...[input("x", data.x), input("dy", data.dy), input("mean", data.mean), input("variance", data.variance)],
      ...[output("dgamma", c), output("dbeta", c), EPSILON, n * positions, c],
    ],
    bound: close(16, n * positions),
  };
}

export function normBackwardData(shape: Shape, data: NormData, dgamma: Float64Array, dbeta: Float64Array): KernelCall {
  const [n, positions, c] = shape;
  return {
    kernel: "batch_norm_backward_data",
    label: label(shape),
    extent: n,
    args: [
      ...[input("x", data.x), input("dy", data.dy), output("dx", n * positions * c), input("gamma", data.gamma)],
      ...[input("mean", data.mean), input("variance", data.variance), input("dgamma", dgamma), input("dbeta", dbeta)],
      ...[EPSILON, positions, c, n * positions],
    ],
    bound: close(16, 16),
    inPlace: ["dy", "dx"],
  };
}

/** Every call that a batch normalisation of this shape makes. */
export function normCalls(shape: Shape): KernelCall[] {
  const [n, positions, c] = shape;
  const data = normData(shape);
  const running = { mean: normal("running mean", c), variance: uniform("running variance", c, 0.5, 2) };
  return [
    normStatistics(shape, data.x),
    normForward(shape, data),
    normRunning(shape, running, data, Math.fround(0.99), n * positions),
    normBackwardParameters(shape, data),
    normBackwardData(shape, data, normal("norm dgamma", c), normal("norm dbeta", c)),
  ];
}
