// Convolutions of 3 x 3 filters with stride 1 by Winograd's minimal filtering, F(4x4, 3x3) (Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2016): 36 multiplications where the formula has 144.
//
// Dims: batch n; input height width c; output p q k. The input is not padded: the kernels take what lies outside as zero.
// Tiles of 4 x 4 outputs are numbered through the whole batch and taken in blocks, transformed to [36][tiles][channels],
// multiplied by the transformed filters in 36 matrix products, and transformed back (winograd-transform.ts). All strides are
// in bytes.

import { WINOGRAD_BLOCK as BLOCK, WINOGRAD_GAP, WINOGRAD_TILES as TILES } from "../src/engine/kernel-sizes";
import { address, madd, zero } from "./simd";
import { SPAN } from "./span";
import { LONG_SUM } from "./sums";
import { transform_taps } from "./winograd-filter";
import { clear, transform_back, transform_gradient, transform_input, transform_output } from "./winograd-transform";

/** Bytes by which the 36 matrices lie further apart than their size. */
const GAP: usize = WINOGRAD_GAP << 2;

/** Bytes from one of the 36 products of a block and a panel to the next. */
const M_STEP: usize = <usize>BLOCK * 32 + GAP;

/**
 * y[i, j, k] = max(sum over r, s, c of x[i + r - padTop, j + s - padLeft, c] w[r, s, c, k] + bias, lower)
 *
 * Axis: sample. Overwrites y. Cost: 72 c k FLOP for each tile of 4 x 4 pixels, and about 10 for each number of its 6 x 6 x c
 * inputs and 6 x 6 x k sums. An infinite or NaN input makes the whole tile NaN.
 *
 * Error, relative to the root mean square of y, for normal x and w (conv2d_forward's in brackets): root mean square
 * 6.7e-7 (3.0e-7) and largest 4.2e-6 (2.2e-6) for 32 channels, 1.1e-6 (5.9e-7) and 1.0e-5 (6.1e-6) for 128.
 *
 * @param x input [n, height, width, c]
 * @param w filters; read by the plain-JavaScript twin only
 * @param panels filters as `winograd_filters` makes them of `pack_forward`'s panels
 * @param bias 0 for none, else [k] with `biasStride` 0, or [p, q, k] with `biasStride` k
 * @param y [n, p, q, k]
 * @param lower 0 for a ReLU, -Infinity for none
 * @param scratch memory of a thread's own: 42 c' + 36 (36 c' + 16) + 72 (288 + 16) floats, c' = c rounded up to 8
 */
export function winograd_forward(
  begin: i32, end: i32, x: i32, w: i32, panels: i32, bias: i32, biasStride: i32, y: i32,
  height: i32, width: i32, c: i32, p: i32, q: i32, k: i32, padTop: i32, padLeft: i32, lower: f32, scratch: i32,
): void {
  const part = address(scratch);
  const across = (q + 3) / 4, perSample = (p + 3) / 4 * across;
  const pixel = <usize>c << 2, yPixel = <usize>k << 2;
  const vRow = row_of(c), vStep = <usize>BLOCK * vRow + GAP;
  const zeros = part + 36 * vRow, v = zeros + 6 * vRow, m = v + 36 * vStep;
  clear(zeros, 6 * vRow);
  const last = end * perSample;
  for (let first = begin * perSample; first < last; first += BLOCK) {
    const tiles = min(BLOCK, last - first);
    const firstI = first % perSample / across * 4, firstJ = first % perSample % across * 4;
    let i = firstI, j = firstJ;
    let sample = <usize>(first / perSample);
    const firstImage = address(y) + sample * <usize>(p * q) * yPixel;
    for (let tile = 0; tile < tiles; tile++) {
      transform_input(
        address(x) + sample * <usize>(height * width) * pixel, height, width, pixel, i - padTop, j - padLeft,
        part, zeros, v + <usize>tile * vRow, vStep, vRow,
      );
      if ((j += 4) >= q) {
        j = 0;
        if ((i += 4) >= p) {
          i = 0;
          sample++;
        }
      }
    }
    let u = address(panels);
    let both = false;
    for (let filter = 0; filter < k; filter += 8) {
      let sums = m;
      if (WIDE && both) {
        // The pass before has multiplied with this panel too.
        sums += 36 * M_STEP;
      } else {
        u = products(v, vRow, vStep, tiles, u, c, m, filter + 8 < k);
      }
      both = !both;
      i = firstI; j = firstJ;
      let image = firstImage + (<usize>filter << 2);
      for (let tile: usize = 0; tile < <usize>tiles; tile++) {
        const at = <usize>(i * q + j);
        transform_output(
          sums + (tile << 5), M_STEP, part, image + at * yPixel, <usize>q * yPixel, yPixel,
          min(4, p - i), min(4, q - j), k - filter,
          bias ? address(bias) + (at * <usize>biasStride << 2) + (<usize>filter << 2) : zeros,
          <usize>(q * biasStride) << 2, <usize>biasStride << 2, lower,
        );
        if ((j += 4) >= q) {
          j = 0;
          if ((i += 4) >= p) {
            i = 0;
            image += <usize>(p * q) * yPixel;
          }
        }
      }
    }
  }
}

