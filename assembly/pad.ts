import { address } from "./simd";

/**
 * Copies images into the middle of larger ones and fills the border with zeros.
 *
 * Axis: sample. Overwrites y.
 *
 * @param x images [n, h, w, c]
 * @param y padded images [n, hp, wp, c]; x lies `top` rows and `left` columns in. A negative `top` leaves its first rows out
 */
export function pad2d(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, top: i32, left: i32, hp: i32, wp: i32,
): void {
  const rowBytes = <usize>(w * c) << 2;
  const paddedRowBytes = <usize>(wp * c) << 2;
  const leftBytes = <usize>(left * c) << 2;
  let to = address(y) + <usize>(begin * hp) * paddedRowBytes;
  for (let n = begin; n < end; n++) {
    for (let i = -top; i < hp - top; i++) {
      if (i < 0 || i >= h) memory.fill(to, 0, paddedRowBytes);
      else {
        memory.fill(to, 0, leftBytes);
        memory.copy(to + leftBytes, address(x) + <usize>(n * h + i) * rowBytes, rowBytes);
        memory.fill(to + leftBytes + rowBytes, 0, paddedRowBytes - leftBytes - rowBytes);
      }
      to += paddedRowBytes;
    }
  }
}
