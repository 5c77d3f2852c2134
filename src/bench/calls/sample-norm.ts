import { padded } from "../../engine/padded.ts";
import { close, float32, input, type KernelCall, normal, output, uniform } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

type Shape = readonly [n: number, positions: number, c: number];

const EPSILON = Math.fround(1e-3);

/** Numbers of groups of c channels: one, as many as channels, and between. */
function groupCounts(c: number): number[] {
  return [...new Set([1, 2, 4, c].filter((groups) => c % groups === 0))];
}

/** The calls that layer normalisation of rows of c numbers makes. */
function layerNormCalls(shape: Shape): KernelCall[] {
  const [n, rows, c] = shape;
  const length = n * rows * c;
  const label = `${n} x ${rows} rows of ${c}`;
  const gamma = normal("norm gamma", c);
  const x = normal("norm x", length).map((value) => Math.fround(value + 3));
  const statistics = uniform("norm statistics", 2 * n * rows, 0.5, 1.5);
  const places = [input("statistics", statistics), input("gamma", gamma)];
  const dy = input("dy", normal("norm dy", length));
  const sums = (rows > 1 ? 5 : 2) * padded(c);
  return [
    {
      kernel: "layer_norm_forward",
      label,
      extent: n,
      args: [
        ...[input("x", x), output("y", length), output("statistics", 2 * n * rows)],
        ...[input("gamma", gamma), input("beta", normal("norm beta", c)), rows, c, EPSILON],
      ],
      bound: close(16, 16),
      inPlace: ["x", "y"],
    },
    {
      kernel: "layer_norm_forward",
      label: `${label}, without gamma and beta`,
      extent: n,
      args: [input("x", x), output("y", length), output("statistics", 2 * n * rows), 0, 0, rows, c, EPSILON],
      bound: close(16, 16),
    },
    {
      kernel: "layer_norm_backward",
      label: `${label}, without gamma`,
      extent: n,
      args: [input("x", x), dy, output("dx", length), places[0], 0, output("sums", n * sums), rows, c],
      bound: close(16, 8 + rows),
    },
    {
      kernel: "layer_norm_backward",
      label,
      extent: n,
      args: [input("x", x), dy, output("dx", length), ...places, output("sums", n * sums), rows, c],
      bound: close(16, 8 + rows),
      inPlace: ["dy", "dx"],
    },
    {
      kernel: "layer_norm_backward",
      label: `${label}, without sums`,
      extent: n,
      args: [input("x", x), dy, output("dx", length), ...places, 0, rows, c],
      bound: close(16, 8),
    },
    {
      kernel: "layer_norm_backward",
      label: `${label}, sums alone`,
      extent: n,
      args: [input("x", x), dy, 0, ...places, output("sums", n * sums), rows, c],
      bound: close(16, 8 + rows),
    },
    {
      kernel: "sample_norm_parameters",
      label,
      extent: c,
      args: [input("sums", normal("norm sums", n * sums)), output("dgamma", c), output("dbeta", c), n, c, sums],
      bound: close(16, n),
    },
    {
      kernel: "sample_norm_parameters",
      label: `${label}, beta alone`,
      extent: c,
      args: [input("sums", normal("norm sums", n * sums)), 0, output("dbeta", c), n, c, sums],
      bound: close(16, n),
    },
  ];
}

/** Moments of each channel of each sample, as `batch_norm_moments` gives them. */
function momentsOf([n, positions, c]: Shape, x: Float64Array): Float64Array {
  const row = padded(c);
  const moments = new Float64Array(n * 5 * row);
  for (let sample = 0; sample < n; sample++) {
    for (let j = 0; j < c; j++) {
      const values = Array.from({ length: positions }, (_, i) => x[(sample * positions + i) * c + j]);
      const mean = values.reduce((sum, value) => sum + value, 0) / positions;
      const at = sample * 5 * row + j;
      moments[at] = Math.fround(mean);
      moments[at + row] = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      moments[at + 2 * row] = mean - moments[at];
    }
  }
  return float32(moments);
}