/**
 * dx[i, j, c] = sum over r, s, k of dy[i + padTop - r, j + padLeft - s, k] w[r, s, c, k]
 *
 * The forward pass transposed, so that both have the same tiles: dx is the sum of B (U . A dy A^T) B^T, 6 x 6 pixels of it
 * for each 4 x 4 pixels of dy, which overlap.
 *
 * Axis: sample. Overwrites dx. Cost and error: as the forward pass with c and k exchanged. Sums of overlapping tiles are
 * added in their order within the sample.
 *
 * @param dy output gradient [n, p, q, k]
 * @param w filters; read by the plain-JavaScript twin only
 * @param panels filters as `winograd_filters` makes them of `pack_backward`'s panels
 * @param dx [n, height, width, c]
 * @param scratch as for the forward pass, with k in place of c
 */
export function winograd_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, panels: i32, dx: i32,
  height: i32, width: i32, c: i32, p: i32, q: i32, k: i32, padTop: i32, padLeft: i32, scratch: i32,
): void {
  const part = address(scratch);
  const across = (q + 3) / 4, perSample = (p + 3) / 4 * across;
  const pixel = <usize>k << 2, dxPixel = <usize>c << 2, dxSample = <usize>(height * width) * dxPixel;
  const zRow = row_of(k), zStep = <usize>BLOCK * zRow + GAP;
  const zeros = part + 36 * zRow, z = zeros + 4 * zRow, m = z + 36 * zStep;
  clear(zeros, 4 * zRow);
  const last = end * perSample;
  for (let first = begin * perSample; first < last; first += BLOCK) {
    const tiles = min(BLOCK, last - first);
    const firstI = first % perSample / across * 4, firstJ = first % perSample % across * 4;
    let i = firstI, j = firstJ;
    let sample = <usize>(first / perSample);
    const firstImage = address(dx) + sample * dxSample;
    for (let tile: usize = 0; tile < <usize>tiles; tile++) {
      if ((i | j) == 0) {
        const to = address(dx) + sample * dxSample;
        for (let at: usize = 0; at < dxSample; at += 4) store<f32>(to + at, 0);
      }
      transform_gradient(
        address(dy) + ((sample * <usize>p + <usize>i) * <usize>q + <usize>j) * pixel, <usize>q * pixel, pixel,
        min(4, p - i), min(4, q - j), part, zeros, z + tile * zRow, zStep, zRow,
      );
      if ((j += 4) >= q) {
        j = 0;
        if ((i += 4) >= p) {
          i = 0;
          sample++;
        }
      }
    }
    let u = address(panels);
    let both = false;
    for (let channel = 0; channel < c; channel += 8) {
      let sums = m;
      if (WIDE && both) sums += 36 * M_STEP;
      else u = products(z, zRow, zStep, tiles, u, k, m, channel + 8 < c);
      both = !both;
      i = firstI; j = firstJ;
      let image = firstImage + (<usize>channel << 2);
      for (let tile: usize = 0; tile < <usize>tiles; tile++) {
        transform_back(
          sums + (tile << 5), M_STEP, part, image, height, width, dxPixel, i - padTop, j - padLeft, c - channel,
        );
        if ((j += 4) >= q) {
          j = 0;
          if ((i += 4) >= p) {
            i = 0;
            image += dxSample;
          }
        }
      }
    }
  }
}

