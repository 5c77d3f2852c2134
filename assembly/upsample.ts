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
 * Two neighbours of a line at a time, where they lie between the same two columns, in a gradient of two lines between the same two
 * rows; loops run over their channels inside.
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
  let output = address(large + begin * lines * width * c);
  for (let n = begin; n < end; n++) {
    const image = address(small + n * h * w * c);
    if (isGradient) memory.fill(image, 0, <usize>h * rowBytes);
    for (let line = 0; line < lines; ) {
      // Places are counted from one input before the first, so that none is negative.
      const place = <i64>line * <i64>stepH + <i64>(startH + partsH);
      const row = <i32>(place / <i64>partsH) - 1;
      const part = <i32>(place % <i64>partsH);
      const lower = f32x4.splat(<f32>part * unitH), upper = f32x4.splat(<f32>(partsH - part) * unitH);
      const isTwo = isGradient && line + 1 < lines && part + stepH < partsH;
      const nextPart = part + stepH, nextLine: usize = isTwo ? lineBytes : 0;
      const nextLower = f32x4.splat(isTwo ? <f32>nextPart * unitH : 0);
      const nextUpper = f32x4.splat(isTwo ? <f32>(partsH - nextPart) * unitH : 0);
      const under: usize = row >= 0 && row < h - 1 ? rowBytes : 0;
      let at = image + <usize>max(row, 0) * rowBytes;
      // The left pixel is `column`; before the first one both are that.
      let column = startW < 0 ? -1 : 0;
      let rest = startW < 0 ? startW + partsW : 0;
      for (let left = width; left > 0; ) {
        if (rest >= partsW && column < w - 1) {
          rest -= partsW;
          column++;
          if (column > 0) at += pixelBytes;
        }
        const across: usize = column >= 0 && column < w - 1 ? pixelBytes : 0;
        const isPair = left > 1 && rest + stepW < partsW;
        // Without a neighbour the output is its own, which counts once in a gradient.
        const next: usize = isPair ? pixelBytes : 0;
        const nextRest = isPair ? rest + stepW : rest;
        const right0 = f32x4.splat(<f32>rest * unitW), left0 = f32x4.splat(<f32>(partsW - rest) * unitW);
        let right1 = f32x4.splat(<f32>nextRest * unitW), left1 = f32x4.splat(<f32>(partsW - nextRest) * unitW);
        if (isGradient && !isPair) right1 = left1 = f32x4.splat(0);
        let shift: usize = 0;
        for (let channels = c; channels > 0; channels -= 8) {
          const count = min(channels, 8);
          const a = at + shift, b = a + across, one = output + shift, two = one + next;
          if (isGradient) {
            const one0 = v128.load(one), one1 = v128.load(one, 16), two0 = v128.load(two), two1 = v128.load(two, 16);
            const a0 = madd(two0, left1, f32x4.mul(one0, left0)), a1 = madd(two1, left1, f32x4.mul(one1, left0));
            const b0 = madd(two0, right1, f32x4.mul(one0, right0)), b1 = madd(two1, right1, f32x4.mul(one1, right0));
            const three = one + nextLine, four = two + nextLine;
            const three0 = v128.load(three), three1 = v128.load(three, 16);
            const four0 = v128.load(four), four1 = v128.load(four, 16);
            const c0 = madd(four0, left1, f32x4.mul(three0, left0)), c1 = madd(four1, left1, f32x4.mul(three1, left0));
            const d0 = madd(four0, right1, f32x4.mul(three0, right0)), d1 = madd(four1, right1, f32x4.mul(three1, right0));
            add_shares(a, a0, a1, upper, c0, c1, nextUpper, count);
            add_shares(a + under, a0, a1, lower, c0, c1, nextLower, count);
            add_shares(b, b0, b1, upper, d0, d1, nextUpper, count);
            add_shares(b + under, b0, b1, lower, d0, d1, nextLower, count);
          } else {
            const a0 = madd(v128.load(a + under), lower, f32x4.mul(v128.load(a), upper));
            const a1 = madd(v128.load(a + under, 16), lower, f32x4.mul(v128.load(a, 16), upper));
            const b0 = madd(v128.load(b + under), lower, f32x4.mul(v128.load(b), upper));
            const b1 = madd(v128.load(b + under, 16), lower, f32x4.mul(v128.load(b, 16), upper));
            const one0 = madd(b0, right0, f32x4.mul(a0, left0)), one1 = madd(b1, right0, f32x4.mul(a1, left0));
            store_up_to_8(one, one0, one1, count);
            const two0 = madd(b0, right1, f32x4.mul(a0, left1)), two1 = madd(b1, right1, f32x4.mul(a1, left1));
            store_up_to_8(two, two0, two1, count);
          }
          shift += 32;
        }
        const taken = isPair ? 2 : 1;
        rest += taken * stepW;
        left -= taken;
        output += pixelBytes + next;
      }
      output += nextLine;
      line += isTwo ? 2 : 1;
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
