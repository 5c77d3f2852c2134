// The tile transforms behind winograd.ts: F(4x4, 3x3) with the points 0, +-a, +-2a and infinity, a = sqrt(1/2).
//
// These points square to 1/2 and 2, so that a transform's rows differ little in size: the error is half to a third of that
// of the usual 0, +-1, +-2 (docs/ARCHITECTURE.md). Each transform is two passes of one-dimensional ones, down the columns
// into `part` and from there along the rows, four channels at a time. All strides are in bytes.

import { madd, store_partial, zero } from "./simd";

/** The points are 0, +-POINT, +-2 POINT and infinity. */
export const POINT: f32 = 0.70710678118654752;

/** Bytes for a tile half transformed. */
export const PART: usize = 576;

/** Writes zeros, `bytes` a multiple of 16. */
export function clear(at: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, zero());
}

/**
 * B^T d B: the 6 x 6 pixels whose first is (row, column), zero outside the image, to 36 vectors `toStep` apart.
 *
 * @param zeros six pixels of zeros
 * @param bytes of channels, a multiple of 16
 */
export function transform_input(
  image: usize, height: i32, width: i32, pixel: usize, row: i32, column: i32,
  part: usize, zeros: usize, to: usize, toStep: usize, bytes: usize,
): void {
  const left = max(0, -column);
  const columns = min(6, width - column) - left;
  const line = <usize>width * pixel;
  let at = image + <usize>(column + left) * pixel + <usize>row * line;
  // Rows outside the image are read from the row of zeros; columns outside are cleared once.
  let d0 = <u32>row < <u32>height ? at : zeros; at += line;
  let d1 = <u32>(row + 1) < <u32>height ? at : zeros; at += line;
  let d2 = <u32>(row + 2) < <u32>height ? at : zeros; at += line;
  let d3 = <u32>(row + 3) < <u32>height ? at : zeros; at += line;
  let d4 = <u32>(row + 4) < <u32>height ? at : zeros; at += line;
  let d5 = <u32>(row + 5) < <u32>height ? at : zeros;
  if (columns < 6) clear(part, PART);
  const small = f32x4.splat(POINT), large = f32x4.splat(2 * POINT);
  const minusSmall = f32x4.splat(-POINT), minusLarge = f32x4.splat(-2 * POINT);
  const minusHalf = f32x4.splat(-0.5), minusTwo = f32x4.splat(-2), minusSum = f32x4.splat(-2.5);
  for (; bytes > 0; bytes -= 16) {
    let next = part + <usize>left * 96, shift: usize = 0;
    for (let j = columns; j > 0; j--) {
      const x1 = v128.load(d1 + shift), x2 = v128.load(d2 + shift), x3 = v128.load(d3 + shift), x4 = v128.load(d4 + shift);
      v128.store(next, madd(minusSum, x2, f32x4.add(v128.load(d0 + shift), x4)));
      v128.store(next, madd(minusSum, x3, f32x4.add(v128.load(d5 + shift), x1)), 80);
      let even = madd(minusTwo, x2, x4), odd = madd(minusTwo, x1, x3);
      v128.store(next, madd(small, odd, even), 16);
      v128.store(next, madd(minusSmall, odd, even), 32);
      even = madd(minusHalf, x2, x4); odd = madd(minusHalf, x1, x3);
      v128.store(next, madd(large, odd, even), 48);
      v128.store(next, madd(minusLarge, odd, even), 64);
      next += 96;
      shift += pixel;
    }
    let from = part;
    next = to;
    for (let i = 6; i > 0; i--) {
      const x1 = v128.load(from, 96), x2 = v128.load(from, 192), x3 = v128.load(from, 288), x4 = v128.load(from, 384);
      v128.store(next, madd(minusSum, x2, f32x4.add(v128.load(from), x4))); next += toStep;
      let even = madd(minusTwo, x2, x4), odd = madd(minusTwo, x1, x3);
      v128.store(next, madd(small, odd, even)); next += toStep;
      v128.store(next, madd(minusSmall, odd, even)); next += toStep;
      even = madd(minusHalf, x2, x4); odd = madd(minusHalf, x1, x3);
      v128.store(next, madd(large, odd, even)); next += toStep;
      v128.store(next, madd(minusLarge, odd, even)); next += toStep;
      v128.store(next, madd(minusSum, x3, f32x4.add(v128.load(from, 480), x1))); next += toStep;
      from += 16;
    }
    d0 += 16; d1 += 16; d2 += 16; d3 += 16; d4 += 16; d5 += 16;
    to += 16;
  }
}

/**
 * A^T m A, bias and lower bound: 36 times eight channels, `step` apart, to the `rows` x `columns` valid pixels of 4 x 4.
 *
 * @param count valid channels, eight or more for all
 * @param bias of the first pixel, with the strides of rows and columns
 */
