// Weight gradients of depthwise convolutions. Lanes are channels; the last vectors of a pixel may read up to three floats past its
// channels, which do not count.

import { store_lanes } from "./lanes";
import { address, madd, zero } from "./simd";
import { LONG_SUM, SUM_PART } from "./sums";

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
    if (WIDE && (s == 3 || s == 5) && !long && q <= LONG_SUM) {
      for (; channel + 8 <= end; channel += 8) {
        const shift = <usize>channel << 2;
        for (let tapH = 0; tapH < r; tapH++) {
          const inputs = window + <usize>(tapH * dilationH) * row + shift;
          const to = address(dw) + <usize>(tapH * s) * pixel + shift;
          if (s == 3) add_three(inputs, outputs + shift, to, pixel, step, nextTap, down, nextImage, line % p, p, count, q);
          else add_five(inputs, outputs + shift, to, pixel, step, nextTap, down, nextImage, line % p, p, count, q);
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
function add_three(
  inputs: usize, across: usize, to: usize, pixel: usize, step: usize, nextTap: usize, down: usize, nextImage: usize,
  at: i32, p: i32, count: i32, q: i32,
): void {
  const to1 = to + pixel, to2 = to1 + pixel;
  let part0 = v128.load(to), part1 = v128.load(to1), part2 = v128.load(to2);
  let high0 = v128.load(to, 16), high1 = v128.load(to1, 16), high2 = v128.load(to2, 16);
  for (; count > 0; count--) {
    let from = inputs;
    let sum0 = zero(), sum1 = zero(), sum2 = zero();
    let rest0 = zero(), rest1 = zero(), rest2 = zero();
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

/** `add_three` for five taps. WIDE only. */
function add_five(
  inputs: usize, across: usize, to: usize, pixel: usize, step: usize, nextTap: usize, down: usize, nextImage: usize,
  at: i32, p: i32, count: i32, q: i32,
): void {
  const to1 = to + pixel, to2 = to1 + pixel, to3 = to2 + pixel, to4 = to3 + pixel;
  let part0 = v128.load(to), part1 = v128.load(to1), part2 = v128.load(to2), part3 = v128.load(to3), part4 = v128.load(to4);
  let high0 = v128.load(to, 16), high1 = v128.load(to1, 16), high2 = v128.load(to2, 16), high3 = v128.load(to3, 16), high4 = v128.load(to4, 16);
  for (; count > 0; count--) {
    let from = inputs;
    let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero(), sum4 = zero();
    let rest0 = zero(), rest1 = zero(), rest2 = zero(), rest3 = zero(), rest4 = zero();
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
      const at3 = at2 + nextTap;
      sum3 = madd(v128.load(at3), low, sum3);
      rest3 = madd(v128.load(at3, 16), high, rest3);
      const at4 = at3 + nextTap;
      sum4 = madd(v128.load(at4), low, sum4);
      rest4 = madd(v128.load(at4, 16), high, rest4);
      from += step;
      across += pixel;
    }
    part0 = f32x4.add(part0, sum0); high0 = f32x4.add(high0, rest0);
    part1 = f32x4.add(part1, sum1); high1 = f32x4.add(high1, rest1);
    part2 = f32x4.add(part2, sum2); high2 = f32x4.add(high2, rest2);
    part3 = f32x4.add(part3, sum3); high3 = f32x4.add(high3, rest3);
    part4 = f32x4.add(part4, sum4); high4 = f32x4.add(high4, rest4);
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
  v128.store(to3, part3);
  v128.store(to3, high3, 16);
  v128.store(to4, part4);
  v128.store(to4, high4, 16);
}

/** Pixels of dy that are done together at least in WIDE, where rows are short: those of eight channels stay in the first-level cache. */
const PIXELS: i32 = 112;

/** Bytes of dy whose rows are done together for all channels, at least one row: they and their inputs stay in the cache. */
const LINE_BYTES: i32 = 18432;
