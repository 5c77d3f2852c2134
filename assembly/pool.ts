// Pooling over windows of r by s taps, dilationH and dilationW apart, of images [n, h, w, c] into [n, p, q, c]. Axis:
// sample. Taps outside of the image are left out; each window has at least one inside. Lanes are channels; the
// last vector of a pixel reads up to three floats past it, whose lanes are not stored. Every kernel overwrites its last tensor.
//
// Functions of AssemblyScript give one value and inline no closures, but those that are inlined lose what a constant argument rules
// out: `each_window` is the walk of all four kernels. What a kernel holds in many variables at once stays spelled out in it: its tiles
// (tile.ts, conv2d-narrow.ts), its terms (the losses and optimizers), its columns (winograd-transform.ts), and the walks
// over tiles (winograd.ts), over rows of channels (norm.ts) and over inputs that are not zero (dense-single.ts).

import { maximum } from "./lanes";
import { max_of_window, mean_of_window, share_of_largest, share_of_mean } from "./windows";
import { address } from "./simd";

/** The number of a window's `taps` on one axis, the first of them at `origin`, that lie before `end`. */
function taps_before(end: i32, origin: i32, taps: i32, dilation: i32): i32 {
  return max(0, min(taps, (end - origin + dilation - 1) / dilation));
}

// Things that `each_window` does with a window.
const MAX = 0;
const MAX_GRADIENT = 1;
const MEAN = 2;
const MEAN_GRADIENT = 3;

/**
 * Does one thing with each window.
 *
 * @param work a constant, one of those above
 * @param large [n, h, w, c], x or with MEAN_GRADIENT dx
 * @param small [n, p, q, c], y or with MEAN_GRADIENT dy
 * @param toDx, toDy bytes from x to dx and from y to dy, of MAX_GRADIENT
 * @param padBottom, padRight, countPad of the means: as in `average_pool_forward`
 */
// @ts-ignore: decorator
@inline
function each_window(
  work: i32,
  begin: i32, end: i32, large: i32, small: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, dilationH: i32, dilationW: i32,
  padBottom: i32, padRight: i32, countPad: i32, toDx: usize, toDy: usize, lower: f32,
): void {
  const reachH = (r - 1) * dilationH + 1;
  const reachW = (s - 1) * dilationW + 1;
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const tapBytes = <usize>dilationW * pixelBytes;
  const lineBytes = <usize>dilationH * rowBytes;
  let output = address(small + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(large + n * h * w * c);
    if (work == MAX_GRADIENT) memory.fill(image + toDx, 0, <usize>h * rowBytes);
    if (work == MEAN_GRADIENT) memory.fill(image, 0, <usize>h * rowBytes);
    for (let row = 0; row < p; row++) {
      let top = row * strideH - padTop;
      let rows = r;
      let high = r;
      if (top < 0 || top + reachH > h) {
        if (countPad) high = taps_before(h + padBottom, top, r, dilationH);
        const skipped = taps_before(0, top, r, dilationH);
        rows = taps_before(h, top, r, dilationH) - skipped;
        if (!countPad) high = rows;
        top += skipped * dilationH;
      }
      for (let column = 0; column < q; column++) {
        let left = column * strideW - padLeft;
        let columns = s;
        let wide = s;
        if (left < 0 || left + reachW > w) {
          if (countPad) wide = taps_before(w + padRight, left, s, dilationW);
          const skipped = taps_before(0, left, s, dilationW);
          columns = taps_before(w, left, s, dilationW) - skipped;
          if (!countPad) wide = columns;
          left += skipped * dilationW;
        }
        const window = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        if (work == MAX) max_of_window(window, output, c, rows, columns, lineBytes, tapBytes, lower);
        if (work == MAX_GRADIENT) share_of_largest(window, output, c, rows, columns, lineBytes, tapBytes, toDx, toDy, lower);
        if (work == MEAN) mean_of_window(window, output, c, rows, columns, lineBytes, tapBytes, <f32>high * <f32>wide);
        if (work == MEAN_GRADIENT) share_of_mean(output, window, c, rows, columns, lineBytes, tapBytes, <f32>high * <f32>wide);
        output += pixelBytes;
      }
    }
  }
}

/**
 * True where windows are 2 by 2, side by side, and never reach past an edge, as in most networks. Their last vector of
 * channels moves back where it would be cut off, so that there are at least four of them.
 */
function is_plain_2x2(
  h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32, strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
  dilationH: i32, dilationW: i32,
): bool {
  const kernel = r == 2 && s == 2 && strideH == 2 && strideW == 2 && dilationH == 1 && dilationW == 1;
  return kernel && c >= 4 && padTop == 0 && padLeft == 0 && 2 * p <= h && 2 * q <= w;
}

