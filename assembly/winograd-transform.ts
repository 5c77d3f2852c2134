// The tile transforms behind winograd.ts: F(4x4, 3x3) with the points 0, +-a, +-2a and infinity, a = sqrt(1/2).
//
// These points square to 1/2 and 2, so that a transform's rows differ little in size: the error is half to a third of that
// of the usual 0, +-1, +-2 (docs/NOTES.md). Each transform is two passes of one-dimensional ones, down the columns
// into `part` and from there along the rows. All strides are in bytes.

import { madd, zero } from "./simd";
import { load_high, SPAN, store_channels, store_span } from "./span";

/** The points are 0, +-POINT, +-2 POINT and infinity. */
const POINT: f32 = 0.70710678118654752;

/** The numbers of the transforms' matrices. */
const NUMBERS: usize = memory.data<f32>([
  POINT, -POINT, 2 * POINT, -2 * POINT, -0.5, -2, -2.5, 0.5, 2, 4, -2.0 / 3.0, 1.0 / 6.0,
]);

/** Number `index` of `NUMBERS` in all lanes, from memory: V8 builds a vector constant anew at every use. */
// @ts-ignore: decorator
@inline
export function number(index: usize): v128 {
  return v128.load32_splat(NUMBERS + (index << 2));
}

/** Writes zeros, `bytes` a multiple of 16. */
export function clear(at: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, zero());
}

