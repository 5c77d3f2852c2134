// Work on one window of a pooling layer, for all channels: `rows` by `columns` taps, `lineBytes` and `tapBytes` apart, the first of
// them at `from` or `to`. Lanes are channels. That of maxima is inlined into the walks over windows of pool.ts; means, whose code
// is longer, are calls, which do not show beside the taps.

import { add_lanes, maximum, store_lanes, store_lanes_inline } from "./lanes";
import { BLOCK, long_mean } from "./means";
import { zero } from "./simd";

/** to = max(the largest element, lower); NaN if one is NaN. */
// @ts-ignore: decorator
@inline
export function max_of_window(
  from: usize, to: usize, c: i32, rows: i32, columns: i32, lineBytes: usize, tapBytes: usize, lower: f32,
): void {
  for (let channel = 0; channel < c; channel += 4) {
    let line = from + (<usize>channel << 2);
    let largest = f32x4.splat(lower);
    for (let i = rows; i > 0; i--) {
      let at = line;
      for (let j = columns; j > 0; j--) {
        largest = maximum(largest, v128.load(at));
        at += tapBytes;
      }
      line += lineBytes;
    }
    store_lanes(to + (<usize>channel << 2), largest, min(4, c - channel));
  }
}

/**
 * Adds the gradient of the largest element, which is at `output`, to that of the first element that equals it, if it is above `lower`.
 *
 * @param toDx, toDy bytes from elements to their gradients
 */
// @ts-ignore: decorator
@inline
export function share_of_largest(
  from: usize, output: usize, c: i32, rows: i32, columns: i32, lineBytes: usize, tapBytes: usize,
  toDx: usize, toDy: usize, lower: f32,
): void {
  const floor = f32x4.splat(lower);
  for (let channel = 0; channel < c; channel += 4) {
    const lanes = min(4, c - channel);
    const shift = <usize>channel << 2;
    const largest = v128.load(output + shift);
    let gradient = v128.and(v128.load(output + toDy + shift), f32x4.gt(largest, floor));
    let line = from + shift;
    for (let i = rows; i > 0; i--) {
      let at = line;
      for (let j = columns; j > 0; j--) {
        const here = f32x4.eq(v128.load(at), largest);
        add_lanes(at + toDx, v128.and(gradient, here), lanes);
        // A gradient is handed on once.
        gradient = v128.andnot(gradient, here);
        at += tapBytes;
      }
      line += lineBytes;
    }
  }
}

/** to = the sum of the elements over `count`. */
export function mean_of_window(
  from: usize, to: usize, c: i32, rows: i32, columns: i32, lineBytes: usize, tapBytes: usize, count: f32,
): void {
  if (rows * columns > BLOCK) {
    long_mean(from, to, c, rows, columns, lineBytes, tapBytes, <f64>count);
  } else {
    const counts = f32x4.splat(count);
    let channel = 0;
    // A cache line at a time: short loops over taps cost as much as what is in them.
    for (; c - channel >= 16; channel += 16) {
      let line = from + (<usize>channel << 2);
      let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
      for (let i = rows; i > 0; i--) {
        let at = line;
        for (let j = columns; j > 0; j--) {
          sum0 = f32x4.add(sum0, v128.load(at));
          sum1 = f32x4.add(sum1, v128.load(at, 16));
          sum2 = f32x4.add(sum2, v128.load(at, 32));
          sum3 = f32x4.add(sum3, v128.load(at, 48));
          at += tapBytes;
        }
        line += lineBytes;
      }
      const into = to + (<usize>channel << 2);
      v128.store(into, f32x4.div(sum0, counts));
      v128.store(into, f32x4.div(sum1, counts), 16);
      v128.store(into, f32x4.div(sum2, counts), 32);
      v128.store(into, f32x4.div(sum3, counts), 48);
    }
    for (; channel < c; channel += 4) {
      let line = from + (<usize>channel << 2);
      let sum = zero();
      for (let i = rows; i > 0; i--) {
        let at = line;
        for (let j = columns; j > 0; j--) {
          sum = f32x4.add(sum, v128.load(at));
          at += tapBytes;
        }
        line += lineBytes;
      }
      store_lanes_inline(to + (<usize>channel << 2), f32x4.div(sum, counts), c - channel);
    }
  }
}

/** Adds to each element its share of the gradient of the mean at `from`: that over `count`. */
export function share_of_mean(
  from: usize, to: usize, c: i32, rows: i32, columns: i32, lineBytes: usize, tapBytes: usize, count: f32,
): void {
  const counts = f32x4.splat(count);
  let channel = 0;
  for (; c - channel >= 16; channel += 16) {
    const source = from + (<usize>channel << 2);
    const share0 = f32x4.div(v128.load(source), counts), share1 = f32x4.div(v128.load(source, 16), counts);
    const share2 = f32x4.div(v128.load(source, 32), counts), share3 = f32x4.div(v128.load(source, 48), counts);
    let line = to + (<usize>channel << 2);
    for (let i = rows; i > 0; i--) {
      let at = line;
      for (let j = columns; j > 0; j--) {
        v128.store(at, f32x4.add(v128.load(at), share0));
        v128.store(at, f32x4.add(v128.load(at, 16), share1), 16);
        v128.store(at, f32x4.add(v128.load(at, 32), share2), 32);
        v128.store(at, f32x4.add(v128.load(at, 48), share3), 48);
        at += tapBytes;
      }
      line += lineBytes;
    }
  }
  for (; channel < c; channel += 4) {
    const lanes = min(4, c - channel);
    let line = to + (<usize>channel << 2);
    const share = f32x4.div(v128.load(from + (<usize>channel << 2)), counts);
    for (let i = rows; i > 0; i--) {
      let at = line;
      for (let j = columns; j > 0; j--) {
        add_lanes(at, share, lanes);
        at += tapBytes;
      }
      line += lineBytes;
    }
  }
}
