// Upsampling of small images [n, h, w, c] into large ones [n, h sizeH, w sizeW, c]. Axis: sample. Lanes are channels; the last
// vectors of a pixel read up to seven floats past it, whose lanes are not stored. Every kernel overwrites its last tensor and
// costs one pass over memory. Inner loops run over channels: the few steps of a loop over a pixel's copies took three times as
// long.

import { add_lanes, store_lanes_inline } from "./lanes";
import { address, madd, store_up_to_8 } from "./simd";

/**
 * y = each pixel of x, sizeH by sizeW times.
 *
 * @param x [n, h, w, c]
 * @param y [n, h sizeH, w sizeW, c]
 */
export function upsample_nearest_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const lineBytes = <usize>(w * sizeW) * pixelBytes;
  let from = address(x + begin * h * w * c);
  let to = address(y + begin * h * w * c * sizeH * sizeW);
  for (let row = begin * h; row < end * h; row++) {
    const line = to;
    for (let column = 0; column < w; column++) {
      for (let j = 0; j < sizeW; j++) {
        let i: usize = 0;
        for (let left = c; left > 0; left -= 4) {
          store_lanes_inline(to + i, v128.load(from + i), left);
          i += 16;
        }
        to += pixelBytes;
      }
      from += pixelBytes;
    }
    for (let i = 1; i < sizeH; i++) {
      memory.copy(to, line, lineBytes);
      to += lineBytes;
    }
  }
}

/**
 * dx = the sum of each pixel's gradients, two of a line at a time.
 *
 * @param dy [n, h sizeH, w sizeW, c]
 * @param dx [n, h, w, c]
 */
export function upsample_nearest_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let from = address(dy + begin * h * w * c * sizeH * sizeW);
  let start = address(dx + begin * h * w * c);
  for (let row = begin * h; row < end * h; row++) {
    memory.fill(start, 0, rowBytes);
    for (let line = 0; line < sizeH; line++) {
      let to = start;
      for (let column = 0; column < w; column++) {
        for (let j = sizeW; j > 0; j -= 2) {
          // The last one of an odd number is alone.
          const next = j > 1 ? pixelBytes : 0;
          const mask = i32x4.splat(j > 1 ? -1 : 0);
          let i: usize = 0;
          for (let left = c; left > 0; left -= 4) {
            const other = v128.and(v128.load(from + next + i), mask);
            add_lanes(to + i, f32x4.add(v128.load(from + i), other), left);
            i += 16;
          }
          from += pixelBytes + next;
        }
        to += pixelBytes;
      }
    }
    start += rowBytes;
  }
}

/** Adds a share of the `count` (1 to 8) first of eight floats to those at an address. */
// @ts-ignore: decorator
@inline
function add_share(to: usize, low: v128, high: v128, share: v128, count: i32): void {
  store_up_to_8(to, madd(low, share, v128.load(to)), madd(high, share, v128.load(to, 16)), count);
}

/**
 * Both bilinear kernels; `isGradient` is a constant.
 *
 * Pixels are points in the middle of their squares. On each axis an output lies between two neighbouring inputs, `size`
 * outputs between the same two: output t of these has the second one's share (2 t + odd) / (2 size), where odd is 1 for an even
 * size, else 0. The outputs before the first input and behind the last one have it as both neighbours.
 */
