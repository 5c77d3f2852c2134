// Upsampling of small images [n, h, w, c] into large ones [n, h sizeH, w sizeW, c]. Axis: sample. Lanes are channels; the last
// vectors of a pixel read up to seven floats past it, whose lanes are not stored. Every kernel overwrites its last tensor and
// costs one pass over memory. Inner loops run over channels: the few steps of a loop over a pixel's copies took three times as
// long.

import { add_lanes, store_lanes_inline } from "./lanes";
import { address, madd, store_up_to_8, zero } from "./simd";

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

/** Adds two shares of the `count` (1 to 8) first of eight floats, of two lines, to those at an address. */
// @ts-ignore: decorator
@inline
function add_shares(
  to: usize, low: v128, high: v128, share: v128, nextLow: v128, nextHigh: v128, nextShare: v128, count: i32,
): void {
  const first = madd(nextLow, nextShare, madd(low, share, v128.load(to)));
  store_up_to_8(to, first, madd(nextHigh, nextShare, madd(high, share, v128.load(to, 16))), count);
}

/**
 * Both bilinear kernels; `isGradient` is a constant.
 *
 * On each axis output i lies at (step i + start) / parts among the inputs: with pixels as points in the middle of their squares at
 * (2 i + 1 - size) / (2 size), with `aligned` corners at i (inputs - 1) / (outputs - 1). Its share of the input behind it is what
 * is left of the division; the outputs before the first input and behind the last one have it on both sides.
 *
 * Two lines at a time, where they lie between the same two rows, and eight channels, which walk along the line: the two pixels at
 * whose sides the outputs lie stay in registers.
 */
