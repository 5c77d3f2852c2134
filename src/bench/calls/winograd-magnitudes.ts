/**
 * Winograd's sums with all numbers positive. The transforms cancel a part of them, so an error bound follows from these
 * sums, and not from the formula of the convolution (Higham, Accuracy and Stability of Numerical Algorithms, 3.5, for
 * the kernels' own order of operations).
 *
 * @module
 */

import { type ConvolutionCase, geometryOf } from "../convolution-cases.ts";
import type { ConvolutionData } from "./convolution.ts";

type Matrix = readonly (readonly number[])[];

const SMALL = Math.SQRT1_2;
const LARGE = Math.SQRT2;

// Magnitudes of the matrices for the points 0, +-sqrt(1/2), +-sqrt(2) and infinity.
const INPUT: Matrix = [
  [1, 0, 2.5, 0, 1, 0],
  [0, LARGE, 2, SMALL, 1, 0],
  [0, LARGE, 2, SMALL, 1, 0],
  [0, SMALL, 0.5, LARGE, 1, 0],
  [0, SMALL, 0.5, LARGE, 1, 0],
  [0, 1, 0, 2.5, 0, 1],
];
const FILTER: Matrix = [
  [1, 0, 0],
  [2 / 3, (2 / 3) * SMALL, 1 / 3],
  [2 / 3, (2 / 3) * SMALL, 1 / 3],
  [1 / 6, LARGE / 6, 1 / 3],
  [1 / 6, LARGE / 6, 1 / 3],
  [0, 0, 1],
];
const OUTPUT: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, SMALL, SMALL, LARGE, LARGE, 0],
  [0, 0.5, 0.5, 2, 2, 0],
  [0, SMALL / 2, SMALL / 2, 2 * LARGE, 2 * LARGE, 1],
];

function transposed(m: Matrix): Matrix {
  return m[0].map((_, column) => m.map((row) => row[column]));
}

/** m t m^T for a square t, both row after row. */
function around(m: Matrix, t: ArrayLike<number>): number[] {
  const size = m[0].length;
  const half = m.map((row) =>
    Array.from({ length: size }, (_, j) => row.reduce((sum, factor, i) => sum + factor * t[i * size + j], 0)),
  );
  return half.flatMap((row) => m.map((other) => other.reduce((sum, factor, j) => sum + factor * row[j], 0)));
}

/** |image|, transformed at (row, column), one list of 36 for each channel; pixels outside are zero. */
function transformedTile(
  m: Matrix,
  image: (i: number, j: number, channel: number) => number,
  channels: number,
): number[][] {
  const size = m[0].length;
  return Array.from({ length: channels }, (_, channel) => {
    const tile = Array.from({ length: size * size }, (_, at) =>
      Math.abs(image(Math.floor(at / size), at % size, channel)),
    );
    return around(m, tile);
  });
}

/** Reads [h, w, channels] images one after the other; 0 outside. */
function reader(values: Float64Array, h: number, w: number, channels: number) {
  return (sample: number, i: number, j: number, channel: number) =>
    i < 0 || i >= h || j < 0 || j >= w ? 0 : values[((sample * h + i) * w + j) * channels + channel];
}

/** Magnitudes of every tile: its inputs and its output gradient, as lists of 36 for each channel and each filter. */
function* tilesOf(shape: ConvolutionCase, data: ConvolutionData) {
  const { n, h, w, c, k } = shape;
  const { p, q, padTop, padLeft } = geometryOf(shape);
  const x = reader(data.x, h, w, c);
  const dy = reader(data.dy, p, q, k);
  for (let sample = 0; sample < n; sample++) {
    for (let i = 0; i < p; i += 4) {
      for (let j = 0; j < q; j += 4) {
        const inputs = () =>
          transformedTile(
            INPUT,
            (down, across, channel) => x(sample, i + down - padTop, j + across - padLeft, channel),
            c,
          );
        const gradients = () =>
          transformedTile(transposed(OUTPUT), (down, across, filter) => dy(sample, i + down, j + across, filter), k);
        yield { sample, i, j, inputs, gradients };
      }
    }
  }
}