/**
 * B^T d B: the 6 x 6 pixels whose first is (row, column), zero outside the image, to 36 places `toStep` apart.
 *
 * @param part 36 times the channels
 * @param zeros six pixels of zeros
 * @param bytes of channels, a multiple of 16, of which whole spans are read and written
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
  const d0 = <u32>row < <u32>height ? at : zeros; at += line;
  const d1 = <u32>(row + 1) < <u32>height ? at : zeros; at += line;
  const d2 = <u32>(row + 2) < <u32>height ? at : zeros; at += line;
  const d3 = <u32>(row + 3) < <u32>height ? at : zeros; at += line;
  const d4 = <u32>(row + 4) < <u32>height ? at : zeros; at += line;
  const d5 = <u32>(row + 5) < <u32>height ? at : zeros;
  bytes = (bytes + SPAN - 1) & -SPAN;
  const side = 6 * bytes;
  if (columns < 6) clear(part, 6 * side);
  input_pass(d0, d1, d2, d3, d4, d5, pixel, columns, part + <usize>left * side, bytes, side, bytes);
  input_pass(
    part, part + side, part + 2 * side, part + 3 * side, part + 4 * side, part + 5 * side, bytes, 6,
    to, toStep, 6 * toStep, bytes,
  );
}

/** Six pixels d of some bytes of channels to B^T d, for `count` columns `next` apart. */
function input_pass(
  d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize, next: usize, count: i32,
  to: usize, toStep: usize, toNext: usize, bytes: usize,
): void {
  const small = number(0), large = number(2);
  const minusSmall = number(1), minusLarge = number(3);
  const minusHalf = number(4), minusTwo = number(5), minusSum = number(6);
  for (; count > 0; count--) {
    for (let shift: usize = 0; shift < bytes; shift += SPAN) {
      const p1 = d1 + shift, p2 = d2 + shift, p3 = d3 + shift, p4 = d4 + shift;
      const a1 = v128.load(p1), a2 = v128.load(p2), a3 = v128.load(p3), a4 = v128.load(p4);
      const b1 = load_high(p1), b2 = load_high(p2), b3 = load_high(p3), b4 = load_high(p4);
      let t = to + shift;
      store_span(
        t, madd(minusSum, a2, f32x4.add(v128.load(d0 + shift), a4)),
        madd(minusSum, b2, f32x4.add(load_high(d0 + shift), b4)),
      );
      let evenA = madd(minusTwo, a2, a4), oddA = madd(minusTwo, a1, a3);
      let evenB = madd(minusTwo, b2, b4), oddB = madd(minusTwo, b1, b3);
      t += toStep; store_span(t, madd(small, oddA, evenA), madd(small, oddB, evenB));
      t += toStep; store_span(t, madd(minusSmall, oddA, evenA), madd(minusSmall, oddB, evenB));
      evenA = madd(minusHalf, a2, a4); oddA = madd(minusHalf, a1, a3);
      evenB = madd(minusHalf, b2, b4); oddB = madd(minusHalf, b1, b3);
      t += toStep; store_span(t, madd(large, oddA, evenA), madd(large, oddB, evenB));
      t += toStep; store_span(t, madd(minusLarge, oddA, evenA), madd(minusLarge, oddB, evenB));
      t += toStep;
      store_span(
        t, madd(minusSum, a3, f32x4.add(v128.load(d5 + shift), a1)),
        madd(minusSum, b3, f32x4.add(load_high(d5 + shift), b1)),
      );
    }
    d0 += next; d1 += next; d2 += next; d3 += next; d4 += next; d5 += next;
    to += toNext;
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
  const floor = f32x4.splat(lower);
  for (let lanes = min(8, count); lanes > 0; lanes -= <i32>(SPAN >> 2)) {
    output_pass(m, 6 * step, step, 6, part, SPAN, 4 * SPAN);
    output_pass(part, 4 * SPAN, SPAN, rows, part, 4 * SPAN, SPAN);
    for (let i: usize = 0; i < <usize>rows; i++) {
      let from = part + i * SPAN, to = y + i * line, add = bias + i * biasLine;
      for (let j = columns; j > 0; j--) {
        // pmax(a, b) = a < b ? b : a, so NaN stays NaN.
        const low = f32x4.pmax(f32x4.add(v128.load(from), v128.load(add)), floor);
        const high = f32x4.pmax(f32x4.add(load_high(from), load_high(add)), floor);
        store_channels(to, low, high, lanes);
        from += 4 * SPAN;
        to += pixel;
        add += biasPixel;
      }
    }
    m += SPAN; y += SPAN; bias += SPAN;
  }
}

/** Six sums m, `step` apart, to four pixels A^T m, for `count` columns `next` apart; in place where that is asked for. */
function output_pass(from: usize, step: usize, next: usize, count: i32, to: usize, toStep: usize, toNext: usize): void {
  const point = number(0), half = number(7), two = number(8), four = number(9);
  for (; count > 0; count--) {
    let at = from + step;
    let a = v128.load(at), b = load_high(at); at += step;
    let c = v128.load(at), d = load_high(at); at += step;
    const evenSmallA = f32x4.add(a, c), oddSmallA = f32x4.sub(a, c);
    const evenSmallB = f32x4.add(b, d), oddSmallB = f32x4.sub(b, d);
    a = v128.load(at); b = load_high(at); at += step;
    c = v128.load(at); d = load_high(at); at += step;
    const evenLargeA = f32x4.add(a, c), oddLargeA = f32x4.sub(a, c);
    const evenLargeB = f32x4.add(b, d), oddLargeB = f32x4.sub(b, d);
    let t = to;
    store_span(
      t, f32x4.add(v128.load(from), f32x4.add(evenSmallA, evenLargeA)),
      f32x4.add(load_high(from), f32x4.add(evenSmallB, evenLargeB)),
    );
    t += toStep;
    store_span(
      t, f32x4.mul(point, madd(two, oddLargeA, oddSmallA)), f32x4.mul(point, madd(two, oddLargeB, oddSmallB)),
    );
    t += toStep;
    store_span(
      t, madd(two, evenLargeA, f32x4.mul(half, evenSmallA)), madd(two, evenLargeB, f32x4.mul(half, evenSmallB)),
    );
    t += toStep;
    store_span(
      t, madd(point, madd(four, oddLargeA, f32x4.mul(half, oddSmallA)), v128.load(at)),
      madd(point, madd(four, oddLargeB, f32x4.mul(half, oddSmallB)), load_high(at)),
    );
    from += next;
    to += toNext;
  }
}

/**
 * A dy A^T: the `rows` x `columns` valid pixels of 4 x 4, zero beyond, to 36 places `toStep` apart.
 *
 * @param part 24 times the channels
 * @param zeros four pixels of zeros
 * @param bytes of channels, a multiple of 16, of which whole spans are read and written
 */
export function transform_gradient(
  d0: usize, line: usize, pixel: usize, rows: i32, columns: i32,
  part: usize, zeros: usize, to: usize, toStep: usize, bytes: usize,
): void {
  const d1 = rows > 1 ? d0 + line : zeros;
  const d2 = rows > 2 ? d0 + 2 * line : zeros;
  const d3 = rows > 3 ? d0 + 3 * line : zeros;
  bytes = (bytes + SPAN - 1) & -SPAN;
  const side = 6 * bytes;
  if (columns < 4) clear(part, 4 * side);
  gradient_pass(d0, d1, d2, d3, pixel, columns, part, bytes, side, bytes);
  gradient_pass(part, part + side, part + 2 * side, part + 3 * side, bytes, 6, to, toStep, 6 * toStep, bytes);
}

/** Four pixels d of some bytes of channels to A d, for `count` columns `next` apart. */
function gradient_pass(
  d0: usize, d1: usize, d2: usize, d3: usize, next: usize, count: i32,
  to: usize, toStep: usize, toNext: usize, bytes: usize,
): void {
  const small = number(0), large = number(2);
  const minusSmall = number(1), minusLarge = number(3);
  const half = number(7), two = number(8);
  for (; count > 0; count--) {
    for (let shift: usize = 0; shift < bytes; shift += SPAN) {
      const p0 = d0 + shift, p1 = d1 + shift, p2 = d2 + shift, p3 = d3 + shift;
      const a0 = v128.load(p0), a1 = v128.load(p1), a2 = v128.load(p2), a3 = v128.load(p3);
      const b0 = load_high(p0), b1 = load_high(p1), b2 = load_high(p2), b3 = load_high(p3);
      let t = to + shift;
      store_span(t, a0, b0);
      let evenA = madd(half, a2, a0), oddA = madd(half, a3, a1);
      let evenB = madd(half, b2, b0), oddB = madd(half, b3, b1);
      t += toStep; store_span(t, madd(small, oddA, evenA), madd(small, oddB, evenB));
      t += toStep; store_span(t, madd(minusSmall, oddA, evenA), madd(minusSmall, oddB, evenB));
      evenA = madd(two, a2, a0); oddA = madd(two, a3, a1);
      evenB = madd(two, b2, b0); oddB = madd(two, b3, b1);
      t += toStep; store_span(t, madd(large, oddA, evenA), madd(large, oddB, evenB));
      t += toStep; store_span(t, madd(minusLarge, oddA, evenA), madd(minusLarge, oddB, evenB));
      t += toStep; store_span(t, a3, b3);
    }
    d0 += next; d1 += next; d2 += next; d3 += next;
    to += toNext;
  }
}

/**
 * B m B^T: 36 times eight channels, `step` apart, added to the 6 x 6 pixels whose first is (row, column), as far as they
 * lie inside the image: with much padding, none of them may.
 *
 * @param count valid channels, eight or more for all
 */
export function transform_back(
  m: usize, step: usize, part: usize,
  image: usize, height: i32, width: i32, pixel: usize, row: i32, column: i32, count: i32,
): void {
  const top = max(0, -row), rows = min(6, height - row) - top;
  const left = max(0, -column), columns = min(6, width - column) - left;
  if (rows <= 0 || columns <= 0) return;
  const first = part + <usize>top * SPAN;
  image += (<usize>(row + top) * <usize>width + <usize>(column + left)) * pixel;
  for (let lanes = min(8, count); lanes > 0; lanes -= <i32>(SPAN >> 2)) {
    back_pass(m, 6 * step, step, 6, part, SPAN, 6 * SPAN);
    back_pass(first, 6 * SPAN, SPAN, rows, first, 6 * SPAN, SPAN);
    for (let i: usize = 0; i < <usize>rows; i++) {
      let from = first + i * SPAN + <usize>left * 6 * SPAN, to = image + i * <usize>width * pixel;
      for (let j = columns; j > 0; j--) {
        store_channels(
          to, f32x4.add(v128.load(from), v128.load(to)), f32x4.add(load_high(from), load_high(to)), lanes,
        );
        from += 6 * SPAN;
        to += pixel;
      }
    }
    m += SPAN; image += SPAN;
  }
}

/** Six sums m, `step` apart, to six pixels B m, for `count` columns `next` apart; in place where that is asked for. */
function back_pass(from: usize, step: usize, next: usize, count: i32, to: usize, toStep: usize, toNext: usize): void {
  const point = number(0), minusPoint = number(1), two = number(8);
  const minusHalf = number(4), minusTwo = number(5), minusSum = number(6);
  for (; count > 0; count--) {
    let at = from;
    const a0 = v128.load(at), b0 = load_high(at); at += step;
    let a = v128.load(at), b = load_high(at); at += step;
    let c = v128.load(at), d = load_high(at); at += step;
    const evenSmallA = f32x4.add(a, c), oddSmallA = f32x4.sub(a, c);
    const evenSmallB = f32x4.add(b, d), oddSmallB = f32x4.sub(b, d);
    a = v128.load(at); b = load_high(at); at += step;
    c = v128.load(at); d = load_high(at); at += step;
    const evenLargeA = f32x4.add(a, c), oddLargeA = f32x4.sub(a, c);
    const evenLargeB = f32x4.add(b, d), oddLargeB = f32x4.sub(b, d);
    const a5 = v128.load(at), b5 = load_high(at);
    let t = to;
    store_span(t, a0, b0);
    t += toStep;
    store_span(
      t, madd(minusPoint, madd(two, oddSmallA, oddLargeA), a5), madd(minusPoint, madd(two, oddSmallB, oddLargeB), b5),
    );
    t += toStep;
    store_span(
      t, madd(minusSum, a0, madd(minusTwo, evenSmallA, f32x4.mul(minusHalf, evenLargeA))),
      madd(minusSum, b0, madd(minusTwo, evenSmallB, f32x4.mul(minusHalf, evenLargeB))),
    );
    t += toStep;
    store_span(
      t, madd(minusSum, a5, f32x4.mul(point, madd(two, oddLargeA, oddSmallA))),
      madd(minusSum, b5, f32x4.mul(point, madd(two, oddLargeB, oddSmallB))),
    );
    t += toStep;
    store_span(
      t, f32x4.add(a0, f32x4.add(evenSmallA, evenLargeA)), f32x4.add(b0, f32x4.add(evenSmallB, evenLargeB)),
    );
    t += toStep; store_span(t, a5, b5);
    from += next;
    to += toNext;
  }
}
