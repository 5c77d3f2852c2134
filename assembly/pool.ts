// Pooling over windows r by s of images [n, h, w, c] into [n, p, q, c]. Axis: sample. Windows are cut off at the edges:
// padding never counts. Lanes are channels. Every kernel overwrites its last tensor.

import { load_lanes, maximum, store_lanes } from "./lanes";
import { address, zero } from "./simd";

/**
 * Whether windows are 2 by 2, side by side, and never reach past an edge: what most networks use. Their last vector of
 * channels moves back where it would be cut off, so that there are at least four of them.
 */
function is_plain_2x2(
  h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32, strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): bool {
  const kernel = r == 2 && s == 2 && strideH == 2 && strideW == 2;
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
 * y = max(the largest element of each window, lower); NaN if one is NaN, `lower` if the window holds nothing.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function max_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, lower: f32,
): void {
  if (is_plain_2x2(h, w, c, p, q, r, s, strideH, strideW, padTop, padLeft)) {
    max_pool_2x2_forward(begin, end, x, y, h, w, c, p, q, lower);
    return;
  }
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let to = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      const top = max(row * strideH - padTop, 0);
      const bottom = min(row * strideH - padTop + r, h);
      for (let column = 0; column < q; column++) {
        const left = max(column * strideW - padLeft, 0);
        const right = min(column * strideW - padLeft + s, w);
        const from = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        for (let channel = 0; channel < c; channel += 4) {
          const lanes = min(4, c - channel);
          let line = from + (<usize>channel << 2);
          let largest = f32x4.splat(lower);
          for (let i = top; i < bottom; i++) {
            let at = line;
            for (let j = left; j < right; j++) {
              largest = maximum(largest, load_lanes(at, lanes));
              at += pixelBytes;
            }
            line += rowBytes;
          }
          store_lanes(to + (<usize>channel << 2), largest, lanes);
        }
        to += pixelBytes;
      }
    }
  }
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
          // A gradient that has been handed on is gone.
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
      // The odd column that no window reaches.
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
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32, lower: f32,
): void {
  if (is_plain_2x2(h, w, c, p, q, r, s, strideH, strideW, padTop, padLeft)) {
    max_pool_2x2_backward(begin, end, x, y, dy, dx, h, w, c, p, q, lower);
    return;
  }
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const floor = f32x4.splat(lower);
  const toDx = address(dx) - address(x);
  const toDy = address(dy) - address(y);
  let output = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    memory.fill(image + toDx, 0, <usize>h * rowBytes);
    for (let row = 0; row < p; row++) {
      const top = max(row * strideH - padTop, 0);
      const bottom = min(row * strideH - padTop + r, h);
      for (let column = 0; column < q; column++) {
        const left = max(column * strideW - padLeft, 0);
        const right = min(column * strideW - padLeft + s, w);
        const from = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        for (let channel = 0; channel < c; channel += 4) {
          const lanes = min(4, c - channel);
          const shift = <usize>channel << 2;
          const largest = load_lanes(output + shift, lanes);
          let gradient = v128.and(load_lanes(output + toDy + shift, lanes), f32x4.gt(largest, floor));
          let line = from + shift;
          for (let i = top; i < bottom; i++) {
            let at = line;
            for (let j = left; j < right; j++) {
              const here = f32x4.eq(load_lanes(at, lanes), largest);
              store_lanes(at + toDx, f32x4.add(load_lanes(at + toDx, lanes), v128.and(gradient, here)), lanes);
              // A gradient that has been handed on is gone.
              gradient = v128.andnot(gradient, here);
              at += pixelBytes;
            }
            line += rowBytes;
          }
        }
        output += pixelBytes;
      }
    }
  }
}

/**
 * y = the mean of the elements of each window that lie inside the image; 0 if none does.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c]
 */
export function average_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let to = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      const top = max(row * strideH - padTop, 0);
      const bottom = min(row * strideH - padTop + r, h);
      for (let column = 0; column < q; column++) {
        const left = max(column * strideW - padLeft, 0);
        const right = min(column * strideW - padLeft + s, w);
        const from = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        const count = f32x4.splat(<f32>max((bottom - top) * (right - left), 1));
        for (let channel = 0; channel < c; channel += 4) {
          const lanes = min(4, c - channel);
          let line = from + (<usize>channel << 2);
          let sum = zero();
          for (let i = top; i < bottom; i++) {
            let at = line;
            for (let j = left; j < right; j++) {
              sum = f32x4.add(sum, load_lanes(at, lanes));
              at += pixelBytes;
            }
            line += rowBytes;
          }
          store_lanes(to + (<usize>channel << 2), f32x4.div(sum, count), lanes);
        }
        to += pixelBytes;
      }
    }
  }
}

/**
 * Hands each element inside a window its share, dy / count; where windows overlap, shares add up in their order.
 *
 * @param dy [n, p, q, c]
 * @param dx [n, h, w, c]
 */
export function average_pool_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let from = address(dy + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(dx + n * h * w * c);
    memory.fill(image, 0, <usize>h * rowBytes);
    for (let row = 0; row < p; row++) {
      const top = max(row * strideH - padTop, 0);
      const bottom = min(row * strideH - padTop + r, h);
      for (let column = 0; column < q; column++) {
        const left = max(column * strideW - padLeft, 0);
        const right = min(column * strideW - padLeft + s, w);
        const to = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        const count = f32x4.splat(<f32>max((bottom - top) * (right - left), 1));
        for (let channel = 0; channel < c; channel += 4) {
          const lanes = min(4, c - channel);
          let line = to + (<usize>channel << 2);
          const share = f32x4.div(load_lanes(from + (<usize>channel << 2), lanes), count);
          for (let i = top; i < bottom; i++) {
            let at = line;
            for (let j = left; j < right; j++) {
              store_lanes(at, f32x4.add(load_lanes(at, lanes), share), lanes);
              at += pixelBytes;
            }
            line += rowBytes;
          }
        }
        from += pixelBytes;
      }
    }
  }
}