/**
 * The 36 products of a block of tiles with one panel; returns the place of the next panel. In WIDE with two panels at once,
 * for 256-bit operations, the second one's products after the first one's; with the last one twice where it has no second.
 */
function products(
  v: usize, vRow: usize, vStep: usize, tiles: i32, u: usize, length: i32, m: usize, more: bool,
): usize {
  const panel = more ? <usize>length * 1152 : 0;
  for (let point = 0; point < 36; point++) {
    if (WIDE) product_16(v, vRow, tiles, u, u + panel, length, m, m + 36 * M_STEP);
    else product(v, vRow, tiles, u, length, m, 32);
    v += vStep;
    m += M_STEP;
    u += <usize>length << 5;
  }
  return WIDE ? u + panel : u;
}

/**
 * dw[r, s, c, k] = sum over n, i, j of x[i + r - padTop, j + s - padLeft, c] dy[i, j, k]: the sum over all tiles of
 * G^T (B^T x B . A dy A^T) G, of which G^T and G come last.
 *
 * Axis: weight, over groups of 4 input channels. Overwrites its channels. Cost: as the forward pass. Every slice transforms
 * all of dy.
 *
 * @param x input [n, height, width, c]
 * @param dy output gradient [n, p, q, k]
 * @param dw [3, 3, c, k]
 * @param scratch memory of a thread's own: 42 max(c', k') + 36 (32 c' + 32 k' + c' k' + 48) floats, c' and k' being c and
 *   k rounded up to 8
 */
export function winograd_backward_weights(
  begin: i32, end: i32, x: i32, dy: i32, dw: i32, n: i32,
  height: i32, width: i32, c: i32, p: i32, q: i32, k: i32, padTop: i32, padLeft: i32, scratch: i32,
): void {
  const part = address(scratch);
  const across = (q + 3) / 4, perSample = (p + 3) / 4 * across;
  const pixel = <usize>c << 2, dyPixel = <usize>k << 2;
  const vRow = <usize>(end - begin) << 4, vStep = <usize>TILES * vRow + GAP;
  const zRow = row_of(k), zStep = <usize>TILES * zRow + GAP;
  // Sums [36][panels of 8 filters][groups of 4 channels][4][8].
  const sumStep = vRow * zRow / 4 + GAP;
  const widest = max(row_of(c), zRow);
  const zeros = part + 36 * widest, zerosBytes = 6 * widest;
  const v = zeros + zerosBytes, z = v + 36 * vStep, sums = z + 36 * zStep;
  clear(zeros, zerosBytes);
  const last = n * perSample;
  for (let first = 0; first < last; first += TILES) {
    const tiles = min(TILES, last - first);
    const begins = first % LONG_SUM == 0;
    for (let tile = 0; tile < tiles; tile++) {
      const sample = (first + tile) / perSample, place = (first + tile) % perSample;
      const i = place / across * 4, j = place % across * 4;
      transform_input(
        address(x) + <usize>(sample * height * width) * pixel + (<usize>begin << 4), height, width, pixel,
        i - padTop, j - padLeft, part, zeros, v + <usize>tile * vRow, vStep, vRow,
      );
      transform_gradient(
        address(dy) + <usize>((sample * p + i) * q + j) * dyPixel, <usize>q * dyPixel, dyPixel,
        min(4, p - i), min(4, q - j), part, zeros, z + <usize>tile * zRow, zStep, zRow,
      );
    }
    for (let point: usize = 0; point < 36; point++) {
      let to = sums + point * sumStep;
      let filter: usize = 0;
      if (WIDE) {
        for (; filter + 32 < zRow; filter += 64) {
          for (let channel: usize = 0; channel < vRow; channel += 16) {
            outer_product_16(
              v + point * vStep + channel, vRow, z + point * zStep + filter, zRow, tiles, to, to + (vRow << 3), begins,
            );
            to += 128;
          }
          to += vRow << 3;
        }
      }
      for (; filter < zRow; filter += 32) {
        for (let channel: usize = 0; channel < vRow; channel += 16) {
          outer_product(v + point * vStep + channel, vRow, z + point * zStep + filter, zRow, tiles, to, begins);
          to += 128;
        }
      }
    }
    if (first % LONG_SUM < LONG_SUM - TILES && first + TILES < last) continue;
    for (let channel = 4 * begin; channel < min(c, 4 * end); channel++) {
      const row = sums + (<usize>(channel - 4 * begin) << 5);
      for (let filter = 0; filter < k; filter += <i32>(SPAN >> 2)) {
        transform_taps(
          row + <usize>(filter >> 3) * vRow * 8 + (<usize>(filter & 7) << 2), sumStep, part,
          address(dw) + (<usize>(channel * k + filter) << 2), <usize>(c * k) << 2, k - filter, first >= LONG_SUM,
        );
      }
    }
  }
}

