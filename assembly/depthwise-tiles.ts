// Rows of depthwise windows of three or five columns: some outputs of a span of channels at a time, whose sums rest in registers.
//
// A line of the window is a turn of a loop, as V8 moves the loads of straight code to its front: those of a line, its weights and the
// sums are about as many vectors as there are registers. Each input of a line is loaded once for all outputs that it is part of.

import { madd, zero } from "./simd";
import { load_high, SPAN, store_span } from "./span";

/** Outputs at a time, where windows lie one and two pixels apart. */
const NEAR: i32 = 4, FAR: i32 = 3;

/** Eight channels of a pixel outside of the image. */
const ZEROS: usize = memory.data(32, 16);

/** The address of a pixel of a row of `width` bytes, or of zeros if it lies outside. */
// @ts-ignore: decorator
@inline
export function pixel_at(row: usize, offset: usize, width: usize): usize {
  return select<usize>(row + offset, ZEROS, offset < width);
}

/**
 * The first channels of a row of outputs, as many as are whole spans; returns how many. Sums are those of `sum_row`, in its order. All
 * steps are in bytes.
 *
 * @param line the first row of the image that the window meets
 * @param first the first tap of the first output in its row of `width` bytes; pixels outside are zero
 * @param pixelStep from the window of an output to the next one's: `columnStep`, or twice that
 * @param rows lines of the window that meet the image
 * @param columns of the window; nothing is done if they are not three or five
 * @param count outputs; nothing is done where they are too few
 */
export function sum_row_tiles(
  line: usize, first: usize, width: usize, pixelStep: usize, rowStep: usize, columnStep: usize, weight: usize,
  weightRowStep: usize, weightColumnStep: usize, rows: i32, columns: i32, to: usize, toStep: usize, biased: bool,
  bias: usize, biasStep: usize, lower: f32, upper: f32, count: i32, c: i32,
): i32 {
  const near = pixelStep == columnStep;
  const together = near ? NEAR : FAR;
  if ((columns != 3 && columns != 5) || (!near && pixelStep != 2 * columnStep)) return 0;
  if (count < together) return 0;
  // Only the outer taps of a tile may lie outside.
  const outer = <usize>(columns >> 1) * columnStep;
  const last = first + <usize>(count - 1) * pixelStep + 2 * outer;
  const across = <usize>(together - 1) * pixelStep + 2 * outer;
  const end = (<usize>c << 2) & ~(SPAN - 1);
  if (first + outer >= width || first + across - outer >= width) return 0;
  if (last - across + outer >= width || last - outer >= width) return 0;
  for (let j = 0; j < count; j += together) {
    // The last ones overlap those before, and give the same numbers again.
    const column = <usize>min(j, count - together);
    const window = first + column * pixelStep, output = to + column * toStep, summands = bias + column * biasStep;
    const edge = window >= width || window + across >= width;
    // Code of its own for each kind of tile.
    if (columns == 3) {
      if (near) {
        if (edge) {
          near_tiles(
            3, true, line, window, width, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
            toStep, biased, summands, biasStep, lower, upper, end,
          );
        } else {
          near_tiles(
            3, false, line + window, 0, 0, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
            toStep, biased, summands, biasStep, lower, upper, end,
          );
        }
      } else if (edge) {
        far_tiles(
          3, true, line, window, width, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
          toStep, biased, summands, biasStep, lower, upper, end,
        );
      } else {
        far_tiles(
          3, false, line + window, 0, 0, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
          toStep, biased, summands, biasStep, lower, upper, end,
        );
      }
    } else if (near) {
      // Narrow spans are not faster without a look at the edges.
      if (!WIDE || edge) {
        near_tiles(
          5, true, line, window, width, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
          toStep, biased, summands, biasStep, lower, upper, end,
        );
      } else {
        near_tiles(
          5, false, line + window, 0, 0, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
          toStep, biased, summands, biasStep, lower, upper, end,
        );
      }
    } else if (!WIDE || edge) {
      far_tiles(
        5, true, line, window, width, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
        toStep, biased, summands, biasStep, lower, upper, end,
      );
    } else {
      far_tiles(
        5, false, line + window, 0, 0, rowStep, columnStep, weight, weightRowStep, weightColumnStep, rows, output,
        toStep, biased, summands, biasStep, lower, upper, end,
      );
    }
  }
  return <i32>(end >> 2);
}

/** `madd` of the second vectors of spans, without operations where a span has one. */
// @ts-ignore: decorator
@inline
export function madd_high(a: v128, b: v128, c: v128): v128 {
  return WIDE ? madd(a, b, c) : c;
}

