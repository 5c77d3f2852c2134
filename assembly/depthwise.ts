// Depthwise convolution: one r x s filter per channel, [r, s, 1, c]. Lanes are channels; the last vectors of a pixel may
// read up to seven floats past its channels, which do not count.

import { sum_row_3x3 } from "./depthwise-3x3";
import { store_lanes, store_lanes_inline } from "./lanes";
import { address, madd, zero } from "./simd";
import { LONG_SUM, SUM_PART } from "./sums";

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
 * Always three outputs and eight channels at a time, so that weights and addresses are shared. In a row of one or two
 * the three are the same one; past the last channel up to seven floats are read that no output takes.
 */
function sum_row(
  from: usize, pixelStep: usize, rowStep: usize, columnStep: usize, weight: usize, weightRowStep: usize,
  weightColumnStep: usize, rows: i32, columns: i32, to: usize, toStep: usize, biased: bool, bias: usize, biasStep: usize,
  lower: f32, upper: f32, count: i32, c: i32,
): void {
  let first = 0;
  if (rows == 3 && columns == 3) {
    // From right to left where the taps lie that way.
    const back = pixelStep == -columnStep;
    const start = back ? <usize>(count - 1) : 0, sign: usize = back ? -1 : 1;
    first = sum_row_3x3(
      from + start * pixelStep, sign * pixelStep, rowStep, columnStep, weight, weightRowStep, weightColumnStep,
      to + start * toStep, sign * toStep, biased, bias + start * biasStep, sign * biasStep, lower, upper, count, c,
    );
  }
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
    for (let channel = first; channel < c; channel += 8) {
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
      let row = from + column * pixelStep + shift;
      let factors = weight + shift;
      for (let tapH = rows; tapH > 0; tapH--) {
        let at0 = row;
        let factorAt = factors;
        for (let tapW = columns; tapW > 0; tapW--) {
          const low = v128.load(factorAt);
          const high = v128.load(factorAt, 16);
          const at1 = at0 + next;
          const at2 = at1 + next;
          low0 = madd(v128.load(at0), low, low0);
          high0 = madd(v128.load(at0, 16), high, high0);
          low1 = madd(v128.load(at1), low, low1);
          high1 = madd(v128.load(at1, 16), high, high1);
          low2 = madd(v128.load(at2), low, low2);
          high2 = madd(v128.load(at2, 16), high, high2);
          at0 += columnStep;
          factorAt += weightColumnStep;
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

/**
 * y[p, q, c] = min(max(sum over r, s of x[p strideH + r dilationH, q strideW + s dilationW, c] w[r, s, c] + bias, lower), upper)
 *
 * Axis: sample. Overwrites y. Cost: 2 p q r s c FLOP per sample.
 *
 * @param x padded input [n, hp, wp, c]
 * @param w [r, s, 1, c]
 * @param bias 0 for none, else [c] with `biasStride` 0, or [p, q, c] with `biasStride` c
 * @param y [n, p, q, c]
 * @param lower 0 for a ReLU, -Infinity for none
 * @param upper Infinity for none
 */
export function depthwise_forward(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, biasStride: i32, y: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, lower: f32, upper: f32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>wp * pixel;
  const nextBias = <usize>biasStride << 2;
  for (let n = begin; n < end; n++) {
    for (let i = 0; i < p; i++) {
      sum_row(
        address(x) + <usize>(n * hp + i * strideH) * row, <usize>strideW * pixel, <usize>dilationH * row,
        <usize>dilationW * pixel, address(w), <usize>s * pixel, pixel, r, s,
        address(y) + <usize>((n * p + i) * q) * pixel, pixel, bias != 0, address(bias) + <usize>(i * q) * nextBias, nextBias,
        lower, upper, q, c,
      );
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
 * over the taps for which both divisions come out even and the row is one of dy's.
 *
 * Axis: sample. Overwrites dx. Cost: 2 p q r s c FLOP per sample.
 *
 * @param dy output gradient with columns of zeros at its sides [n, p, wd, c]; output column 0 lies at haloLeft
 * @param w [r, s, 1, c]
 * @param dx gradient of the unpadded input [n, height, width, c]
 */
export function depthwise_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, dx: i32, height: i32, width: i32, c: i32, p: i32, wd: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, padTop: i32, padLeft: i32, haloLeft: i32,
): void {
  const pixel = <usize>c << 2;
  // The taps that meet an input row or column repeat with the stride; from one to the next, dy moves back by whole
  // steps.
  const apartH = taps_apart(r, strideH, dilationH);
  const apartW = taps_apart(s, strideW, dilationW);
  const backH = max(1, (apartH * dilationH) / strideH);
  const backW = (apartW * dilationW) / strideW;
  for (let n = begin; n < end; n++) {
    for (let i = 0; i < height; i++) {
      let tapH = 0;
      let top = i + padTop;
      for (; tapH < r && (top >= p * strideH || top % strideH != 0); tapH++) top -= dilationH;
      // The number of taps that are left, and have rows of dy above.
      const rows = tapH < r && top >= 0 ? min((r - tapH + apartH - 1) / apartH, top / strideH / backH + 1) : 0;
      for (let phase = 0; phase < min(strideW, width); phase++) {
        let tapW = 0;
        while (tapW < s && (phase + padLeft - tapW * dilationW) % strideW != 0) tapW++;
        const left = (phase + padLeft - tapW * dilationW) / strideW;
        sum_row(
          address(dy) + <usize>((n * p + top / strideH) * wd + left + haloLeft) * pixel, pixel,
          <usize>(-backH * wd) * pixel, <usize>(-backW) * pixel,
          address(w) + <usize>(tapH * s + tapW) * pixel, <usize>(apartH * s) * pixel, <usize>apartW * pixel,
          rows, tapW < s ? (s - tapW + apartW - 1) / apartW : 0,
          address(dx) + <usize>((n * height + i) * width + phase) * pixel, <usize>strideW * pixel, false, 0, 0,
          -Infinity, Infinity, (width - phase + strideW - 1) / strideW, c,
        );
      }
    }
  }
}

/**
 * dw[r, s, c] = sum over n, p, q of x[p strideH + r dilationH, q strideW + s dilationW, c] dy[p, q, c]
 *
 * Axis: weight, the channels. Overwrites dw in its channels. Cost: 2 n p q r s FLOP per channel.
 *
 * @param x padded input [n, hp, wp, c]
 * @param dy output gradient [n, p, q, c]
 * @param dw [r, s, 1, c]
 */
export function depthwise_backward_weights(
  begin: i32, end: i32, x: i32, dy: i32, dw: i32, n: i32, hp: i32, wp: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>wp * pixel;
  const step = <usize>strideW * pixel;
  const nextTap = <usize>dilationW * pixel;
  for (let tap = 0; tap < r * s; tap++) {
    memory.fill(address(dw + tap * c + begin), 0, <usize>(end - begin) << 2);
  }
  // Each row of outputs is summed by itself, for three taps at once, which keeps the error of long sums small. Of very many
  // rows, those that are done together are added up before they are added to dw.
  const lines = n * p;
  const long = lines > LONG_SUM;
  const part = q > LONG_SUM ? SUM_PART : q;
  const least = WIDE && !long ? PIXELS / q : 0;
  const together = max(max(long ? 4 : 1, least), LINE_BYTES / (q * (c << 2)));
  const down = <usize>strideH * row, nextImage = <usize>(hp - p * strideH) * row;
  for (let line = 0; line < lines; line += together) {
    const count = min(together, lines - line);
    const outputs = address(dy) + <usize>(line * q) * pixel;
    const window = address(x) + <usize>((line / p) * hp + (line % p) * strideH) * row;
    let channel = begin;
    if (WIDE && s == 3 && !long && q <= LONG_SUM) {
      for (; channel + 8 <= end; channel += 8) {
        const shift = <usize>channel << 2;
        for (let tapH = 0; tapH < r; tapH++) {
          const inputs = window + <usize>(tapH * dilationH) * row + shift;
          const to = address(dw) + <usize>(tapH * 3) * pixel + shift;
          add_pairs(inputs, outputs + shift, to, pixel, step, nextTap, down, nextImage, line % p, p, count, q);
        }
      }
    }
    for (; channel < end; channel += 4) {
      const lanes = end - channel;
      const shift = <usize>channel << 2;
      for (let tapH = 0; tapH < r; tapH++) {
        for (let tapW = 0; tapW < s; ) {
          const three = s - tapW >= 3;
          let inputs = window + <usize>(tapH * dilationH) * row + <usize>tapW * nextTap + shift;
          let across = outputs + shift;
          const to = address(dw) + <usize>(tapH * s + tapW) * pixel + shift;
          // A single tap stands for all three.
          const next: usize = three ? pixel : 0;
          const before0 = v128.load(to), before1 = v128.load(to + next), before2 = v128.load(to + 2 * next);
          let part0 = zero(), part1 = zero(), part2 = zero();
          if (!long) {
            part0 = before0; part1 = before1; part2 = before2;
          }
          for (let i = 0, at = line % p; i < count; i++) {
            let from = inputs;
            for (let left = q; left > 0; ) {
              const rest = max(0, left - part);
              let sum0 = zero(), sum1 = zero(), sum2 = zero();
              for (; left > rest; left--) {
                const gradient = v128.load(across);
                sum0 = madd(v128.load(from), gradient, sum0);
                if (three) {
                  sum1 = madd(v128.load(from + nextTap), gradient, sum1);
                  sum2 = madd(v128.load(from + 2 * nextTap), gradient, sum2);
                }
                from += step;
                across += pixel;
              }
              part0 = f32x4.add(part0, sum0);
              part1 = f32x4.add(part1, sum1);
              part2 = f32x4.add(part2, sum2);
            }
            inputs += down;
            if (++at == p) {
              at = 0;
              inputs += nextImage;
            }
          }
          if (long) {
            part0 = f32x4.add(before0, part0); part1 = f32x4.add(before1, part1); part2 = f32x4.add(before2, part2);
          }
          store_lanes(to, part0, lanes);
          if (three) {
            store_lanes(to + pixel, part1, lanes);
            store_lanes(to + 2 * pixel, part2, lanes);
          }
          tapW += three ? 3 : 1;
        }
      }
    }
  }
}

/**
 * Adds the sums of `count` rows of outputs to the three taps of a row, for eight channels: those of the loop above, in its order. WIDE
 * only.
 *
 * @param inputs the window of the first output under the first tap; `down` from a row to the next, and `nextImage` behind the last one
 * @param at row in its image, of p
 */
function add_pairs(
  inputs: usize, across: usize, to: usize, pixel: usize, step: usize, nextTap: usize, down: usize, nextImage: usize,
  at: i32, p: i32, count: i32, q: i32,
): void {
  const to1 = to + pixel, to2 = to1 + pixel;
  let part0 = v128.load(to), part1 = v128.load(to1), part2 = v128.load(to2);
  let high0 = v128.load(to, 16), high1 = v128.load(to1, 16), high2 = v128.load(to2, 16);
  for (; count > 0; count--) {
    let from = inputs;
    let sum0 = zero(), sum1 = zero(), sum2 = zero(), rest0 = zero(), rest1 = zero(), rest2 = zero();
    for (let left = q; left > 0; left--) {
      const low = v128.load(across), high = v128.load(across, 16);
      sum0 = madd(v128.load(from), low, sum0);
      rest0 = madd(v128.load(from, 16), high, rest0);
      const at1 = from + nextTap;
      sum1 = madd(v128.load(at1), low, sum1);
      rest1 = madd(v128.load(at1, 16), high, rest1);
      const at2 = at1 + nextTap;
      sum2 = madd(v128.load(at2), low, sum2);
      rest2 = madd(v128.load(at2, 16), high, rest2);
      from += step;
      across += pixel;
    }
    part0 = f32x4.add(part0, sum0); high0 = f32x4.add(high0, rest0);
    part1 = f32x4.add(part1, sum1); high1 = f32x4.add(high1, rest1);
    part2 = f32x4.add(part2, sum2); high2 = f32x4.add(high2, rest2);
    inputs += down;
    if (++at == p) {
      at = 0;
      inputs += nextImage;
    }
  }
  v128.store(to, part0);
  v128.store(to, high0, 16);
  v128.store(to1, part1);
  v128.store(to1, high1, 16);
  v128.store(to2, part2);
  v128.store(to2, high2, 16);
}

/** Pixels of dy that are done together at least in WIDE, where rows are short: those of eight channels stay in the first-level cache. */
const PIXELS: i32 = 112;

/** Bytes of dy whose rows are done together for all channels, at least one row: they and their inputs stay in the cache. */
const LINE_BYTES: i32 = 18432;
