// Average pooling of images [n, h, w, c] to a given size [n, p, q, c], as PyTorch's AdaptiveAvgPool2d: output i of p has the rows from
// floor(i h / p) to ceil((i + 1) h / p) - 1, and so for columns; neighbours share a row where p does not divide h. Axis: sample.
// Lanes are channels; the last vector of a pixel reads up to three floats past it, whose lanes are not stored.

import { address } from "./simd";
import { mean_of_window, share_of_mean } from "./windows";

/** First input of output `place`. */
// @ts-ignore: decorator
@inline
function first(place: i32, inputs: i32, outputs: i32): i32 {
  return <i32>((<i64>place * <i64>inputs) / <i64>outputs);
}

/** Input after the last one of output `place`. */
// @ts-ignore: decorator
@inline
function after(place: i32, inputs: i32, outputs: i32): i32 {
  return <i32>((<i64>(place + 1) * <i64>inputs + <i64>(outputs - 1)) / <i64>outputs);
}

/** y = the mean of each output's window. x [n, h, w, c]; y [n, p, q, c]. */
export function adaptive_average_pool_forward(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, p: i32, q: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let to = address(y + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * h * w * c);
    for (let row = 0; row < p; row++) {
      const top = first(row, h, p);
      const rows = after(row, h, p) - top;
      for (let column = 0; column < q; column++) {
        const left = first(column, w, q);
        const columns = after(column, w, q) - left;
        const from = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        mean_of_window(from, to, c, rows, columns, rowBytes, pixelBytes, <f32>rows * <f32>columns);
        to += pixelBytes;
      }
    }
  }
}

/**
 * Hands each input of a window its share, dy / count; where windows overlap, shares add up in their order. dy [n, p, q, c];
 * dx [n, h, w, c].
 */
export function adaptive_average_pool_backward(
  begin: i32, end: i32, dy: i32, dx: i32, h: i32, w: i32, c: i32, p: i32, q: i32,
): void {
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  let from = address(dy + begin * p * q * c);
  for (let n = begin; n < end; n++) {
    const image = address(dx + n * h * w * c);
    memory.fill(image, 0, <usize>h * rowBytes);
    for (let row = 0; row < p; row++) {
      const top = first(row, h, p);
      const rows = after(row, h, p) - top;
      for (let column = 0; column < q; column++) {
        const left = first(column, w, q);
        const columns = after(column, w, q) - left;
        const to = image + <usize>top * rowBytes + <usize>left * pixelBytes;
        share_of_mean(from, to, c, rows, columns, rowBytes, pixelBytes, <f32>rows * <f32>columns);
        from += pixelBytes;
      }
    }
  }
}