export function transform_output(
  m: usize, step: usize, part: usize, y: usize, line: usize, pixel: usize, rows: i32, columns: i32, count: i32,
  bias: usize, biasLine: usize, biasPixel: usize, lower: f32,
): void {
  const point = f32x4.splat(POINT), half = f32x4.splat(0.5), two = f32x4.splat(2), four = f32x4.splat(4);
  const floor = f32x4.splat(lower);
  for (let lanes = min(8, count); lanes > 0; lanes -= 4) {
    let from = m, next = part;
    for (let j = 6; j > 0; j--) {
      let at = from;
      const x0 = v128.load(at); at += 6 * step;
      let a = v128.load(at); at += 6 * step;
      let b = v128.load(at); at += 6 * step;
      const evenSmall = f32x4.add(a, b), oddSmall = f32x4.sub(a, b);
      a = v128.load(at); at += 6 * step;
      b = v128.load(at); at += 6 * step;
      const evenLarge = f32x4.add(a, b), oddLarge = f32x4.sub(a, b);
      v128.store(next, f32x4.add(x0, f32x4.add(evenSmall, evenLarge)));
      v128.store(next, f32x4.mul(point, madd(two, oddLarge, oddSmall)), 16);
      v128.store(next, madd(two, evenLarge, f32x4.mul(half, evenSmall)), 32);
      v128.store(next, madd(point, madd(four, oddLarge, f32x4.mul(half, oddSmall)), v128.load(at)), 48);
      from += step;
      next += 64;
    }
    from = part;
    let yRow = y, biasRow = bias;
    for (let i = rows; i > 0; i--) {
      let a = v128.load(from, 64), b = v128.load(from, 128);
      const evenSmall = f32x4.add(a, b), oddSmall = f32x4.sub(a, b);
      a = v128.load(from, 192); b = v128.load(from, 256);
      const evenLarge = f32x4.add(a, b), oddLarge = f32x4.sub(a, b);
      let to = yRow, add = biasRow;
      put(to, f32x4.add(v128.load(from), f32x4.add(evenSmall, evenLarge)), add, floor, lanes);
      if (columns > 1) {
        to += pixel; add += biasPixel;
        put(to, f32x4.mul(point, madd(two, oddLarge, oddSmall)), add, floor, lanes);
        if (columns > 2) {
          to += pixel; add += biasPixel;
          put(to, madd(two, evenLarge, f32x4.mul(half, evenSmall)), add, floor, lanes);
          if (columns > 3) {
            to += pixel; add += biasPixel;
            put(to, madd(point, madd(four, oddLarge, f32x4.mul(half, oddSmall)), v128.load(from, 320)), add, floor, lanes);
          }
        }
      }
      from += 16;
      yRow += line;
      biasRow += biasLine;
    }
    m += 16; y += 16; bias += 16;
  }
}

/** Bias, lower bound and store of the `count` first channels of four. */
// @ts-ignore: decorator
@inline
function put(to: usize, value: v128, bias: usize, floor: v128, count: i32): void {
  // pmax(a, b) = a < b ? b : a, so NaN stays NaN.
  value = f32x4.pmax(f32x4.add(value, v128.load(bias)), floor);
  if (count >= 4) v128.store(to, value);
  else store_partial(to, value, count);
}

/**
 * A dy A^T: the `rows` x `columns` valid pixels of 4 x 4, zero beyond, to 36 vectors `toStep` apart.
 *
 * @param zeros four pixels of zeros
 * @param bytes of channels, a multiple of 16
 */
export function transform_gradient(
  d0: usize, line: usize, pixel: usize, rows: i32, columns: i32,
  part: usize, zeros: usize, to: usize, toStep: usize, bytes: usize,
): void {
  let d1 = rows > 1 ? d0 + line : zeros;
  let d2 = rows > 2 ? d0 + 2 * line : zeros;
  let d3 = rows > 3 ? d0 + 3 * line : zeros;
  if (columns < 4) clear(part, 384);
  const small = f32x4.splat(POINT), large = f32x4.splat(2 * POINT);
  const minusSmall = f32x4.splat(-POINT), minusLarge = f32x4.splat(-2 * POINT);
  const half = f32x4.splat(0.5), two = f32x4.splat(2);
  for (; bytes > 0; bytes -= 16) {
    let next = part, shift: usize = 0;
    for (let j = columns; j > 0; j--) {
      const x0 = v128.load(d0 + shift), x1 = v128.load(d1 + shift), x2 = v128.load(d2 + shift), x3 = v128.load(d3 + shift);
      v128.store(next, x0);
      v128.store(next, x3, 80);
      let even = madd(half, x2, x0), odd = madd(half, x3, x1);
      v128.store(next, madd(small, odd, even), 16);
      v128.store(next, madd(minusSmall, odd, even), 32);
      even = madd(two, x2, x0); odd = madd(two, x3, x1);
      v128.store(next, madd(large, odd, even), 48);
      v128.store(next, madd(minusLarge, odd, even), 64);
      next += 96;
      shift += pixel;
    }
    let from = part;
    next = to;
    for (let i = 6; i > 0; i--) {
      const x0 = v128.load(from), x1 = v128.load(from, 96), x2 = v128.load(from, 192), x3 = v128.load(from, 288);
      v128.store(next, x0); next += toStep;
      let even = madd(half, x2, x0), odd = madd(half, x3, x1);
      v128.store(next, madd(small, odd, even)); next += toStep;
      v128.store(next, madd(minusSmall, odd, even)); next += toStep;
      even = madd(two, x2, x0); odd = madd(two, x3, x1);
      v128.store(next, madd(large, odd, even)); next += toStep;
      v128.store(next, madd(minusLarge, odd, even)); next += toStep;
      v128.store(next, x3); next += toStep;
      from += 16;
    }
    d0 += 16; d1 += 16; d2 += 16; d3 += 16;
    to += 16;
  }
}