// @ts-ignore: decorator
@inline
function bilinear(
  begin: i32, end: i32, small: i32, large: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32, aligned: i32,
  isGradient: bool,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const lines = h * sizeH, width = w * sizeW;
  const lineBytes = <usize>width * pixelBytes;
  const stepH = aligned ? h - 1 : 2, startH = aligned ? 0 : 1 - sizeH, partsH = aligned ? max(lines - 1, 1) : 2 * sizeH;
  const stepW = aligned ? w - 1 : 2, startW = aligned ? 0 : 1 - sizeW, partsW = aligned ? max(width - 1, 1) : 2 * sizeW;
  const unitH: f32 = 1 / <f32>partsH, unitW: f32 = 1 / <f32>partsW;
  for (let n = begin; n < end; n++) {
    const image = address(small + n * h * w * c);
    if (isGradient) memory.fill(image, 0, <usize>h * rowBytes);
    let to = address(large + n * lines * width * c);
    for (let line = 0; line < lines; ) {
      // Places are counted from one input before the first, so that none is negative.
      const place = <i64>line * <i64>stepH + <i64>(startH + partsH);
      const row = <i32>(place / <i64>partsH) - 1;
      const parts = <i32>(place % <i64>partsH);
      // The line below, if it lies between the same rows; else the same line again, which counts once in a gradient.
      const isPair = line + 1 < lines && parts + stepH < partsH;
      const lower = f32x4.splat(<f32>parts * unitH), upper = f32x4.splat(<f32>(partsH - parts) * unitH);
      const nextPlace = isPair ? parts + stepH : parts;
      let nextLower = f32x4.splat(<f32>nextPlace * unitH), nextUpper = f32x4.splat(<f32>(partsH - nextPlace) * unitH);
      if (isGradient && !isPair) nextLower = nextUpper = f32x4.splat(0);
      const nextLine: usize = isPair ? lineBytes : 0;
      const top = image + <usize>max(row, 0) * rowBytes;
      const under: usize = row >= 0 && row < h - 1 ? rowBytes : 0;
      for (let channel = 0; channel < c; channel += 8) {
        const count = min(c - channel, 8);
        const shift = <usize>channel << 2;
        let at = top + shift;
        let output = to + shift;
        // The left pixel is `column`; before the first one both are that.
        let column = startW < 0 ? -1 : 0;
        let rest = startW < 0 ? startW + partsW : 0;
        // Left and right pixel of the first line, and of the second.
        let left0 = zero(), left1 = zero(), right0 = zero(), right1 = zero();
        let left2 = zero(), left3 = zero(), right2 = zero(), right3 = zero();
        if (!isGradient) {
          const next = at + (column >= 0 && w > 1 ? pixelBytes : 0);
          left0 = madd(v128.load(at + under), lower, f32x4.mul(v128.load(at), upper));
          left1 = madd(v128.load(at + under, 16), lower, f32x4.mul(v128.load(at, 16), upper));
          left2 = madd(v128.load(at + under), nextLower, f32x4.mul(v128.load(at), nextUpper));
          left3 = madd(v128.load(at + under, 16), nextLower, f32x4.mul(v128.load(at, 16), nextUpper));
          right0 = madd(v128.load(next + under), lower, f32x4.mul(v128.load(next), upper));
          right1 = madd(v128.load(next + under, 16), lower, f32x4.mul(v128.load(next, 16), upper));
          right2 = madd(v128.load(next + under), nextLower, f32x4.mul(v128.load(next), nextUpper));
          right3 = madd(v128.load(next + under, 16), nextLower, f32x4.mul(v128.load(next, 16), nextUpper));
        }
        for (let i = width; i > 0; i--) {
          if (rest >= partsW && column < w - 1) {
            rest -= partsW;
            column++;
            if (isGradient) {
              add_shares(at, left0, left1, upper, left2, left3, nextUpper, count);
              add_shares(at + under, left0, left1, lower, left2, left3, nextLower, count);
              left0 = right0; left1 = right1; left2 = right2; left3 = right3;
              right0 = zero(); right1 = zero(); right2 = zero(); right3 = zero();
              if (column > 0) at += pixelBytes;
            } else {
              left0 = right0; left1 = right1; left2 = right2; left3 = right3;
              if (column > 0) at += pixelBytes;
              const next = at + (column < w - 1 ? pixelBytes : 0);
              const a0 = v128.load(next), a1 = v128.load(next, 16);
              const b0 = v128.load(next + under), b1 = v128.load(next + under, 16);
              right0 = madd(b0, lower, f32x4.mul(a0, upper));
              right1 = madd(b1, lower, f32x4.mul(a1, upper));
              right2 = madd(b0, nextLower, f32x4.mul(a0, nextUpper));
              right3 = madd(b1, nextLower, f32x4.mul(a1, nextUpper));
            }
          }
          const right = f32x4.splat(<f32>rest * unitW), left = f32x4.splat(<f32>(partsW - rest) * unitW);
          const after = output + nextLine;
          if (isGradient) {
            const one0 = v128.load(output), one1 = v128.load(output, 16);
            const two0 = v128.load(after), two1 = v128.load(after, 16);
            left0 = madd(one0, left, left0);
            left1 = madd(one1, left, left1);
            left2 = madd(two0, left, left2);
            left3 = madd(two1, left, left3);
            right0 = madd(one0, right, right0);
            right1 = madd(one1, right, right1);
            right2 = madd(two0, right, right2);
            right3 = madd(two1, right, right3);
          } else {
            const one0 = madd(right0, right, f32x4.mul(left0, left));
            const one1 = madd(right1, right, f32x4.mul(left1, left));
            store_up_to_8(output, one0, one1, count);
            const two0 = madd(right2, right, f32x4.mul(left2, left));
            const two1 = madd(right3, right, f32x4.mul(left3, left));
            store_up_to_8(after, two0, two1, count);
          }
          rest += stepW;
          output += pixelBytes;
        }
        if (isGradient) {
          add_shares(at, left0, left1, upper, left2, left3, nextUpper, count);
          add_shares(at + under, left0, left1, lower, left2, left3, nextLower, count);
          if (column >= 0 && column < w - 1) at += pixelBytes;
          add_shares(at, right0, right1, upper, right2, right3, nextUpper, count);
          add_shares(at + under, right0, right1, lower, right2, right3, nextLower, count);
        }
      }
      to += nextLine + lineBytes;
      line += isPair ? 2 : 1;
    }
  }
}

/**
 * y = x between the middles of its pixels, linear on both axes; with `aligned` 1 the outermost middles are those of x.
 *
 * @param x [n, h, w, c]
 * @param y [n, h sizeH, w sizeW, c]
 */
export function upsample_bilinear_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32, aligned: i32,
): void {
  bilinear(begin, end, x, y, h, w, c, sizeH, sizeW, aligned, false);
}

/**
 * dx = the gradient of `upsample_bilinear_forward`: each pixel's shares of the outputs around it.
 *
 * @param dy [n, h sizeH, w sizeW, c]
 * @param dx [n, h, w, c]
 */
export function upsample_bilinear_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, sizeH: i32, sizeW: i32, aligned: i32,
): void {
  bilinear(begin, end, dx, dy, h, w, c, sizeH, sizeW, aligned, true);
}