/** Bytes of a row of `columns` floats, rounded up to whole spans and panels. */
// @ts-ignore: decorator
@inline
function row_of(columns: i32): usize {
  return <usize>((columns + 7) / 8) << 5;
}

/** m[row, :] = sum over i < length of a[row, i] * b[i, :] for one panel of eight columns, four rows at a time. */
function product(a: usize, aRow: usize, rows: i32, b: usize, length: i32, m: usize, mRow: usize): void {
  for (; rows > 0; rows -= 4) {
    let p0 = a, p1 = a + aRow, p2 = a + 2 * aRow, p3 = a + 3 * aRow, panel = b;
    let s00 = zero(), s01 = zero(), s10 = zero(), s11 = zero();
    let s20 = zero(), s21 = zero(), s30 = zero(), s31 = zero();
    for (let i = length; i > 0; i--) {
      const low = v128.load(panel), high = v128.load(panel, 16);
      let x = v128.load32_splat(p0); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
      x = v128.load32_splat(p1); s10 = madd(x, low, s10); s11 = madd(x, high, s11);
      x = v128.load32_splat(p2); s20 = madd(x, low, s20); s21 = madd(x, high, s21);
      x = v128.load32_splat(p3); s30 = madd(x, low, s30); s31 = madd(x, high, s31);
      p0 += 4; p1 += 4; p2 += 4; p3 += 4; panel += 32;
    }
    v128.store(m, s00); v128.store(m, s01, 16);
    v128.store(m + mRow, s10); v128.store(m + mRow, s11, 16);
    v128.store(m + 2 * mRow, s20); v128.store(m + 2 * mRow, s21, 16);
    v128.store(m + 3 * mRow, s30); v128.store(m + 3 * mRow, s31, 16);
    a += 4 * aRow;
    m += 4 * mRow;
  }
}

/** Two panels of `product` at once: 6 x 16 sums, twelve registers of 256 bits. */
function product_16(a: usize, aRow: usize, rows: i32, b: usize, c: usize, length: i32, m: usize, n: usize): void {
  for (; rows > 0; rows -= 6) {
    let p0 = a, p1 = a + aRow, p2 = a + 2 * aRow, p3 = a + 3 * aRow, p4 = a + 4 * aRow, p5 = a + 5 * aRow, first = b, second = c;
    let s00 = zero(), s01 = zero(), s02 = zero(), s03 = zero();
    let s10 = zero(), s11 = zero(), s12 = zero(), s13 = zero();
    let s20 = zero(), s21 = zero(), s22 = zero(), s23 = zero();
    let s30 = zero(), s31 = zero(), s32 = zero(), s33 = zero();
    let s40 = zero(), s41 = zero(), s42 = zero(), s43 = zero();
    let s50 = zero(), s51 = zero(), s52 = zero(), s53 = zero();
    for (let i = length; i > 0; i--) {
      const b0 = v128.load(first), b1 = v128.load(first, 16), b2 = v128.load(second), b3 = v128.load(second, 16);
      let x = v128.load32_splat(p0); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02); s03 = madd(x, b3, s03);
      x = v128.load32_splat(p1); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12); s13 = madd(x, b3, s13);
      x = v128.load32_splat(p2); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22); s23 = madd(x, b3, s23);
      x = v128.load32_splat(p3); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32); s33 = madd(x, b3, s33);
      x = v128.load32_splat(p4); s40 = madd(x, b0, s40); s41 = madd(x, b1, s41); s42 = madd(x, b2, s42); s43 = madd(x, b3, s43);
      x = v128.load32_splat(p5); s50 = madd(x, b0, s50); s51 = madd(x, b1, s51); s52 = madd(x, b2, s52); s53 = madd(x, b3, s53);
      p0 += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4; p5 += 4; first += 32; second += 32;
    }
    v128.store(m, s00); v128.store(m, s01, 16); v128.store(n, s02); v128.store(n, s03, 16);
    v128.store(m, s10, 32); v128.store(m, s11, 48); v128.store(n, s12, 32); v128.store(n, s13, 48);
    v128.store(m, s20, 64); v128.store(m, s21, 80); v128.store(n, s22, 64); v128.store(n, s23, 80);
    v128.store(m, s30, 96); v128.store(m, s31, 112); v128.store(n, s32, 96); v128.store(n, s33, 112);
    v128.store(m, s40, 128); v128.store(m, s41, 144); v128.store(n, s42, 128); v128.store(n, s43, 144);
    v128.store(m, s50, 160); v128.store(m, s51, 176); v128.store(n, s52, 160); v128.store(n, s53, 176);
    a += 6 * aRow;
    m += 192;
    n += 192;
  }
}

