// Winograd's transforms of the filters and of their gradients: the same points as in winograd-transform.ts, once a step.

import { store_lanes_inline } from "./lanes";
import { address, madd } from "./simd";
import { POINT } from "./winograd-transform";

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
    // Four vectors at a time: the 36 lines of the cache that they fill compete for a few places in it.
    for (let shift: usize = 0; shift < step; shift += 64) {
      const count = <i32>min<usize>(4, (step - shift) >> 4);
      for (let i: usize = 0; i < 3; i++) filter_pass(from + i * tap + shift, 3 * tap, 16, count, part + (i << 6), 192, 16);
      for (let i: usize = 0; i < 6; i++) {
        filter_pass(part + 192 * i, 64, 16, count, to + 6 * i * step + shift, step, 16);
      }
    }
  }
}

/**
 * G^T m G: 36 vectors `step` apart to nine taps `tap` apart.
 *
 * @param count valid channels of the vector
 */
export function transform_taps(m: usize, step: usize, part: usize, to: usize, tap: usize, count: i32): void {
  taps_pass(m, 6 * step, step, 6, part, 16, 48);
  taps_pass(part, 48, 16, 3, part + 288, 16, 48);
  for (let from = part + 288; from < part + 432; from += 16) {
    const sum = v128.load(from);
    store_lanes_inline(to, sum, count);
    to += tap;
  }
}

/** Three taps g to six elements G g, for `count` columns `next` apart. */
function filter_pass(from: usize, step: usize, next: usize, count: i32, to: usize, toStep: usize, toNext: usize): void {
  const point = f32x4.splat(POINT), half = f32x4.splat(0.5), two = f32x4.splat(2);
  const scaleSmall = f32x4.splat(-2.0 / 3.0), scaleLarge = f32x4.splat(1.0 / 6.0);
  for (; count > 0; count--) {
    const g0 = v128.load(from), g1 = f32x4.mul(point, v128.load(from + step)), g2 = v128.load(from + 2 * step);
    let t = to;
    v128.store(t, g0);
    let even = madd(half, g2, g0);
    t += toStep; v128.store(t, f32x4.mul(scaleSmall, f32x4.add(even, g1)));
    t += toStep; v128.store(t, f32x4.mul(scaleSmall, f32x4.sub(even, g1)));
    even = madd(two, g2, g0);
    const odd = f32x4.mul(two, g1);
    t += toStep; v128.store(t, f32x4.mul(scaleLarge, f32x4.add(even, odd)));
    t += toStep; v128.store(t, f32x4.mul(scaleLarge, f32x4.sub(even, odd)));
    t += toStep; v128.store(t, g2);
    from += next;
    to += toNext;
  }
}

/** Six sums m to three taps G^T m, for `count` columns `next` apart. */
function taps_pass(from: usize, step: usize, next: usize, count: i32, to: usize, toStep: usize, toNext: usize): void {
  const point = f32x4.splat(POINT), half = f32x4.splat(0.5), two = f32x4.splat(2);
  const scaleSmall = f32x4.splat(-2.0 / 3.0), scaleLarge = f32x4.splat(1.0 / 6.0);
  for (; count > 0; count--) {
    let m = from + step;
    let a = v128.load(m); m += step;
    let b = v128.load(m); m += step;
    const evenSmall = f32x4.mul(scaleSmall, f32x4.add(a, b)), oddSmall = f32x4.mul(scaleSmall, f32x4.sub(a, b));
    a = v128.load(m); m += step;
    b = v128.load(m); m += step;
    const evenLarge = f32x4.mul(scaleLarge, f32x4.add(a, b)), oddLarge = f32x4.mul(scaleLarge, f32x4.sub(a, b));
    let t = to;
    v128.store(t, f32x4.add(v128.load(from), f32x4.add(evenSmall, evenLarge)));
    t += toStep; v128.store(t, f32x4.mul(point, madd(two, oddLarge, oddSmall)));
    t += toStep; v128.store(t, madd(half, evenSmall, madd(two, evenLarge, v128.load(m))));
    from += next;
    to += toNext;
  }
}
