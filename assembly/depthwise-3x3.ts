// Rows of depthwise 3 x 3 windows: some outputs of a span of channels at a time, whose sums rest in registers.
//
// A line of the window is a turn of a loop, as V8 moves the loads of straight code to its front: those of a line, its three weights and
// the sums are thirteen vectors. Each input of a line is loaded once for all outputs that it is part of.

import { madd, zero } from "./simd";
import { load_high, SPAN, store_span } from "./span";

/** Outputs at a time, where windows lie one and two pixels apart. */
const NEAR: i32 = 4, FAR: i32 = 3;

/**
 * The first channels of a row of outputs, as many as are whole spans; returns how many. Sums are those of `sum_row`, in its order. All
 * steps are in bytes.
 *
 * @param pixelStep from the window of an output to the next one's: `columnStep`, or twice that
 * @param count outputs; nothing is done where they are too few
 */
export function sum_row_3x3(
  from: usize, pixelStep: usize, rowStep: usize, columnStep: usize, weight: usize, weightRowStep: usize,
  weightColumnStep: usize, to: usize, toStep: usize, biased: bool, bias: usize, biasStep: usize, lower: f32, upper: f32,
  count: i32, c: i32,
): i32 {
  const near = pixelStep == columnStep;
  const together = near ? NEAR : FAR;
  const end = (<usize>c << 2) & ~(SPAN - 1);
  if (count < together || (!near && pixelStep != 2 * columnStep)) return 0;
  for (let j = 0; j < count; j += together) {
    // The last ones overlap those before, and give the same numbers again.
    const column = <usize>min(j, count - together);
    const window = from + column * pixelStep, output = to + column * toStep, summands = bias + column * biasStep;
    if (near) {
      tiles(
        window, rowStep, columnStep, weight, weightRowStep, weightColumnStep, output, toStep, biased, summands, biasStep,
        lower, upper, end, true,
      );
    } else {
      tiles(
        window, rowStep, columnStep, weight, weightRowStep, weightColumnStep, output, toStep, biased, summands, biasStep,
        lower, upper, end, false,
      );
    }
  }
  return <i32>(end >> 2);
}

/** `madd` of the second vectors of spans, without operations where a span has one. */
// @ts-ignore: decorator
@inline
function madd_high(a: v128, b: v128, c: v128): v128 {
  return WIDE ? madd(a, b, c) : c;
}

/** Stores a span within bounds. */
// @ts-ignore: decorator
@inline
function store_bound(to: usize, low: v128, high: v128, floor: v128, ceiling: v128): void {
  store_span(to, f32x4.pmin(f32x4.pmax(low, floor), ceiling), WIDE ? f32x4.pmin(f32x4.pmax(high, floor), ceiling) : zero());
}

/** Neighbouring outputs, one span of channels after the other, up to `end` bytes. */
// @ts-ignore: decorator
@inline
function tiles(
  from: usize, rowStep: usize, columnStep: usize, weight: usize, weightRowStep: usize, weightColumnStep: usize, to: usize,
  toStep: usize, biased: bool, bias: usize, biasStep: usize, lower: f32, upper: f32, end: usize, near: bool,
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
    at += near ? biasStep : 0;
    let low3 = v128.and(v128.load(at), mask), high3 = WIDE ? v128.and(load_high(at), mask) : zero();
    let row = from + shift, factors = weight + shift;
    for (let line = 3; line > 0; line--) {
      const w0 = v128.load(factors), v0 = load_high(factors);
      const w1 = v128.load(factors + weightColumnStep), v1 = load_high(factors + weightColumnStep);
      const w2 = v128.load(factors + 2 * weightColumnStep), v2 = load_high(factors + 2 * weightColumnStep);
      let input = row;
      let x = v128.load(input), z = load_high(input);
      low0 = madd(x, w0, low0); high0 = madd_high(z, v0, high0);
      input += columnStep;
      x = v128.load(input); z = load_high(input);
      low0 = madd(x, w1, low0); high0 = madd_high(z, v1, high0);
      if (near) {
        low1 = madd(x, w0, low1); high1 = madd_high(z, v0, high1);
      }
      input += columnStep;
      x = v128.load(input); z = load_high(input);
      low0 = madd(x, w2, low0); high0 = madd_high(z, v2, high0);
      if (near) {
        low1 = madd(x, w1, low1); high1 = madd_high(z, v1, high1);
        low2 = madd(x, w0, low2); high2 = madd_high(z, v0, high2);
      } else {
        low1 = madd(x, w0, low1); high1 = madd_high(z, v0, high1);
      }
      input += columnStep;
      x = v128.load(input); z = load_high(input);
      if (near) {
        low1 = madd(x, w2, low1); high1 = madd_high(z, v2, high1);
        low2 = madd(x, w1, low2); high2 = madd_high(z, v1, high2);
        low3 = madd(x, w0, low3); high3 = madd_high(z, v0, high3);
      } else {
        low1 = madd(x, w1, low1); high1 = madd_high(z, v1, high1);
      }
      input += columnStep;
      x = v128.load(input); z = load_high(input);
      if (near) {
        low2 = madd(x, w2, low2); high2 = madd_high(z, v2, high2);
        low3 = madd(x, w1, low3); high3 = madd_high(z, v1, high3);
      } else {
        low1 = madd(x, w2, low1); high1 = madd_high(z, v2, high1);
        low2 = madd(x, w0, low2); high2 = madd_high(z, v0, high2);
      }
      input += columnStep;
      x = v128.load(input); z = load_high(input);
      if (near) {
        low3 = madd(x, w2, low3); high3 = madd_high(z, v2, high3);
      } else {
        low2 = madd(x, w1, low2); high2 = madd_high(z, v1, high2);
        input += columnStep;
        x = v128.load(input); z = load_high(input);
        low2 = madd(x, w2, low2); high2 = madd_high(z, v2, high2);
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
    if (near) {
      output += toStep;
      store_bound(output, low3, high3, floor, ceiling);
    }
  }
}
