// Winograd's transforms of the filters and of their gradients: the same points as in winograd-transform.ts, once a step.

import { address, madd } from "./simd";
import { load_high, SPAN, store_channels, store_span } from "./span";
import { number } from "./winograd-transform";

/**
 * Transforms packed 3 x 3 filters: U = G g G^T for each row and column of the panels, in the order
 * winograd_forward and winograd_backward_data read them.
 *
 * Axis: weight, over panels. Overwrites its panels. Cost: about 80 FLOP for each row and column.
 *
 * @param packed [panels][9][rows][8] as `pack_forward` leaves them, or `pack_backward`
 * @param panels [panels][36][rows][8]
 * @param reversed whether the taps are in reverse, as `pack_backward` leaves them; the transform takes them forwards
 * @param scratch 288 floats of a thread's own
 */
export function winograd_filters(
  begin: i32, end: i32, packed: i32, panels: i32, rows: i32, reversed: i32, scratch: i32,
): void {
  const part = address(scratch);
  const step = <usize>rows << 5;
  const tap = reversed ? -step : step;
  for (let panel = begin; panel < end; panel++) {
    const from = address(packed) + (<usize>panel * 9 + (reversed ? 8 : 0)) * step;
    const to = address(panels) + <usize>panel * 36 * step;
    // A line of the cache at a time: the 36 that it becomes compete for a few places there.
    for (let shift: usize = 0; shift < step; shift += 64) {
      const count = <i32>(min<usize>(64, step - shift) / SPAN);
      for (let i: usize = 0; i < 3; i++) filter_pass(from + i * tap + shift, 3 * tap, count, part + (i << 6), 192);
      for (let i: usize = 0; i < 6; i++) filter_pass(part + 192 * i, 64, count, to + 6 * i * step + shift, step);
    }
  }
}

/**
 * G^T m G: 36 places `step` apart to nine taps `tap` apart, for a span of channels.
 *
 * @param count valid channels of the span
 * @param more true: they are added to what is there
 */
export function transform_taps(
  m: usize, step: usize, part: usize, to: usize, tap: usize, count: i32, more: bool,
): void {
  taps_pass(m, 6 * step, step, 6, part, 3 * SPAN);
  taps_pass(part, 3 * SPAN, SPAN, 3, part + 18 * SPAN, 3 * SPAN);
  for (let from = part + 18 * SPAN; from < part + 27 * SPAN; from += SPAN) {
    let low = v128.load(from), high = load_high(from);
    if (more) {
      low = f32x4.add(low, v128.load(to));
      high = f32x4.add(high, load_high(to));
    }
    store_channels(to, low, high, count);
    to += tap;
  }
}

/** Three taps g, `step` apart, to six elements G g, for `count` neighbouring spans. */
function filter_pass(from: usize, step: usize, count: i32, to: usize, toStep: usize): void {
  const point = number(0), half = number(7), two = number(8);
  const scaleSmall = number(10), scaleLarge = number(11);
  for (; count > 0; count--) {
    let at = from + step;
    const a0 = v128.load(from), a1 = f32x4.mul(point, v128.load(at)), a2 = v128.load(at + step);
    const b0 = load_high(from), b1 = f32x4.mul(point, load_high(at)), b2 = load_high(at + step);
    at = to;
    store_span(at, a0, b0);
    let evenA = madd(half, a2, a0), evenB = madd(half, b2, b0);
    at += toStep;
    store_span(at, f32x4.mul(scaleSmall, f32x4.add(evenA, a1)), f32x4.mul(scaleSmall, f32x4.add(evenB, b1)));
    at += toStep;
    store_span(at, f32x4.mul(scaleSmall, f32x4.sub(evenA, a1)), f32x4.mul(scaleSmall, f32x4.sub(evenB, b1)));
    evenA = madd(two, a2, a0); evenB = madd(two, b2, b0);
    const oddA = f32x4.mul(two, a1), oddB = f32x4.mul(two, b1);
    at += toStep;
    store_span(at, f32x4.mul(scaleLarge, f32x4.add(evenA, oddA)), f32x4.mul(scaleLarge, f32x4.add(evenB, oddB)));
    at += toStep;
    store_span(at, f32x4.mul(scaleLarge, f32x4.sub(evenA, oddA)), f32x4.mul(scaleLarge, f32x4.sub(evenB, oddB)));
    at += toStep; store_span(at, a2, b2);
    from += SPAN;
    to += SPAN;
  }
}

/** Six sums m, `step` apart, to three taps G^T m, for `count` columns `next` apart. */
function taps_pass(from: usize, step: usize, next: usize, count: i32, to: usize, toNext: usize): void {
  const point = number(0), half = number(7), two = number(8);
  const scaleSmall = number(10), scaleLarge = number(11);
  for (; count > 0; count--) {
    let m = from + step;
    let a = v128.load(m), b = load_high(m); m += step;
    let c = v128.load(m), d = load_high(m); m += step;
    const evenSmallA = f32x4.mul(scaleSmall, f32x4.add(a, c)), oddSmallA = f32x4.mul(scaleSmall, f32x4.sub(a, c));
    const evenSmallB = f32x4.mul(scaleSmall, f32x4.add(b, d)), oddSmallB = f32x4.mul(scaleSmall, f32x4.sub(b, d));
    a = v128.load(m); b = load_high(m); m += step;
    c = v128.load(m); d = load_high(m); m += step;
    const evenLargeA = f32x4.mul(scaleLarge, f32x4.add(a, c)), oddLargeA = f32x4.mul(scaleLarge, f32x4.sub(a, c));
    const evenLargeB = f32x4.mul(scaleLarge, f32x4.add(b, d)), oddLargeB = f32x4.mul(scaleLarge, f32x4.sub(b, d));
    store_span(
      to, f32x4.add(v128.load(from), f32x4.add(evenSmallA, evenLargeA)),
      f32x4.add(load_high(from), f32x4.add(evenSmallB, evenLargeB)),
    );
    store_span(
      to + SPAN, f32x4.mul(point, madd(two, oddLargeA, oddSmallA)), f32x4.mul(point, madd(two, oddLargeB, oddSmallB)),
    );
    store_span(
      to + 2 * SPAN, madd(half, evenSmallA, madd(two, evenLargeA, v128.load(m))),
      madd(half, evenSmallB, madd(two, evenLargeB, load_high(m))),
    );
    from += next;
    to += toNext;
  }
}
