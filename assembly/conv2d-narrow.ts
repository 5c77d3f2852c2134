// Convolution of images with few channels, such as a network's first layer, alone or with 2 x 2 max pooling.
//
// The tile is two by two outputs of four or eight filters: with pooling one window, which never leaves the registers.
// Filters are read in place, without packing. Where a size is no multiple of the tile, the last tile moves back and
// computes a few outputs again, in the same order, so nothing is stored in part: p and q are at least 2, k at least 4.
//
// Dims: batch n; padded input hp wp c; convolution p q k; filter r s. Filters are [r, s, c, k].

import { maximum } from "./lanes";
import { address, madd } from "./simd";
import { LONG_SUM, SUM_PART } from "./sums";

/**
 * y[p, q, k] = max(sum over r, s, c of x[p strideH + r, q strideW + s, c] w[r, s, c, k] + bias[k], lower)
 *
 * Axis: sample. Overwrites y. Cost: 2 p q k r s c FLOP per sample.
 *
 * @param x padded input [n, hp, wp, c]
 * @param w filters [r, s, c, k]
 * @param bias [k], or 0 for none
 * @param y [n, p, q, k]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function conv2d_narrow_forward(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, y: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32, strideH: i32, strideW: i32, lower: f32,
): void {
  convolve(begin, end, x, w, bias, y, 0, hp, wp, c, p, q, k, r, s, strideH, strideW, lower, false);
}

/**
 * `conv2d_narrow_forward`, then the maximum of each 2 x 2 window of outputs, side by side; an odd last row or column is
 * left out.
 *
 * Axis: sample. Overwrites y and places. Cost: 8 ceil(p / 2) ceil(q / 2) k r s c FLOP per sample.
 *
 * @param y [n, p / 2, q / 2, k], rounded down
 * @param places of y's shape, or 0 for none: 2^23 + 4 times the distance in x from the first output's window to that of
 *   the first largest one, as `conv2d_narrow_pool_backward_weights` takes it
 */
export function conv2d_narrow_pool_forward(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, y: i32, places: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32, strideH: i32, strideW: i32, lower: f32,
): void {
  convolve(begin, end, x, w, bias, y, places, hp, wp, c, p & ~1, q & ~1, k, r, s, strideH, strideW, lower, true);
}

/** 2^23 as a float: the floats from there on have their distance from it in their low bits. */
const PLACE_BITS: i32 = 0x4b000000;

function convolve(
  begin: i32, end: i32, x: i32, w: i32, bias: i32, y: i32, places: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32, strideH: i32, strideW: i32, lower: f32,
  pooled: bool,
): void {
  const pixel = <usize>(strideW * c) << 2;
  const line = <usize>(wp * c) << 2;
  const row = <usize>strideH * line;
  const image = <usize>hp * line;
  const yPixel = <usize>k << 2;
  const yRow = <usize>q * yPixel;
  const length = s * c;
  const small = r == 3 && s == 3 && c == 1 && strideW == 1 && strideH == 1;
  const step = small ? 4 : 8;
  const floor = f32x4.splat(lower);
  const toPlaces = places ? address(places) - address(y) : 0;
  let to = address(y) + <usize>begin * <usize>(pooled ? p >> 1 : p) * (pooled ? yRow >> 1 : yRow);
  for (let sample = begin; sample < end; sample++) {
    const from = address(x) + <usize>sample * image;
    for (let i = 0; i < p; i += 2) {
      const top = min(i, p - 2);
      const tile = from + <usize>top * row;
      const rowTo = pooled ? to : to + <usize>(top - i) * yRow;
      for (let filter = 0; filter < k; filter += step) {
        const low = min(filter, k - 4);
        const shift = <usize>low << 2;
        const filters = address(w) + shift;
        const start = bias ? v128.load(address(bias) + shift) : f32x4.splat(0);
        if (!small) {
          const next = <usize>(min(filter + 4, k - 4) - low) << 2;
          const start1 = bias ? v128.load(address(bias) + shift + next) : f32x4.splat(0);
          row_pair(
            tile, pixel, row, line, r, length, filters, next, yPixel, start, start1,
            rowTo + shift, yRow, toPlaces, q, floor, pooled,
          );
        } else if (pooled) {
          pooled_row_3x3(tile, line, filters, yPixel, start, rowTo + shift, toPlaces, q, floor);
        } else {
          row_3x3(tile, line, filters, yPixel, start, rowTo + shift, q, floor);
          row_3x3(tile + line, line, filters, yPixel, start, rowTo + yRow + shift, q, floor);
        }
      }
      to += pooled ? yRow >> 1 : yRow << 1;
    }
    // An odd last row was stored where the pair before it ends.
    if (p & 1) to -= yRow;
  }
}