// @ts-ignore: decorator
@inline
function bilinear(
  begin: i32, end: i32, small: i32, large: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32, isGradient: bool,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const lines = h * sizeH;
  const before = sizeW >> 1;
  // Shares are whole numbers of these parts until those of both axes meet.
  const partsH = 2 * sizeH, partsW = 2 * sizeW;
  const unit: f32 = 1 / (<f32>partsH * <f32>partsW);
  let to = address(large + begin * lines * w * sizeW * c);
  for (let n = begin; n < end; n++) {
    const image = address(small + n * h * w * c);
    if (isGradient) memory.fill(image, 0, <usize>h * rowBytes);
    for (let line = 0; line < lines; line++) {
      const place = line + sizeH - (sizeH >> 1);
      const row = place / sizeH;
      const parts = 2 * (place - row * sizeH) + 1 - (sizeH & 1);
      const rest = partsH - parts;
      const upper = f32x4.splat(<f32>rest * unit), lower = f32x4.splat(<f32>parts * unit);
      const top = image + <usize>max(row - 1, 0) * rowBytes;
      const under = image + <usize>min(row, h - 1) * rowBytes - top;
      for (let column = 0; column <= w; column++) {
        const from = top + <usize>max(column - 1, 0) * pixelBytes;
        const beside = top + <usize>min(column, w - 1) * pixelBytes - from;
        const last = column == w ? sizeW - before : sizeW;
        for (let tap = column == 0 ? sizeW - before : 0; tap < last; tap += 2) {
          // Two outputs at a time; the last one of an odd number twice, of which a gradient counts once.
          const isPair = tap + 1 < last;
          const next = isPair ? pixelBytes : 0;
          const right = f32x4.convert_i32x4_s(i32x4.splat(2 * tap + 1 - (sizeW & 1)));
          const left = f32x4.sub(f32x4.splat(<f32>partsW), right);
          const step = f32x4.splat(isPair ? 2 : 0);
          let nextRight = f32x4.add(right, step), nextLeft = f32x4.sub(left, step);
          if (isGradient && !isPair) nextRight = nextLeft = f32x4.splat(0);
          let i: usize = 0;
          for (let channels = c; channels > 0; channels -= 8) {
            const at = from + i, across = at + beside, down = at + under, opposite = down + beside;
            const output = to + i, after = output + next;
            const count = min(channels, 8);
            if (isGradient) {
              const one0 = v128.load(output), one1 = v128.load(output, 16);
              const two0 = v128.load(after), two1 = v128.load(after, 16);
              const left0 = madd(two0, nextLeft, f32x4.mul(one0, left));
              const left1 = madd(two1, nextLeft, f32x4.mul(one1, left));
              const right0 = madd(two0, nextRight, f32x4.mul(one0, right));
              const right1 = madd(two1, nextRight, f32x4.mul(one1, right));
              add_share(at, left0, left1, upper, count);
              add_share(across, right0, right1, upper, count);
              add_share(down, left0, left1, lower, count);
              add_share(opposite, right0, right1, lower, count);
            } else {
              const left0 = madd(v128.load(down), lower, f32x4.mul(v128.load(at), upper));
              const left1 = madd(v128.load(down, 16), lower, f32x4.mul(v128.load(at, 16), upper));
              const right0 = madd(v128.load(opposite), lower, f32x4.mul(v128.load(across), upper));
              const right1 = madd(v128.load(opposite, 16), lower, f32x4.mul(v128.load(across, 16), upper));
              const one0 = madd(right0, right, f32x4.mul(left0, left));
              const one1 = madd(right1, right, f32x4.mul(left1, left));
              store_up_to_8(output, one0, one1, count);
              const two0 = madd(right0, nextRight, f32x4.mul(left0, nextLeft));
              const two1 = madd(right1, nextRight, f32x4.mul(left1, nextLeft));
              store_up_to_8(after, two0, two1, count);
            }
            i += 32;
          }
          to += pixelBytes + next;
        }
      }
    }
  }
}

/**
 * y = x between the middles of its pixels, linear on both axes.
 *
 * @param x [n, h, w, c]
 * @param y [n, h sizeH, w sizeW, c]
 */
export function upsample_bilinear_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32,
): void {
  bilinear(begin, end, x, y, h, w, c, sizeH, sizeW, false);
}

/**
 * dx = the gradient of `upsample_bilinear_forward`: each pixel's shares of the outputs around it.
 *
 * @param dy [n, h sizeH, w sizeW, c]
 * @param dx [n, h, w, c]
 */
export function upsample_bilinear_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32,
): void {
  bilinear(begin, end, dx, dy, h, w, c, sizeH, sizeW, true);
}