function max_pool_2x2_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, lower: f32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const last = pixelBytes - 16;
  const floor = f32x4.splat(lower);
  let to = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      let from = image + <usize>(2 * row) * rowBytes;
      for (let column = 0; column < q; column++) {
        for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
          const i = min(channel, last);
          const upper = maximum(v128.load(from + i), v128.load(from + pixelBytes + i));
          const under = maximum(v128.load(from + rowBytes + i), v128.load(from + rowBytes + pixelBytes + i));
          v128.store(to + i, f32x4.pmax(maximum(upper, under), floor));
        }
        from += 2 * pixelBytes;
        to += pixelBytes;
      }
    }
  }
}

/**
 * y = max(the largest element of each window, lower); NaN if one is NaN.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function max_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, dilationH: i32, dilationW: i32, lower: f32,
): void {
  if (is_plain_2x2(h, w, c, p, q, r, s, strideH, strideW, padTop, padLeft, dilationH, dilationW)) {
    max_pool_2x2_forward(begin, end, x, y, h, w, c, p, q, lower);
    return;
  }
  each_window(
    MAX, begin, end, x, y, h, w, c, p, q, r, s,
    strideH, strideW, padTop, padLeft, dilationH, dilationW, 0, 0, 0, 0, 0, lower,
  );
}

function max_pool_2x2_backward(
  begin: i32, end: i32, x: i32, y: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32, lower: f32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const last = pixelBytes - 16;
  const rightBytes = <usize>(w - 2 * q) * pixelBytes;
  const floor = f32x4.splat(lower);
  const toDx = address(dx) - address(x);
  const toDy = address(dy) - address(y);
  let output = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    let at = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
          const i = min(channel, last);
          const largest = v128.load(output + i);
          const gradient = v128.and(v128.load(output + toDy + i), f32x4.gt(largest, floor));
          let from = at + i;
          const upper = f32x4.eq(v128.load(from), largest);
          const upperRight = f32x4.eq(v128.load(from + pixelBytes), largest);
          const under = f32x4.eq(v128.load(from + rowBytes), largest);
          const underRight = f32x4.eq(v128.load(from + rowBytes + pixelBytes), largest);
          // A gradient is handed on once.
          from += toDx;
          v128.store(from, v128.and(gradient, upper));
          let left = v128.andnot(gradient, upper);
          v128.store(from + pixelBytes, v128.and(left, upperRight));
          left = v128.andnot(left, upperRight);
          v128.store(from + rowBytes, v128.and(left, under));
          left = v128.andnot(left, under);
          v128.store(from + rowBytes + pixelBytes, v128.and(left, underRight));
        }
        at += 2 * pixelBytes;
        output += pixelBytes;
      }
      // The odd column on the right belongs to no window.
      memory.fill(at + toDx, 0, rightBytes);
      memory.fill(at + toDx + rowBytes, 0, rightBytes);
      at += rightBytes + rowBytes;
    }
    memory.fill(at + toDx, 0, <usize>(h - 2 * p) * rowBytes);
  }
}

/**
 * Hands each window's gradient to its first largest element, in row-major order, if that is above `lower`; where windows
 * overlap, gradients add up in the windows' order.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c], as `max_pool_forward` left it
 * @param dy [n, p, q, c]
 * @param dx [n, h, w, c]
 */
export function max_pool_backward(
  begin: i32, end: i32, x: i32, y: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, dilationH: i32, dilationW: i32, lower: f32,
): void {
  if (is_plain_2x2(h, w, c, p, q, r, s, strideH, strideW, padTop, padLeft, dilationH, dilationW)) {
    max_pool_2x2_backward(begin, end, x, y, dy, dx, h, w, c, p, q, lower);
    return;
  }
  each_window(
    MAX_GRADIENT, begin, end, x, y, h, w, c, p, q, r, s,
    strideH, strideW, padTop, padLeft, dilationH, dilationW,
    0, 0, 0, address(dx) - address(x), address(dy) - address(y), lower,
  );
}

/**
 * y = the mean of each window: the sum of the elements inside the image over their number, or with countPad over that
 * of all taps that lie in the image or its padding (a window that reaches past the padding is cut off there).
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c]
 * @param padBottom, padRight the padding behind the image; only countPad asks for it
 */
export function average_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, dilationH: i32, dilationW: i32,
  padBottom: i32, padRight: i32, countPad: i32,
): void {
  each_window(
    MEAN, begin, end, x, y, h, w, c, p, q, r, s,
    strideH, strideW, padTop, padLeft, dilationH, dilationW, padBottom, padRight, countPad, 0, 0, 0,
  );
}

/**
 * Hands each element inside a window its share, dy / count; where windows overlap, shares add up in their order.
 *
 * @param dy [n, p, q, c]
 * @param dx [n, h, w, c]
 * @param padBottom, padRight, countPad as in `average_pool_forward`
 */
export function average_pool_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, dilationH: i32, dilationW: i32,
  padBottom: i32, padRight: i32, countPad: i32,
): void {
  each_window(
    MEAN_GRADIENT, begin, end, dx, dy, h, w, c, p, q, r, s,
    strideH, strideW, padTop, padLeft, dilationH, dilationW, padBottom, padRight, countPad, 0, 0, 0,
  );
}