/**
 * A row of outputs of four 3 x 3 filters over one channel: the weights rest in nine registers. Each pixel of the three
 * lines is loaded once and goes to the three outputs that it is part of, `ahead` and `next` being under way.
 */
function row_3x3(
  x: usize, line: usize, w: usize, yPixel: usize, start: v128, y: usize, q: i32, floor: v128,
): void {
  const w00 = v128.load(w), w01 = v128.load(w + yPixel), w02 = v128.load(w + 2 * yPixel);
  w += 3 * yPixel;
  const w10 = v128.load(w), w11 = v128.load(w + yPixel), w12 = v128.load(w + 2 * yPixel);
  w += 3 * yPixel;
  const w20 = v128.load(w), w21 = v128.load(w + yPixel), w22 = v128.load(w + 2 * yPixel);
  const line2 = line << 1;
  let x0 = v128.load32_splat(x), x1 = v128.load32_splat(x + line), x2 = v128.load32_splat(x + line2);
  let ahead = madd(x2, w20, madd(x1, w10, madd(x0, w00, start)));
  x0 = v128.load32_splat(x, 4); x1 = v128.load32_splat(x + line, 4); x2 = v128.load32_splat(x + line2, 4);
  let next = madd(x2, w21, madd(x1, w11, madd(x0, w01, ahead)));
  ahead = madd(x2, w20, madd(x1, w10, madd(x0, w00, start)));
  for (let j = q; j > 0; j--) {
    x0 = v128.load32_splat(x, 8); x1 = v128.load32_splat(x + line, 8); x2 = v128.load32_splat(x + line2, 8);
    v128.store(y, f32x4.pmax(madd(x2, w22, madd(x1, w12, madd(x0, w02, next))), floor));
    next = madd(x2, w21, madd(x1, w11, madd(x0, w01, ahead)));
    ahead = madd(x2, w20, madd(x1, w10, madd(x0, w00, start)));
    x += 4;
    y += yPixel;
  }
}

/** A row of maxima of four 3 x 3 filters over one channel. The loop over lines keeps its eleven loads in registers. */
function pooled_row_3x3(
  x: usize, line: usize, w: usize, yPixel: usize, start: v128, y: usize, toPlaces: usize, q: i32, floor: v128,
): void {
  const right = i32x4.splat(4), down = i32x4.splat(<i32>line);
  for (let j = q; j > 0; j -= 2) {
    let s00 = start, s01 = start, s10 = start, s11 = start;
    let at = x, b = w;
    for (let i = 3; i > 0; i--) {
      const w0 = v128.load(b), w1 = v128.load(b + yPixel), w2 = v128.load(b + 2 * yPixel);
      const x0 = v128.load32_splat(at), x1 = v128.load32_splat(at, 4);
      const x2 = v128.load32_splat(at, 8), x3 = v128.load32_splat(at, 12);
      at += line;
      const y0 = v128.load32_splat(at), y1 = v128.load32_splat(at, 4);
      const y2 = v128.load32_splat(at, 8), y3 = v128.load32_splat(at, 12);
      s00 = madd(x2, w2, madd(x1, w1, madd(x0, w0, s00)));
      s01 = madd(x3, w2, madd(x2, w1, madd(x1, w0, s01)));
      s10 = madd(y2, w2, madd(y1, w1, madd(y0, w0, s10)));
      s11 = madd(y3, w2, madd(y2, w1, madd(y1, w0, s11)));
      b += 3 * yPixel;
    }
    store_maximum(s00, s01, s10, s11, floor, y, toPlaces, right, down);
    x += 8;
    y += yPixel;
  }
}

