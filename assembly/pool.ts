// Pooling over windows r by s of images [n, h, w, c] into [n, p, q, c]. Axis: sample. Windows are cut off at the edges:
// padding never counts. Lanes are channels. Every kernel overwrites its last tensor.

import { load_lanes, store_lanes } from "./lanes";
import { address, zero } from "./simd";

/** The larger of each lane, NaN if either is. */
// @ts-ignore: decorator
@inline
function maximum(a: v128, b: v128): v128 {
  // Each pmax keeps a NaN in its first operand; NaN or-ed with anything is NaN. Shorter on x86 than f32x4.max.
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}

/** Whether windows are 2 by 2, side by side, and never reach past an edge: what most networks use. */
// @ts-ignore: decorator
@inline
function is_plain_2x2(
  h: i32, w: i32, p: i32, q: i32, r: i32, s: i32, strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): bool {
  const kernel = r == 2 && s == 2 && strideH == 2 && strideW == 2;
  return kernel && padTop == 0 && padLeft == 0 && 2 * p <= h && 2 * q <= w;
}

// @ts-ignore: decorator
@inline
function max_2x2(a: usize, pixelBytes: usize, rowBytes: usize, to: usize, lanes: i32): void {
  const upper = maximum(load_lanes(a, lanes), load_lanes(a + pixelBytes, lanes));
  const lower = maximum(load_lanes(a + rowBytes, lanes), load_lanes(a + rowBytes + pixelBytes, lanes));
  store_lanes(to, maximum(upper, lower), lanes);
}

