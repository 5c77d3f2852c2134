// Depthwise convolution: one r x s filter per channel, [r, s, 1, c]. Lanes are channels; the last vectors of a pixel may
// read up to seven floats past its channels, which do not count.

import { sum_pairs } from "./depthwise-pairs";
import { pixel_at, sum_row_tiles } from "./depthwise-tiles";
import { store_lanes_inline } from "./lanes";
import { address, madd } from "./simd";

/** Stores the first `lanes` (1 to 8) floats of two vectors, within bounds. */
// @ts-ignore: decorator
@inline
function store_output(to: usize, low: v128, high: v128, lower: v128, upper: v128, lanes: i32): void {
  store_lanes_inline(to, f32x4.pmin(f32x4.pmax(low, lower), upper), lanes);
  if (lanes > 4) store_lanes_inline(to + 16, f32x4.pmin(f32x4.pmax(high, lower), upper), lanes - 4);
}

/**
 * A row of `count` outputs: the forward pass and the data gradient are both made of these. All steps are in bytes.
 *
 * Three outputs and eight channels at a time, so that weights and addresses are shared. In a row of one or two
 * the three are the same one; past the last channel up to seven floats are read that no output takes.
 *
 * @param line the first row of the image that the window meets
 * @param first the first tap of the first output in its row; taps outside of the `width` bytes of a row are zero
 */
function sum_row(
  line: usize, first: usize, width: usize, pixelStep: usize, rowStep: usize, columnStep: usize, weight: usize,
  weightRowStep: usize, weightColumnStep: usize, rows: i32, columns: i32, to: usize, toStep: usize, biased: bool,
  bias: usize, biasStep: usize, lower: f32, upper: f32, count: i32, c: i32,
): void {
  const done = sum_row_tiles(
    line, first, width, pixelStep, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, columns, to,
    toStep, biased, bias, biasStep, lower, upper, count, c,
  );
  const floor = f32x4.splat(lower);
  const mask = i32x4.splat(biased ? -1 : 0);
  const three = count >= 3;
  const together = three ? 3 : 1;
  const next = three ? pixelStep : 0;
  const nextTo = three ? toStep : 0;
  const nextBias = three ? biasStep : 0;
  for (let j = 0; j < count; j += together) {
    // The last three overlap those before, and give the same numbers again.
    const column = <usize>min(j, count - together);
    const window = first + column * pixelStep;
    const edge = window >= width || window + 2 * next + <usize>(columns - 1) * columnStep >= width;
    for (let channel = done; channel < c; channel += 8) {
      const shift = <usize>channel << 2;
      const lanes = c - channel;
      let summand = bias + column * biasStep + shift;
      let low0 = v128.and(v128.load(summand), mask);
      let high0 = v128.and(v128.load(summand, 16), mask);
      summand += nextBias;
      let low1 = v128.and(v128.load(summand), mask);
      let high1 = v128.and(v128.load(summand, 16), mask);
      summand += nextBias;
      let low2 = v128.and(v128.load(summand), mask);
      let high2 = v128.and(v128.load(summand, 16), mask);
      let row = line + shift;
      let factors = weight + shift;
      for (let tapH = rows; tapH > 0; tapH--) {
        let offset = window;
        let factorAt = factors;
        if (edge) {
          for (let tapW = columns; tapW > 0; tapW--) {
            const low = v128.load(factorAt);
            const high = v128.load(factorAt, 16);
            const at0 = pixel_at(row, offset, width);
            const at1 = pixel_at(row, offset + next, width);
            const at2 = pixel_at(row, offset + 2 * next, width);
            low0 = madd(v128.load(at0), low, low0);
            high0 = madd(v128.load(at0, 16), high, high0);
            low1 = madd(v128.load(at1), low, low1);
            high1 = madd(v128.load(at1, 16), high, high1);
            low2 = madd(v128.load(at2), low, low2);
            high2 = madd(v128.load(at2, 16), high, high2);
            offset += columnStep;
            factorAt += weightColumnStep;
          }
        } else {
          for (let tapW = columns; tapW > 0; tapW--) {
            const low = v128.load(factorAt);
            const high = v128.load(factorAt, 16);
            const at0 = row + offset;
            const at1 = at0 + next;
            const at2 = at1 + next;
            low0 = madd(v128.load(at0), low, low0);
            high0 = madd(v128.load(at0, 16), high, high0);
            low1 = madd(v128.load(at1), low, low1);
            high1 = madd(v128.load(at1, 16), high, high1);
            low2 = madd(v128.load(at2), low, low2);
            high2 = madd(v128.load(at2, 16), high, high2);
            offset += columnStep;
            factorAt += weightColumnStep;
          }
        }
        row += rowStep;
        factors += weightRowStep;
      }
      const ceiling = f32x4.splat(upper);
      let output = to + column * toStep + shift;
      store_output(output, low0, high0, floor, ceiling, lanes);
      output += nextTo;
      store_output(output, low1, high1, floor, ceiling, lanes);
      output += nextTo;
      store_output(output, low2, high2, floor, ceiling, lanes);
    }
  }
}

/** Channels that are done together for all rows: with windows of many rows, those whose inputs stay in the cache from row to row. */
// @ts-ignore: decorator
@inline
function channels_together(r: i32, width: i32, c: i32): i32 {
  return r > 3 ? max(32, (6144 / (r * width)) & ~15) : c;
}