/** Two rows of outputs of eight filters, the second four `next` bytes after the first. */
function row_pair(
  x: usize, pixel: usize, row: usize, line: usize, r: i32, length: i32, w: usize, next: usize, yPixel: usize,
  start0: v128, start1: v128, y: usize, yRow: usize, toPlaces: usize, q: i32, floor: v128, pooled: bool,
): void {
  const right = i32x4.splat(<i32>pixel), down = i32x4.splat(<i32>row);
  const lineEnd = line - (<usize>length << 2);
  for (let j = 0; j < q; j += 2) {
    if (j == q - 1) {
      x -= pixel;
      y -= yPixel;
    }
    let s00 = start0, s01 = start0, s10 = start0, s11 = start0;
    let t00 = start1, t01 = start1, t10 = start1, t11 = start1;
    let at = x, b = w;
    for (let i = r; i > 0; i--) {
      for (let l = length; l > 0; l--) {
        const low = v128.load(b), high = v128.load(b + next);
        let v = v128.load32_splat(at); s00 = madd(v, low, s00); t00 = madd(v, high, t00);
        v = v128.load32_splat(at + pixel); s01 = madd(v, low, s01); t01 = madd(v, high, t01);
        v = v128.load32_splat(at + row); s10 = madd(v, low, s10); t10 = madd(v, high, t10);
        v = v128.load32_splat(at + row + pixel); s11 = madd(v, low, s11); t11 = madd(v, high, t11);
        b += yPixel;
        at += 4;
      }
      at += lineEnd;
    }
    if (pooled) {
      store_maximum(s00, s01, s10, s11, floor, y, toPlaces, right, down);
      store_maximum(t00, t01, t10, t11, floor, y + next, toPlaces, right, down);
      y += yPixel;
    } else {
      store_pair(s00, t00, floor, y, next);
      store_pair(s01, t01, floor, y + yPixel, next);
      store_pair(s10, t10, floor, y + yRow, next);
      store_pair(s11, t11, floor, y + yRow + yPixel, next);
      y += yPixel << 1;
    }
    x += pixel << 1;
  }
}

// @ts-ignore: decorator
@inline
function store_pair(low: v128, high: v128, floor: v128, y: usize, next: usize): void {
  // pmax(a, b) = a < b ? b : a, so NaN stays NaN.
  v128.store(y, f32x4.pmax(low, floor));
  v128.store(y + next, f32x4.pmax(high, floor));
}

/** Stores the largest of four outputs, and its place. */
// @ts-ignore: decorator
@inline
function store_maximum(
  s00: v128, s01: v128, s10: v128, s11: v128, floor: v128, y: usize, toPlaces: usize, right: v128, down: v128,
): void {
  const upper = maximum(s00, s01);
  const under = maximum(s10, s11);
  v128.store(y, f32x4.pmax(maximum(upper, under), floor));
  if (toPlaces) {
    const first = v128.and(f32x4.gt(s01, s00), right);
    const second = i32x4.add(v128.and(f32x4.gt(s11, s10), right), down);
    const place = v128.bitselect(second, first, f32x4.gt(under, upper));
    v128.store(y + toPlaces, i32x4.add(place, i32x4.splat(PLACE_BITS)));
  }
}