/** Filters transformed: for each channel and filter a list of 36. */
function filtersOf({ c, k }: ConvolutionCase, { w }: ConvolutionData): number[][][] {
  return Array.from({ length: c }, (_, channel) =>
    Array.from({ length: k }, (_, filter) => {
      const taps = Array.from({ length: 9 }, (_, tap) => Math.abs(w[(tap * c + channel) * k + filter]));
      return around(FILTER, taps);
    }),
  );
}

/** The magnitudes behind `winograd_filters`. */
export function filterMagnitudes(packed: Float64Array, panels: number, rows: number, reversed: boolean): Float64Array {
  const step = rows * 8;
  const result = new Float64Array(panels * 36 * step);
  for (let panel = 0; panel < panels; panel++) {
    for (let place = 0; place < step; place++) {
      const tap = (at: number) => Math.abs(packed[(panel * 9 + (reversed ? 8 - at : at)) * step + place]);
      const points = around(
        FILTER,
        Array.from({ length: 9 }, (_, at) => tap(at)),
      );
      for (const [point, value] of points.entries()) result[(panel * 36 + point) * step + place] = value;
    }
  }
  return result;
}

/** Products of transformed tiles and filters, point by point, added up over the tiles' channels. */
function productSums(tiles: readonly (readonly number[])[], filterOf: (index: number) => readonly number[]) {
  const sums = new Float64Array(36);
  for (const [index, tile] of tiles.entries()) {
    const filter = filterOf(index);
    for (let point = 0; point < 36; point++) sums[point] += tile[point] * filter[point];
  }
  return sums;
}

/** The magnitudes behind `winograd_forward`. */
export function forwardMagnitudes(shape: ConvolutionCase, data: ConvolutionData): Float64Array {
  const { n, k } = shape;
  const { p, q } = geometryOf(shape);
  const filters = filtersOf(shape, data);
  const y = new Float64Array(n * p * q * k);
  for (const { sample, i, j, inputs } of tilesOf(shape, data)) {
    const v = inputs();
    for (let filter = 0; filter < k; filter++) {
      const sums = productSums(v, (channel) => filters[channel][filter]);
      for (const [at, value] of around(OUTPUT, sums).entries()) {
        const [down, across] = [i + Math.floor(at / 4), j + (at % 4)];
        if (down >= p || across >= q) continue;
        const place = (down * q + across) * k + filter;
        const bias = { none: 0, shared: data.bias[filter], untied: data.bias[place] }[shape.bias];
        y[sample * p * q * k + place] = value + Math.abs(bias);
      }
    }
  }
  return y;
}

/** The magnitudes behind `winograd_backward_data`. */
export function backwardMagnitudes(shape: ConvolutionCase, data: ConvolutionData): Float64Array {
  const { n, h, w, c } = shape;
  const { padTop, padLeft } = geometryOf(shape);
  const filters = filtersOf(shape, data);
  const dx = new Float64Array(n * h * w * c);
  for (const { sample, i, j, gradients } of tilesOf(shape, data)) {
    const z = gradients();
    for (let channel = 0; channel < c; channel++) {
      const sums = productSums(z, (filter) => filters[channel][filter]);
      for (const [at, value] of around(transposed(INPUT), sums).entries()) {
        const [down, across] = [i - padTop + Math.floor(at / 6), j - padLeft + (at % 6)];
        if (down < 0 || down >= h || across < 0 || across >= w) continue;
        dx[((sample * h + down) * w + across) * c + channel] += value;
      }
    }
  }
  return dx;
}

/** The magnitudes behind `winograd_backward_weights`. */
export function weightMagnitudes(shape: ConvolutionCase, data: ConvolutionData): Float64Array {
  const { c, k } = shape;
  const sums = new Float64Array(c * k * 36);
  for (const { inputs, gradients } of tilesOf(shape, data)) {
    const v = inputs();
    const z = gradients();
    for (let channel = 0; channel < c; channel++) {
      for (let filter = 0; filter < k; filter++) {
        const to = (channel * k + filter) * 36;
        for (let point = 0; point < 36; point++) sums[to + point] += v[channel][point] * z[filter][point];
      }
    }
  }
  const dw = new Float64Array(9 * c * k);
  for (let pair = 0; pair < c * k; pair++) {
    const taps = around(transposed(FILTER), sums.subarray(pair * 36, pair * 36 + 36));
    for (const [tap, value] of taps.entries()) dw[tap * c * k + pair] = value;
  }
  return dw;
}