/** Scale, shift, mean and factor of each channel, equal means and factors in a group. */
function foldedOf([n, , c]: Shape, groups: number, gamma: Float64Array): Float64Array {
  const means = uniform("group mean", n * groups, 2.5, 3.5);
  const factors = uniform("group factor", n * groups, 0.5, 1.5);
  const folded = new Float64Array(n * 4 * c);
  for (let sample = 0; sample < n; sample++) {
    for (let j = 0; j < c; j++) {
      const group = sample * groups + Math.floor((j * groups) / c);
      const at = sample * 4 * c + j;
      folded[at] = gamma[j] * factors[group];
      folded[at + 2 * c] = means[group];
      folded[at + 3 * c] = factors[group];
    }
  }
  return float32(folded);
}

/** The calls that group normalisation makes. */
function groupNormCalls(shape: Shape, groups: number): KernelCall[] {
  const [n, positions, c] = shape;
  const length = n * positions * c;
  const label = `${n} x ${positions} x ${c}, ${groups} groups`;
  const x = normal("norm x", length).map((value) => Math.fround(value + 3));
  const gamma = normal("norm gamma", c);
  const folded = input("folded", foldedOf(shape, groups, gamma));
  const dy = input("dy", normal("norm dy", length));
  const sums = output("sums", n * 5 * padded(c));
  return [
    {
      kernel: "group_norm_forward",
      label,
      extent: n,
      args: [
        ...[input("x", x), output("y", length), input("moments", momentsOf(shape, x)), output("folded", n * 4 * c)],
        ...[input("gamma", gamma), input("beta", normal("norm beta", c)), positions, c, groups, EPSILON],
      ],
      // A group of one number has a factor of 32, by which the rounding error of x is multiplied.
      bound: close(16, positions * c === groups ? 512 : 32),
      inPlace: ["x", "y"],
    },
    {
      kernel: "group_norm_forward",
      label: `${label}, without gamma and beta`,
      extent: n,
      args: [
        ...[input("x", x), output("y", length), input("moments", momentsOf(shape, x)), output("folded", n * 4 * c)],
        ...[0, 0, positions, c, groups, EPSILON],
      ],
      bound: close(16, positions * c === groups ? 512 : 32),
    },
    {
      kernel: "group_norm_backward",
      label,
      extent: n,
      args: [input("x", x), dy, output("dx", length), folded, input("gamma", gamma), sums, positions, c, groups],
      bound: close(16, 16 + positions),
      inPlace: ["dy", "dx"],
    },
    {
      kernel: "group_norm_backward",
      label: `${label}, sums alone`,
      extent: n,
      args: [input("x", x), dy, 0, folded, input("gamma", gamma), sums, positions, c, groups],
      bound: close(16, 16 + positions),
    },
  ];
}

/** Every call that layer and group normalisation of this shape make. */
export function sampleNormCalls(shape: Shape): KernelCall[] {
  return [...layerNormCalls(shape), ...groupCounts(shape[2]).flatMap((groups) => groupNormCalls(shape, groups))];
}

/** Operations and bytes of layer and group normalisation. */
export const sampleNormWork = {
  // Two sums, of which one goes with a difference and a square, and the normalisation.
  layer_norm_forward: (n, _x, _y, _statistics, _gamma, _beta, rows, size) => elementwise(8, 2)(n, rows * size),
  layer_norm_backward: (n, _x, _dy, dx, _statistics, _gamma, sums, rows, size) =>
    elementwise((sums === 0 ? 0 : 5) + (dx === 0 ? 0 : 10), dx === 0 ? 2 : 3)(n, rows * size),
  sample_norm_parameters: (c, _sums, _dgamma, _dbeta, n) => work(2 * n * c, 2 * n * c),
  group_norm_forward: (n, _x, _y, _moments, _folded, _gamma, _beta, positions, c) =>
    elementwise(2, 2)(n, positions * c),
  group_norm_backward: (n, _x, _dy, dx, _folded, _gamma, _sums, positions, c) =>
    elementwise(dx === 0 ? 4 : 8, dx === 0 ? 2 : 3)(n, positions * c),
} satisfies WorkRows;