/**
 * dw[r, s, c, k] = sum over n and windows of x[the window of the largest output, r, s, c] dy[window, k]: the gradient
 * of `conv2d_narrow_pool_forward`, in which three quarters of the outputs have no gradient and are passed over.
 *
 * Axis: weight, over the k filters, columns of dw. Overwrites them. Cost: p q r s c / 2 FLOP per sample and filter.
 *
 * @param x padded input [n, hp, wp, c]
 * @param places [n, p / 2, q / 2, k] of the forward pass
 * @param dy gradient of the maxima before the lower bound [n, p / 2, q / 2, k]
 * @param dw [r, s, c, k]
 */
export function conv2d_narrow_pool_backward_weights(
  begin: i32, end: i32, x: i32, places: i32, dy: i32, dw: i32, n: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32, strideH: i32, strideW: i32,
): void {
  const pixel = <usize>k << 2;
  const line = <usize>(wp * c) << 2;
  const image = <usize>hp * line;
  const height = p >> 1, width = q >> 1;
  const step = <usize>(strideW * c) << 3;
  const rowEnd = (<usize>strideH << 1) * line - <usize>width * step;
  const imageEnd = image - <usize>height * ((<usize>strideH << 1) * line);
  const length = s * c;
  const block = max(1, <i32>(BLOCK_BYTES / (image + <usize>(height * width) * 2 * pixel)));
  const toPlaces = address(places) - address(dy);
  // Three vectors are read at once, but only seven floats past a line: where twelve would leave four or fewer, eight count.
  const chunk = length % 12 > 0 && length % 12 < 5 ? 8 : 12;
  // Places are 2^23 as a float plus bytes: 2^23 is taken off here.
  const origin = address(x) - <usize>PLACE_BITS;
  // Large images are done some rows of windows at a time, as long sums would lose digits.
  const band = block > 1 || height * width <= LONG_SUM ? height : max(1, SUM_PART / width);
  for (let first = 0; first < n; first += block) {
    const samples = min(block, n - first);
    for (let top = 0; top < height; top += band) {
      const rows = min(band, height - top);
      const begins = (first | top) == 0;
      const images = origin + <usize>first * image + <usize>(2 * top * strideH) * line;
      const gradients = address(dy) + <usize>((first * height + top) * width) * pixel;
      for (let filter = begin; filter < end; filter += 2) {
        const from = gradients + (<usize>filter << 2);
        const to = address(dw + filter);
        // The last of an odd number of filters is computed twice.
        const other: usize = filter + 1 < end ? 4 : 0;
        if (r == 5 && length <= 8) {
          for (let i: usize = 0; i <= other; i += 4) {
            gather_5x8(images, step, rowEnd, imageEnd, from + i, pixel, toPlaces, samples, rows, width, to + i, line, length, begins);
          }
        } else if (r == 3 && length <= 4) {
          gather_3x4(
            images, step, rowEnd, imageEnd, from, other, pixel, toPlaces, samples, rows, width, to, line, length, length, 0, begins,
          );
        } else {
          for (let tap = 0; tap < r * length; tap += length) {
            for (let l = 0; l < length; l += chunk) {
              gather_3x4(
                images + <usize>(tap / length) * line + (<usize>l << 2), step, rowEnd, imageEnd, from, other, pixel, toPlaces,
                samples, rows, width, to + <usize>(tap + l) * pixel, 16, 4, min(chunk, length - l), 4, begins,
              );
            }
          }
        }
      }
    }
  }
}

/** Bytes that a block of samples may take: half of a small L2 cache. */
const BLOCK_BYTES: usize = 131072;

/**
 * Three vectors of taps of two filters over a block of samples: three lines of up to four taps, or twelve of one line.
 *
 * @param apart bytes of x from one vector to the next
 * @param taps rows of dw from one vector to the next
 * @param length valid taps of the first vector, if those are four or fewer; `fewer` less of each one after it
 */