/**
 * y[p, q, c] = min(max(sum over r, s of x[p strideH + r dilationH - padTop, q strideW + s dilationW - padLeft, c] w[r, s, c] + bias,
 * lower), upper), where x is zero outside of the image
 *
 * Axis: sample. Overwrites y. Cost: 2 p q r s c FLOP per sample.
 *
 * @param x [n, h, width, c]
 * @param w [r, s, 1, c]
 * @param bias 0 for none, else [c] with `biasStride` 0, or [p, q, c] with `biasStride` c
 * @param y [n, p, q, c]
 * @param lower 0 for a ReLU, -Infinity for none
 * @param upper Infinity for none
 */
export function depthwise_forward(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, biasStride: i32, y: i32,
  h: i32, width: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, padTop: i32, padLeft: i32, lower: f32, upper: f32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>width * pixel;
  const nextBias = <usize>biasStride << 2;
  const block = channels_together(r, width, c);
  for (let n = begin; n < end; n++) {
    for (let channel = 0; channel < c; channel += block) {
      const shift = <usize>channel << 2;
      const images = address(x) + <usize>(n * h) * row + shift, outputs = address(y) + <usize>(n * p * q) * pixel + shift;
      const biases = address(bias) + shift;
      for (let i = 0; i < p; i++) {
        const top = i * strideH - padTop;
        const tap = max(0, (dilationH - 1 - top) / dilationH);
        const rows = min(r, (h - top + dilationH - 1) / dilationH) - tap;
        sum_row(
          images + <usize>(top + tap * dilationH) * row, -<usize>padLeft * pixel, row, <usize>strideW * pixel,
          <usize>dilationH * row, <usize>dilationW * pixel, address(w) + <usize>(tap * s) * pixel + shift,
          <usize>s * pixel, pixel, rows, s, outputs + <usize>(i * q) * pixel, pixel, bias != 0,
          biases + <usize>(i * q) * nextBias, nextBias, lower, upper, q, min(block, c - channel),
        );
      }
    }
  }
}

/** The least number of dilated taps that are a whole number of strides; all of the taps where there is none. */
// @ts-ignore: decorator
@inline
function taps_apart(taps: i32, stride: i32, dilation: i32): i32 {
  let apart = 1;
  while (apart < taps && (apart * dilation) % stride != 0) apart++;
  return apart;
}

/**
 * dx[i, j, c] = sum over r, s of dy[(i + padTop - r dilationH) / strideH, (j + padLeft - s dilationW) / strideW, c] w[r, s, c],
 * over the taps for which both divisions come out even and that lie in dy.
 *
 * Axis: sample. Overwrites dx. Cost: 2 p q r s c FLOP per sample.
 *
 * @param dy output gradient [n, p, q, c]
 * @param w [r, s, 1, c]
 * @param dx gradient of the input [n, height, width, c]
 */
export function depthwise_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, dx: i32, height: i32, width: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, padTop: i32, padLeft: i32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>q * pixel;
  // The taps that meet an input row or column repeat with the stride; from one to the next, dy moves back by whole
  // steps.
  const apartH = taps_apart(r, strideH, dilationH);
  const apartW = taps_apart(s, strideW, dilationW);
  const backH = max(1, (apartH * dilationH) / strideH);
  const backW = (apartW * dilationW) / strideW;
  const block = channels_together(r, q, c);
  for (let n = begin; n < end; n++) {
    for (let channel = 0; channel < c; channel += block) {
      const shift = <usize>channel << 2;
      const gradients = address(dy) + <usize>(n * p) * row + shift;
      const outputs = address(dx) + <usize>(n * height * width) * pixel + shift;
      for (let i = 0; i < height; i++) {
        let tapH = 0;
        let top = i + padTop;
        for (; tapH < r && (top >= p * strideH || top % strideH != 0); tapH++) top -= dilationH;
        // The number of taps that are left, and have rows of dy above.
        const rows = tapH < r && top >= 0 ? min((r - tapH + apartH - 1) / apartH, top / strideH / backH + 1) : 0;
        const line = gradients + <usize>(top / strideH) * row, factors = address(w) + <usize>(tapH * s) * pixel + shift;
        const to = outputs + <usize>(i * width) * pixel;
        const channels = min(block, c - channel);
        const done = strideW == 2 && dilationW == 1
          ? sum_pairs(
            line, row, pixel, -<usize>backH * row, factors, <usize>(apartH * s) * pixel, rows, s, to, width, padLeft, channels,
          )
          : 0;
        if (done == channels) continue;
        const rest = <usize>done << 2;
        for (let phase = 0; phase < min(strideW, width); phase++) {
          let tapW = 0;
          while (tapW < s && (phase + padLeft - tapW * dilationW) % strideW != 0) tapW++;
          // From right to left, as the taps lie.
          const last = (width - phase - 1) / strideW;
          const left = (phase + padLeft - tapW * dilationW) / strideW;
          sum_row(
            line + rest, <usize>(last + left) * pixel, row, -pixel, -<usize>backH * row, -<usize>backW * pixel,
            factors + <usize>tapW * pixel + rest, <usize>(apartH * s) * pixel, <usize>apartW * pixel, rows,
            tapW < s ? (s - tapW + apartW - 1) / apartW : 0, to + <usize>(last * strideW + phase) * pixel + rest,
            -<usize>strideW * pixel, false, 0, 0, -Infinity, Infinity, last + 1, channels - done,
          );
        }
      }
    }
  }
}