/** Stores a span within bounds. */
// @ts-ignore: decorator
@inline
function store_bound(to: usize, low: v128, high: v128, floor: v128, ceiling: v128): void {
  store_span(to, f32x4.pmin(f32x4.pmax(low, floor), ceiling), WIDE ? f32x4.pmin(f32x4.pmax(high, floor), ceiling) : zero());
}

/**
 * Neighbouring outputs whose windows lie one pixel apart, one span of channels after the other, up to `end` bytes.
 *
 * @param taps three or five, and `edge`: known when this is compiled
 */
// @ts-ignore: decorator
@inline
function near_tiles(
  taps: i32, edge: bool, line: usize, first: usize, width: usize, rowStep: usize, columnStep: usize, weight: usize,
  weightRowStep: usize, weightColumnStep: usize, rows: i32, to: usize, toStep: usize, biased: bool, bias: usize,
  biasStep: usize, lower: f32, upper: f32, end: usize,
): void {
  const floor = f32x4.splat(lower);
  const mask = i32x4.splat(biased ? -1 : 0);
  for (let shift: usize = 0; shift < end; shift += SPAN) {
    let at = bias + shift;
    let low0 = v128.and(v128.load(at), mask), high0 = WIDE ? v128.and(load_high(at), mask) : zero();
    at += biasStep;
    let low1 = v128.and(v128.load(at), mask), high1 = WIDE ? v128.and(load_high(at), mask) : zero();
    at += biasStep;
    let low2 = v128.and(v128.load(at), mask), high2 = WIDE ? v128.and(load_high(at), mask) : zero();
    at += biasStep;
    let low3 = v128.and(v128.load(at), mask), high3 = WIDE ? v128.and(load_high(at), mask) : zero();
    let row = line + shift, factors = weight + shift;
    for (let left = rows; left > 0; left--) {
      let factor = factors;
      const w0 = v128.load(factor), v0 = load_high(factor);
      factor += weightColumnStep;
      const w1 = v128.load(factor), v1 = load_high(factor);
      factor += weightColumnStep;
      const w2 = v128.load(factor), v2 = load_high(factor);
      if (taps == 5) factor += weightColumnStep;
      const w3 = taps == 5 ? v128.load(factor) : w2, v3 = taps == 5 ? load_high(factor) : v2;
      if (taps == 5) factor += weightColumnStep;
      const w4 = taps == 5 ? v128.load(factor) : w2, v4 = taps == 5 ? load_high(factor) : v2;
      let offset = first, input = row + first;
      let from = edge ? pixel_at(row, offset, width) : input;
      let x = v128.load(from), z = load_high(from);
      low0 = madd(x, w0, low0); high0 = madd_high(z, v0, high0);
      offset += columnStep; input += columnStep;
      from = edge && taps == 5 ? pixel_at(row, offset, width) : edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      low0 = madd(x, w1, low0); high0 = madd_high(z, v1, high0);
      low1 = madd(x, w0, low1); high1 = madd_high(z, v0, high1);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      low0 = madd(x, w2, low0); high0 = madd_high(z, v2, high0);
      low1 = madd(x, w1, low1); high1 = madd_high(z, v1, high1);
      low2 = madd(x, w0, low2); high2 = madd_high(z, v0, high2);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low0 = madd(x, w3, low0); high0 = madd_high(z, v3, high0);
      }
      low1 = madd(x, w2, low1); high1 = madd_high(z, v2, high1);
      low2 = madd(x, w1, low2); high2 = madd_high(z, v1, high2);
      low3 = madd(x, w0, low3); high3 = madd_high(z, v0, high3);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low0 = madd(x, w4, low0); high0 = madd_high(z, v4, high0);
        low1 = madd(x, w3, low1); high1 = madd_high(z, v3, high1);
      }
      low2 = madd(x, w2, low2); high2 = madd_high(z, v2, high2);
      low3 = madd(x, w1, low3); high3 = madd_high(z, v1, high3);
      offset += columnStep; input += columnStep;
      from = edge && taps == 3 ? pixel_at(row, offset, width) : edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low1 = madd(x, w4, low1); high1 = madd_high(z, v4, high1);
        low2 = madd(x, w3, low2); high2 = madd_high(z, v3, high2);
      }
      low3 = madd(x, w2, low3); high3 = madd_high(z, v2, high3);
      if (taps == 5) {
        offset += columnStep; input += columnStep;
        from = edge ? pixel_at(row, offset, width) : input;
        x = v128.load(from); z = load_high(from);
        low2 = madd(x, w4, low2); high2 = madd_high(z, v4, high2);
        low3 = madd(x, w3, low3); high3 = madd_high(z, v3, high3);
        offset += columnStep; input += columnStep;
        from = edge ? pixel_at(row, offset, width) : input;
        x = v128.load(from); z = load_high(from);
        low3 = madd(x, w4, low3); high3 = madd_high(z, v4, high3);
      }
      row += rowStep;
      factors += weightRowStep;
    }
    const ceiling = f32x4.splat(upper);
    let output = to + shift;
    store_bound(output, low0, high0, floor, ceiling);
    output += toStep;
    store_bound(output, low1, high1, floor, ceiling);
    output += toStep;
    store_bound(output, low2, high2, floor, ceiling);
    output += toStep;
    store_bound(output, low3, high3, floor, ceiling);
  }
}

