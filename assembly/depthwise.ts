// Depthwise convolution: one r x s filter per channel, [r, s, 1, c]. Vectors run over channels. Bound by memory, so the
// kernels keep a vector of sums per output and read each input once per tap.

import { address, madd, store_partial, zero } from "./simd";

/**
 * y[p, q, c] = max(sum over r, s of x[p strideH + r dilationH, q strideW + s dilationW, c] w[r, s, c] + bias, lower)
 *
 * Axis: sample. Overwrites y. Cost: 2 p q r s c FLOP per sample.
 *
 * @param x padded input [n, hp, wp, c]
 * @param w [r, s, 1, c]
 * @param bias 0 for none, else [c] with `biasStride` 0, or [p, q, c] with `biasStride` c
 * @param y [n, p, q, c]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function depthwise_forward(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, biasStride: i32, y: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, lower: f32,
): void {
  const floor = f32x4.splat(lower);
  const pixel = <usize>c << 2;
  const row = <usize>wp * pixel;
  let to = address(y) + <usize>(begin * p * q) * pixel;
  for (let n = begin; n < end; n++) {
    let biasOfPosition = address(bias);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < q; j++) {
        const window = address(x) + <usize>(n * hp + i * strideH) * row + <usize>(j * strideW) * pixel;
        for (let channel = 0; channel < c; channel += 4) {
          const shift = <usize>channel << 2;
          let sum = window_sum(window + shift, row * <usize>dilationH, pixel * <usize>dilationW, address(w) + shift, pixel, r, s);
          if (bias) sum = f32x4.add(sum, v128.load(biasOfPosition + shift));
          sum = f32x4.pmax(sum, floor);
          if (c - channel >= 4) v128.store(to + shift, sum);
          else store_partial(to + shift, sum, c - channel);
        }
        to += pixel;
        biasOfPosition += <usize>biasStride << 2;
      }
    }
  }
}

/** Sum over an r x s window of x times w for four channels; all strides in bytes. */
// @ts-ignore: decorator
@inline
function window_sum(x: usize, rowStride: usize, columnStride: usize, w: usize, pixel: usize, r: i32, s: i32): v128 {
  let sum = zero();
  for (let i = 0; i < r; i++) {
    let from = x;
    for (let j = 0; j < s; j++) {
      sum = madd(v128.load(from), v128.load(w), sum);
      from += columnStride;
      w += pixel;
    }
    x += rowStride;
  }
  return sum;
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
  let to = address(dx) + <usize>(begin * height * width) * pixel;
  for (let n = begin; n < end; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        for (let channel = 0; channel < c; channel += 4) {
          const shift = <usize>channel << 2;
          let sum = zero();
          for (let tapH = 0; tapH < r; tapH++) {
            const top = i + padTop - tapH * dilationH;
            if (top % strideH != 0 || top < 0 || top >= p * strideH) continue;
            const dyRow = address(dy) + <usize>((n * p + top / strideH) * wd) * pixel + shift;
            for (let tapW = 0; tapW < s; tapW++) {
              const left = j + padLeft - tapW * dilationW;
              if (left % strideW != 0) continue;
              const from = dyRow + <usize>(left / strideW + haloLeft) * pixel;
              sum = madd(v128.load(from), v128.load(address(w) + <usize>(tapH * s + tapW) * pixel + shift), sum);
            }
          }
          if (c - channel >= 4) v128.store(to + shift, sum);
          else store_partial(to + shift, sum, c - channel);
        }
        to += pixel;
      }
    }
  }
}

/**
 * dw[r, s, c] = sum over n, p, q of x[p strideH + r dilationH, q strideW + s dilationW, c] dy[p, q, c]
 *
 * Axis: channel. Overwrites dw in its channels. Cost: 2 n p q r s FLOP per channel.
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
  for (let tapH = 0; tapH < r; tapH++) {
    for (let tapW = 0; tapW < s; tapW++) {
      for (let channel = begin; channel < end; channel += 4) {
        const shift = <usize>channel << 2;
        let sum = zero();
        let dyNext = address(dy) + shift;
        for (let sample = 0; sample < n; sample++) {
          // One partial sum per sample keeps the error of long sums small.
          let partial = zero();
          for (let i = 0; i < p; i++) {
            let from = address(x) + <usize>(sample * hp + i * strideH + tapH * dilationH) * row;
            from += <usize>(tapW * dilationW) * pixel + shift;
            for (let j = 0; j < q; j++) {
              partial = madd(v128.load(from), v128.load(dyNext), partial);
              from += <usize>strideW * pixel;
              dyNext += pixel;
            }
          }
          sum = f32x4.add(sum, partial);
        }
        const to = address(dw) + <usize>(tapH * s + tapW) * pixel + shift;
        if (end - channel >= 4) v128.store(to, sum);
        else store_partial(to, sum, end - channel);
      }
    }
  }
}