function max_pool_2x2_forward(begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
  let to = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      let from = image + <usize>(2 * row) * rowBytes;
      for (let column = 0; column < q; column++) {
        for (let i: usize = 0; i < wholeBytes; i += 16) max_2x2(from + i, pixelBytes, rowBytes, to + i, 4);
        if (rest > 0) max_2x2(from + wholeBytes, pixelBytes, rowBytes, to + wholeBytes, rest);
        from += 2 * pixelBytes;
        to += pixelBytes;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function max_window(
  from: usize, to: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, lanes: i32,
): void {
  let largest = f32x4.splat(-Infinity);
  for (let i = 0; i < rows; i++) {
    let at = from;
    for (let j = 0; j < columns; j++) {
      largest = maximum(largest, load_lanes(at, lanes));
      at += pixelBytes;
    }
    from += rowBytes;
  }
  store_lanes(to, largest, lanes);
}

/**
 * y = the largest element of each window; NaN if one is NaN, -Infinity if the window holds nothing.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c]
 */
export function max_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): void {
  if (is_plain_2x2(h, w, p, q, r, s, strideH, strideW, padTop, padLeft)) {
    max_pool_2x2_forward(begin, end, x, y, h, w, c, p, q);
    return;
  }
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
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
        const rows = bottom - top;
        const columns = right - left;
        for (let i: usize = 0; i < wholeBytes; i += 16) {
          max_window(from + i, to + i, rows, columns, rowBytes, pixelBytes, 4);
        }
        if (rest > 0) max_window(from + wholeBytes, to + wholeBytes, rows, columns, rowBytes, pixelBytes, rest);
        to += pixelBytes;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function max_2x2_gradient(
  x: usize, y: usize, dy: usize, dx: usize, pixelBytes: usize, rowBytes: usize, lanes: i32,
): void {
  const largest = load_lanes(y, lanes);
  const gradient = load_lanes(dy, lanes);
  let here = f32x4.eq(load_lanes(x, lanes), largest);
  let found = here;
  store_lanes(dx, v128.and(gradient, here), lanes);
  here = v128.andnot(f32x4.eq(load_lanes(x + pixelBytes, lanes), largest), found);
  found = v128.or(found, here);
  store_lanes(dx + pixelBytes, v128.and(gradient, here), lanes);
  here = v128.andnot(f32x4.eq(load_lanes(x + rowBytes, lanes), largest), found);
  found = v128.or(found, here);
  store_lanes(dx + rowBytes, v128.and(gradient, here), lanes);
  here = v128.andnot(f32x4.eq(load_lanes(x + rowBytes + pixelBytes, lanes), largest), found);
  store_lanes(dx + rowBytes + pixelBytes, v128.and(gradient, here), lanes);
}

function max_pool_2x2_backward(
  begin: i32, end: i32, x: i32, y: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
  const rightBytes = <usize>(w - 2 * q) * pixelBytes;
  let output = address(y + begin * p * q * c);
  let from = address(dy + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    const gradient = address(dx + n * h * w * c);
    for (let row = 0; row < p; row++) {
      let at = <usize>(2 * row) * rowBytes;
      for (let column = 0; column < q; column++) {
        for (let i: usize = 0; i < wholeBytes; i += 16) {
          max_2x2_gradient(image + at + i, output + i, from + i, gradient + at + i, pixelBytes, rowBytes, 4);
        }
        if (rest > 0) {
          const i = wholeBytes;
          max_2x2_gradient(image + at + i, output + i, from + i, gradient + at + i, pixelBytes, rowBytes, rest);
        }
        at += 2 * pixelBytes;
        output += pixelBytes;
        from += pixelBytes;
      }
      // The odd column that no window reaches.
      memory.fill(gradient + at, 0, rightBytes);
      memory.fill(gradient + at + rowBytes, 0, rightBytes);
    }
    memory.fill(gradient + <usize>(2 * p) * rowBytes, 0, <usize>(h - 2 * p) * rowBytes);
  }
}

// @ts-ignore: decorator
@inline
function max_window_gradient(
  x: usize, y: usize, dy: usize, dx: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, lanes: i32,
): void {
  const largest = load_lanes(y, lanes);
  let gradient = load_lanes(dy, lanes);
  for (let i = 0; i < rows; i++) {
    let at: usize = 0;
    for (let j = 0; j < columns; j++) {
      const here = f32x4.eq(load_lanes(x + at, lanes), largest);
      store_lanes(dx + at, f32x4.add(load_lanes(dx + at, lanes), v128.and(gradient, here)), lanes);
      // A gradient that has been handed on is gone.
      gradient = v128.andnot(gradient, here);
      at += pixelBytes;
    }
    x += rowBytes;
    dx += rowBytes;
  }
}

/**
 * Hands the gradient of each output to the first element of its window, row by row, that equals the maximum; where
 * windows overlap, gradients add up in the order of the windows. A NaN maximum hands on nothing.
 *
 * @param x [n, h, w, c]
 * @param y [n, p, q, c] from `max_pool_forward`
 * @param dy [n, p, q, c]
 * @param dx [n, h, w, c]
 */
export function max_pool_backward(
  begin: i32, end: i32, x: i32, y: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, padTop: i32, padLeft: i32,
): void {
  if (is_plain_2x2(h, w, p, q, r, s, strideH, strideW, padTop, padLeft)) {
    max_pool_2x2_backward(begin, end, x, y, dy, dx, h, w, c, p, q);
    return;
  }
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
  let output = address(y + begin * p * q * c);
  let from = address(dy + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    const gradient = address(dx + n * h * w * c);
    memory.fill(gradient, 0, <usize>h * rowBytes);
    for (let row = 0; row < p; row++) {
      const top = max(row * strideH - padTop, 0);
      const bottom = min(row * strideH - padTop + r, h);
      for (let column = 0; column < q; column++) {
        const left = max(column * strideW - padLeft, 0);
        const right = min(column * strideW - padLeft + s, w);
        const at = <usize>top * rowBytes + <usize>left * pixelBytes;
        const rows = bottom - top;
        const columns = right - left;
        for (let i: usize = 0; i < wholeBytes; i += 16) {
          max_window_gradient(
            image + at + i, output + i, from + i, gradient + at + i, rows, columns, rowBytes, pixelBytes, 4,
          );
        }
        if (rest > 0) {
          const i = wholeBytes;
          max_window_gradient(
            image + at + i, output + i, from + i, gradient + at + i, rows, columns, rowBytes, pixelBytes, rest,
          );
        }
        output += pixelBytes;
        from += pixelBytes;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function average_window(
  from: usize, to: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, lanes: i32,
): void {
  let sum = zero();
  for (let i = 0; i < rows; i++) {
    let at = from;
    for (let j = 0; j < columns; j++) {
      sum = f32x4.add(sum, load_lanes(at, lanes));
      at += pixelBytes;
    }
    from += rowBytes;
  }
  store_lanes(to, f32x4.div(sum, f32x4.splat(<f32>max(rows * columns, 1))), lanes);
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
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
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
        const rows = bottom - top;
        const columns = right - left;
        for (let i: usize = 0; i < wholeBytes; i += 16) {
          average_window(from + i, to + i, rows, columns, rowBytes, pixelBytes, 4);
        }
        if (rest > 0) average_window(from + wholeBytes, to + wholeBytes, rows, columns, rowBytes, pixelBytes, rest);
        to += pixelBytes;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function average_window_gradient(
  from: usize, to: usize, rows: i32, columns: i32, rowBytes: usize, pixelBytes: usize, lanes: i32,
): void {
  const share = f32x4.div(load_lanes(from, lanes), f32x4.splat(<f32>max(rows * columns, 1)));
  for (let i = 0; i < rows; i++) {
    let at = to;
    for (let j = 0; j < columns; j++) {
      store_lanes(at, f32x4.add(load_lanes(at, lanes), share), lanes);
      at += pixelBytes;
    }
    to += rowBytes;
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
  const wholeBytes = <usize>(c & ~3) << 2;
  const rest = c & 3;
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
        const rows = bottom - top;
        const columns = right - left;
        for (let i: usize = 0; i < wholeBytes; i += 16) {
          average_window_gradient(from + i, to + i, rows, columns, rowBytes, pixelBytes, 4);
        }
        if (rest > 0) {
          average_window_gradient(from + wholeBytes, to + wholeBytes, rows, columns, rowBytes, pixelBytes, rest);
        }
        from += pixelBytes;
      }
    }
  }
}