/**
 * B m B^T: 36 times eight channels, `step` apart, added to the 6 x 6 pixels whose first is (row, column), as far as they
 * lie inside the image.
 *
 * @param count valid channels, eight or more for all
 */
export function transform_back(
  m: usize, step: usize, part: usize,
  image: usize, height: i32, width: i32, pixel: usize, row: i32, column: i32, count: i32,
): void {
  const point = f32x4.splat(POINT), minusPoint = f32x4.splat(-POINT), two = f32x4.splat(2);
  const minusHalf = f32x4.splat(-0.5), minusTwo = f32x4.splat(-2), minusSum = f32x4.splat(-2.5);
  for (let lanes = min(8, count); lanes > 0; lanes -= 4) {
    let from = m, next = part;
    for (let j = 6; j > 0; j--) {
      let at = from;
      const x0 = v128.load(at); at += 6 * step;
      let a = v128.load(at); at += 6 * step;
      let b = v128.load(at); at += 6 * step;
      const evenSmall = f32x4.add(a, b), oddSmall = f32x4.sub(a, b);
      a = v128.load(at); at += 6 * step;
      b = v128.load(at); at += 6 * step;
      const evenLarge = f32x4.add(a, b), oddLarge = f32x4.sub(a, b);
      const x5 = v128.load(at);
      v128.store(next, x0);
      v128.store(next, madd(minusPoint, madd(two, oddSmall, oddLarge), x5), 16);
      v128.store(next, madd(minusSum, x0, madd(minusTwo, evenSmall, f32x4.mul(minusHalf, evenLarge))), 32);
      v128.store(next, madd(minusSum, x5, f32x4.mul(point, madd(two, oddLarge, oddSmall))), 48);
      v128.store(next, f32x4.add(x0, f32x4.add(evenSmall, evenLarge)), 64);
      v128.store(next, x5, 80);
      from += step;
      next += 96;
    }
    from = part;
    let line = image + (<usize>row * <usize>width + <usize>column) * pixel;
    for (let i = row; i < row + 6; i++) {
      if (<u32>i < <u32>height) {
        const x0 = v128.load(from), x5 = v128.load(from, 480);
        let a = v128.load(from, 96), b = v128.load(from, 192);
        const evenSmall = f32x4.add(a, b), oddSmall = f32x4.sub(a, b);
        a = v128.load(from, 288); b = v128.load(from, 384);
        const evenLarge = f32x4.add(a, b), oddLarge = f32x4.sub(a, b);
        let to = line;
        if (<u32>column < <u32>width) accumulate(to, x0, lanes);
        to += pixel;
        if (<u32>(column + 1) < <u32>width) accumulate(to, madd(minusPoint, madd(two, oddSmall, oddLarge), x5), lanes);
        to += pixel;
        if (<u32>(column + 2) < <u32>width) {
          accumulate(to, madd(minusSum, x0, madd(minusTwo, evenSmall, f32x4.mul(minusHalf, evenLarge))), lanes);
        }
        to += pixel;
        if (<u32>(column + 3) < <u32>width) {
          accumulate(to, madd(minusSum, x5, f32x4.mul(point, madd(two, oddLarge, oddSmall))), lanes);
        }
        to += pixel;
        if (<u32>(column + 4) < <u32>width) accumulate(to, f32x4.add(x0, f32x4.add(evenSmall, evenLarge)), lanes);
        to += pixel;
        if (<u32>(column + 5) < <u32>width) accumulate(to, x5, lanes);
      }
      from += 16;
      line += <usize>width * pixel;
    }
    m += 16; image += 16;
  }
}

/** Adds the `count` first channels of four. */
// @ts-ignore: decorator
@inline
function accumulate(to: usize, value: v128, count: i32): void {
  value = f32x4.add(value, v128.load(to));
  if (count >= 4) v128.store(to, value);
  else store_partial(to, value, count);
}