/** sums[i, :] (+)= sum over rows of a[row, i] * b[row, :] for four i and eight columns. */
function outer_product(a: usize, aRow: usize, b: usize, bRow: usize, rows: i32, sums: usize, first: bool): void {
  let s00 = zero(), s01 = zero(), s10 = zero(), s11 = zero();
  let s20 = zero(), s21 = zero(), s30 = zero(), s31 = zero();
  for (; rows > 0; rows--) {
    const low = v128.load(b), high = v128.load(b, 16);
    let x = v128.load32_splat(a); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
    x = v128.load32_splat(a, 4); s10 = madd(x, low, s10); s11 = madd(x, high, s11);
    x = v128.load32_splat(a, 8); s20 = madd(x, low, s20); s21 = madd(x, high, s21);
    x = v128.load32_splat(a, 12); s30 = madd(x, low, s30); s31 = madd(x, high, s31);
    a += aRow;
    b += bRow;
  }
  add_sums(sums, s00, s01, s10, s11, s20, s21, s30, s31, first);
}

/** Two panels of `outer_product` at once: 4 x 16 sums, eight registers of 256 bits. */
function outer_product_16(
  a: usize, aRow: usize, b: usize, bRow: usize, rows: i32, sums: usize, next: usize, first: bool,
): void {
  let s00 = zero(), s01 = zero(), s02 = zero(), s03 = zero();
  let s10 = zero(), s11 = zero(), s12 = zero(), s13 = zero();
  let s20 = zero(), s21 = zero(), s22 = zero(), s23 = zero();
  let s30 = zero(), s31 = zero(), s32 = zero(), s33 = zero();
  for (; rows > 0; rows--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02); s03 = madd(x, b3, s03);
    x = v128.load32_splat(a, 4); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12); s13 = madd(x, b3, s13);
    x = v128.load32_splat(a, 8); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22); s23 = madd(x, b3, s23);
    x = v128.load32_splat(a, 12); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32); s33 = madd(x, b3, s33);
    a += aRow;
    b += bRow;
  }
  add_sums(sums, s00, s01, s10, s11, s20, s21, s30, s31, first);
  add_sums(next, s02, s03, s12, s13, s22, s23, s32, s33, first);
}

/** Stores, or from the second block on adds, four rows of eight sums. */
// @ts-ignore: decorator
@inline
function add_sums(
  to: usize, s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128, first: bool,
): void {
  if (!first) {
    s00 = f32x4.add(v128.load(to), s00); s01 = f32x4.add(v128.load(to, 16), s01);
    s10 = f32x4.add(v128.load(to, 32), s10); s11 = f32x4.add(v128.load(to, 48), s11);
    s20 = f32x4.add(v128.load(to, 64), s20); s21 = f32x4.add(v128.load(to, 80), s21);
    s30 = f32x4.add(v128.load(to, 96), s30); s31 = f32x4.add(v128.load(to, 112), s31);
  }
  v128.store(to, s00); v128.store(to, s01, 16);
  v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(to, s20, 64); v128.store(to, s21, 80);
  v128.store(to, s30, 96); v128.store(to, s31, 112);
}