/** `near_tiles` where windows lie two pixels apart. */
// @ts-ignore: decorator
@inline
function far_tiles(
  taps: i32, edge: bool, line: usize, first: usize, width: usize, rowStep: usize, columnStep: usize, weight: usize,
  weightRowStep: usize, weightColumnStep: usize, rows: i32, to: usize, toStep: usize, biased: bool, bias: usize,
  biasStep: usize, lower: f32, upper: f32, end: usize,
): void {
  const floor = f32x4.splat(lower);
  const mask = i32x4.splat(biased ? -1 : 0);
  for (let shift: usize = 0; shift < end; shift += SPAN) {
    let at = bias + shift;
    let low0 = v128.and(v128.load(at), mask), high0 = WIDE ? v128.and(load_high(at), mask) : zero();
    at += biasStep;
    let low1 = v128.and(v128.load(at), mask), high1 = WIDE ? v128.and(load_high(at), mask) : zero();
    at += biasStep;
    let low2 = v128.and(v128.load(at), mask), high2 = WIDE ? v128.and(load_high(at), mask) : zero();
    let row = line + shift, factors = weight + shift;
    for (let left = rows; left > 0; left--) {
      let factor = factors;
      const w0 = v128.load(factor), v0 = load_high(factor);
      factor += weightColumnStep;
      const w1 = v128.load(factor), v1 = load_high(factor);
      factor += weightColumnStep;
      const w2 = v128.load(factor), v2 = load_high(factor);
      if (taps == 5) factor += weightColumnStep;
      const w3 = taps == 5 ? v128.load(factor) : w2, v3 = taps == 5 ? load_high(factor) : v2;
      if (taps == 5) factor += weightColumnStep;
      const w4 = taps == 5 ? v128.load(factor) : w2, v4 = taps == 5 ? load_high(factor) : v2;
      let offset = first, input = row + first;
      let from = edge ? pixel_at(row, offset, width) : input;
      let x = v128.load(from), z = load_high(from);
      low0 = madd(x, w0, low0); high0 = madd_high(z, v0, high0);
      offset += columnStep; input += columnStep;
      from = edge && taps == 5 ? pixel_at(row, offset, width) : edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      low0 = madd(x, w1, low0); high0 = madd_high(z, v1, high0);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      low0 = madd(x, w2, low0); high0 = madd_high(z, v2, high0);
      low1 = madd(x, w0, low1); high1 = madd_high(z, v0, high1);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low0 = madd(x, w3, low0); high0 = madd_high(z, v3, high0);
      }
      low1 = madd(x, w1, low1); high1 = madd_high(z, v1, high1);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low0 = madd(x, w4, low0); high0 = madd_high(z, v4, high0);
      }
      low1 = madd(x, w2, low1); high1 = madd_high(z, v2, high1);
      low2 = madd(x, w0, low2); high2 = madd_high(z, v0, high2);
      offset += columnStep; input += columnStep;
      from = edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low1 = madd(x, w3, low1); high1 = madd_high(z, v3, high1);
      }
      low2 = madd(x, w1, low2); high2 = madd_high(z, v1, high2);
      offset += columnStep; input += columnStep;
      from = edge && taps == 3 ? pixel_at(row, offset, width) : edge ? row + offset : input;
      x = v128.load(from); z = load_high(from);
      if (taps == 5) {
        low1 = madd(x, w4, low1); high1 = madd_high(z, v4, high1);
      }
      low2 = madd(x, w2, low2); high2 = madd_high(z, v2, high2);
      if (taps == 5) {
        offset += columnStep; input += columnStep;
        from = edge ? pixel_at(row, offset, width) : input;
        x = v128.load(from); z = load_high(from);
        low2 = madd(x, w3, low2); high2 = madd_high(z, v3, high2);
        offset += columnStep; input += columnStep;
        from = edge ? pixel_at(row, offset, width) : input;
        x = v128.load(from); z = load_high(from);
        low2 = madd(x, w4, low2); high2 = madd_high(z, v4, high2);
      }
      row += rowStep;
      factors += weightRowStep;
    }
    const ceiling = f32x4.splat(upper);
    let output = to + shift;
    store_bound(output, low0, high0, floor, ceiling);
    output += toStep;
    store_bound(output, low1, high1, floor, ceiling);
    output += toStep;
    store_bound(output, low2, high2, floor, ceiling);
  }
}
