// Rows of a depthwise convolution's data gradient at stride 2, with windows of three or five columns: pairs of neighbouring pixels, of
// which one meets the even taps of the window, and the other one the odd taps.

import { madd_high, pixel_at } from "./depthwise-tiles";
import { madd, zero } from "./simd";
import { load_high, SPAN, store_span } from "./span";

/** Pairs at a time, whose sums rest in registers. */
const TOGETHER: i32 = 3;

/**
 * The first channels of a row of dx, as many as are whole spans; returns how many. Sums are those of `sum_row`, in its order.
 *
 * @param line the first row of dy that the window meets
 * @param width bytes of a row of dy; pixels outside are zero
 * @param pixel bytes of a pixel, and of a column of weights
 * @param rows lines of the window that meet dy
 * @param taps columns of the window; nothing is done if they are not three or five
 * @param to a row of dx
 * @param columns of dx
 */
export function sum_pairs(
  line: usize, width: usize, pixel: usize, rowStep: usize, weight: usize, weightRowStep: usize, rows: i32, taps: i32, to: usize,
  columns: i32, padLeft: i32, c: i32,
): i32 {
  const end = (<usize>c << 2) & ~(SPAN - 1);
  if (taps == 3) pairs(3, line, width, pixel, rowStep, weight, weightRowStep, rows, to, columns, padLeft, end);
  else if (taps == 5) pairs(5, line, width, pixel, rowStep, weight, weightRowStep, rows, to, columns, padLeft, end);
  else return 0;
  return <i32>(end >> 2);
}

/** Stores a span in a row of `width` bytes, unless it lies outside. */
// @ts-ignore: decorator
@inline
function store_inside(row: usize, offset: usize, width: usize, low: v128, high: v128): void {
  if (offset < width) store_span(row + offset, low, high);
}

/** All pairs of a row, up to `end` bytes of channels. @param taps known when this is compiled */
// @ts-ignore: decorator
@inline
function pairs(
  taps: i32, line: usize, width: usize, pixel: usize, rowStep: usize, weight: usize, weightRowStep: usize, rows: i32, to: usize,
  columns: i32, padLeft: i32, end: usize,
): void {
  const toWidth = <usize>columns * pixel;
  const last = (columns - 1 + padLeft) >> 1;
  for (let pair = padLeft >> 1; pair <= last; pair += TOGETHER) {
    // The rightmost pixel of dy that the tile meets.
    const right = <usize>(pair + TOGETHER - 1) * pixel;
    const output = <usize>(2 * pair - padLeft) * pixel;
    for (let shift: usize = 0; shift < end; shift += SPAN) {
      let even0 = zero(), even1 = zero(), even2 = zero(), odd0 = zero(), odd1 = zero(), odd2 = zero();
      let evenHigh0 = zero(), evenHigh1 = zero(), evenHigh2 = zero(), oddHigh0 = zero(), oddHigh1 = zero(), oddHigh2 = zero();
      let row = line + shift, factors = weight + shift;
      for (let left = rows; left > 0; left--) {
        let factor = factors;
        const w0 = v128.load(factor), v0 = load_high(factor);
        factor += pixel;
        const w1 = v128.load(factor), v1 = load_high(factor);
        factor += pixel;
        const w2 = v128.load(factor), v2 = load_high(factor);
        if (taps == 5) factor += pixel;
        const w3 = taps == 5 ? v128.load(factor) : w2, v3 = taps == 5 ? load_high(factor) : v2;
        if (taps == 5) factor += pixel;
        const w4 = taps == 5 ? v128.load(factor) : w2, v4 = taps == 5 ? load_high(factor) : v2;
        let offset = right;
        let from = pixel_at(row, offset, width);
        let x = v128.load(from), z = load_high(from);
        even2 = madd(x, w0, even2); evenHigh2 = madd_high(z, v0, evenHigh2);
        odd2 = madd(x, w1, odd2); oddHigh2 = madd_high(z, v1, oddHigh2);
        offset -= pixel;
        from = pixel_at(row, offset, width);
        x = v128.load(from); z = load_high(from);
        even1 = madd(x, w0, even1); evenHigh1 = madd_high(z, v0, evenHigh1);
        odd1 = madd(x, w1, odd1); oddHigh1 = madd_high(z, v1, oddHigh1);
        even2 = madd(x, w2, even2); evenHigh2 = madd_high(z, v2, evenHigh2);
        if (taps == 5) {
          odd2 = madd(x, w3, odd2); oddHigh2 = madd_high(z, v3, oddHigh2);
        }
        offset -= pixel;
        from = pixel_at(row, offset, width);
        x = v128.load(from); z = load_high(from);
        even0 = madd(x, w0, even0); evenHigh0 = madd_high(z, v0, evenHigh0);
        odd0 = madd(x, w1, odd0); oddHigh0 = madd_high(z, v1, oddHigh0);
        even1 = madd(x, w2, even1); evenHigh1 = madd_high(z, v2, evenHigh1);
        if (taps == 5) {
          odd1 = madd(x, w3, odd1); oddHigh1 = madd_high(z, v3, oddHigh1);
          even2 = madd(x, w4, even2); evenHigh2 = madd_high(z, v4, evenHigh2);
        }
        offset -= pixel;
        from = pixel_at(row, offset, width);
        x = v128.load(from); z = load_high(from);
        even0 = madd(x, w2, even0); evenHigh0 = madd_high(z, v2, evenHigh0);
        if (taps == 5) {
          odd0 = madd(x, w3, odd0); oddHigh0 = madd_high(z, v3, oddHigh0);
          even1 = madd(x, w4, even1); evenHigh1 = madd_high(z, v4, evenHigh1);
          offset -= pixel;
          from = pixel_at(row, offset, width);
          x = v128.load(from); z = load_high(from);
          even0 = madd(x, w4, even0); evenHigh0 = madd_high(z, v4, evenHigh0);
        }
        row += rowStep;
        factors += weightRowStep;
      }
      let at = output;
      store_inside(to + shift, at, toWidth, even0, evenHigh0);
      at += pixel;
      store_inside(to + shift, at, toWidth, odd0, oddHigh0);
      at += pixel;
      store_inside(to + shift, at, toWidth, even1, evenHigh1);
      at += pixel;
      store_inside(to + shift, at, toWidth, odd1, oddHigh1);
      at += pixel;
      store_inside(to + shift, at, toWidth, even2, evenHigh2);
      at += pixel;
      store_inside(to + shift, at, toWidth, odd2, oddHigh2);
    }
  }
}
