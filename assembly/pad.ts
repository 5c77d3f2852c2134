import { address } from "./simd";

/**
 * Copies images into the middle of larger ones and fills the border with zeros.
 *
 * Axis: sample. Overwrites y.
 *
 * @param x images [n, h, w, c]
 * @param y padded images [n, hp, wp, c]; x lies `top` rows and `left` columns in
 */
export function pad2d(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, top: i32, left: i32, hp: i32, wp: i32,
): void {
  const rowBytes = <usize>(w * c) << 2;
  const paddedRowBytes = <usize>(wp * c) << 2;
  const leftBytes = <usize>(left * c) << 2;
  for (let n = begin; n < end; n++) {
    let from = address(x) + <usize>(n * h) * rowBytes;
    let to = address(y) + <usize>(n * hp) * paddedRowBytes;
    memory.fill(to, 0, <usize>top * paddedRowBytes);
    to += <usize>top * paddedRowBytes;
    for (let i = 0; i < h; i++) {
      memory.fill(to, 0, leftBytes);
      memory.copy(to + leftBytes, from, rowBytes);
      memory.fill(to + leftBytes + rowBytes, 0, paddedRowBytes - leftBytes - rowBytes);
      from += rowBytes;
      to += paddedRowBytes;
    }
    memory.fill(to, 0, <usize>(hp - top - h) * paddedRowBytes);
  }
}
