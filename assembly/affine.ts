// Numbers that are added: one to all floats, or one to each channel. Axis: sample. Up to three floats past x and y are read, whose
// values are not stored. Every kernel costs one pass over memory.

import { store_lanes_inline } from "./lanes";
import { address, madd } from "./simd";

/** y = factor x + offset. x, y: [n, size]; they may be the same. */
export function rescale(begin: i32, end: i32, x: i32, y: i32, size: i32, factor: f32, offset: f32): void {
  const factors = f32x4.splat(factor), offsets = f32x4.splat(offset);
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    store_lanes_inline(to, madd(v128.load(from), factors, offsets), left);
    from += 16;
    to += 16;
  }
}

/**
 * y[position, channel] = max(y[position, channel] + bias[channel], lower) in each sample.
 *
 * @param y [n, positions, channels]
 * @param bias [channels]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function add_bias(
  begin: i32, end: i32, y: i32, bias: i32, positions: i32, channels: i32, lower: f32,
): void {
  const floor = f32x4.splat(lower);
  const row = <usize>channels << 2;
  let to = address(y + begin * positions * channels);
  for (let position = begin * positions; position < end * positions; position++) {
    let i: usize = 0;
    for (let left = channels; left > 0; left -= 4) {
      const sum = f32x4.add(v128.load(to + i), v128.load(address(bias) + i));
      store_lanes_inline(to + i, f32x4.pmax(sum, floor), left);
      i += 16;
    }
    to += row;
  }
}