function gather_3x4(
  x: usize, step: usize, rowEnd: usize, imageEnd: usize, dy: usize, other: usize, pixel: usize, toPlaces: usize,
  n: i32, height: i32, width: i32, dw: usize, apart: usize, taps: i32, length: i32, fewer: i32, first: bool,
): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0);
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0);
  const apart2 = apart << 1;
  for (; n > 0; n--) {
    for (let i = height; i > 0; i--) {
      for (let j = width; j > 0; j--) {
        let at = x + <usize>load<u32>(dy + toPlaces);
        let v = v128.load32_splat(dy);
        s0 = madd(v, v128.load(at), s0);
        s1 = madd(v, v128.load(at + apart), s1);
        s2 = madd(v, v128.load(at + apart2), s2);
        at = x + <usize>load<u32>(dy + other + toPlaces);
        v = v128.load32_splat(dy + other);
        t0 = madd(v, v128.load(at), t0);
        t1 = madd(v, v128.load(at + apart), t1);
        t2 = madd(v, v128.load(at + apart2), t2);
        x += step;
        dy += pixel;
      }
      x += rowEnd;
    }
    x += imageEnd;
  }
  const next = <usize>taps * pixel;
  for (let i: usize = 0; i <= other; i += 4) {
    const to = dw + i;
    add_taps(to, pixel, i ? t0 : s0, length, first);
    add_taps(to + next, pixel, i ? t1 : s1, length - fewer, first);
    add_taps(to + 2 * next, pixel, i ? t2 : s2, length - 2 * fewer, first);
  }
}

/** Five lines of up to eight taps of one filter over a block of samples. */
function gather_5x8(
  x: usize, step: usize, rowEnd: usize, imageEnd: usize, dy: usize, pixel: usize, toPlaces: usize,
  n: i32, height: i32, width: i32, dw: usize, line: usize, length: i32, first: bool,
): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0), s4 = f32x4.splat(0);
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0), t4 = f32x4.splat(0);
  for (; n > 0; n--) {
    for (let i = height; i > 0; i--) {
      for (let j = width; j > 0; j--) {
        let at = x + <usize>load<u32>(dy + toPlaces);
        const v = v128.load32_splat(dy);
        s0 = madd(v, v128.load(at), s0); t0 = madd(v, v128.load(at, 16), t0);
        at += line; s1 = madd(v, v128.load(at), s1); t1 = madd(v, v128.load(at, 16), t1);
        at += line; s2 = madd(v, v128.load(at), s2); t2 = madd(v, v128.load(at, 16), t2);
        at += line; s3 = madd(v, v128.load(at), s3); t3 = madd(v, v128.load(at, 16), t3);
        at += line; s4 = madd(v, v128.load(at), s4); t4 = madd(v, v128.load(at, 16), t4);
        x += step;
        dy += pixel;
      }
      x += rowEnd;
    }
    x += imageEnd;
  }
  const half = 4 * pixel, next = <usize>length * pixel;
  add_taps(dw, pixel, s0, length, first);
  add_taps(dw + half, pixel, t0, length - 4, first);
  dw += next;
  add_taps(dw, pixel, s1, length, first);
  add_taps(dw + half, pixel, t1, length - 4, first);
  dw += next;
  add_taps(dw, pixel, s2, length, first);
  add_taps(dw + half, pixel, t2, length - 4, first);
  dw += next;
  add_taps(dw, pixel, s3, length, first);
  add_taps(dw + half, pixel, t3, length - 4, first);
  dw += next;
  add_taps(dw, pixel, s4, length, first);
  add_taps(dw + half, pixel, t4, length - 4, first);
}

/** Stores, or from the second block on adds, up to four sums `stride` apart. */
function add_taps(to: usize, stride: usize, sums: v128, count: i32, first: bool): void {
  for (let i = min(count, 4); i > 0; i--) {
    const sum = f32x4.extract_lane(sums, 0);
    store<f32>(to, first ? sum : load<f32>(to) + sum);
    sums = i32x4.shuffle(sums, sums, 1, 2, 3, 0);
    to += stride;
  }
}
