// Preparation of a batch for its first layer: scaling and augmentation. Axis: sample. Every kernel overwrites y.

import { TRANSFORM_FLOATS } from "../src/engine/kernel-sizes";
import { store_lanes_inline } from "./lanes";
import { address, load_partial, madd, store_partial } from "./simd";

/** Four floats of a table of `c`, for the channels `channel`, `channel` + 1, ... counted round. */
function cyclic(table: usize, channel: i32, c: i32): v128 {
  let result = v128.load32_splat(table + (<usize>(channel % c) << 2));
  result = f32x4.replace_lane(result, 1, load<f32>(table + (<usize>((channel + 1) % c) << 2)));
  result = f32x4.replace_lane(result, 2, load<f32>(table + (<usize>((channel + 2) % c) << 2)));
  return f32x4.replace_lane(result, 3, load<f32>(table + (<usize>((channel + 3) % c) << 2)));
}

/** The four low bytes of v as floats. */
// @ts-ignore: decorator
@inline
function bytes_to_floats(v: v128): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v)));
}

/** Loads `count` (1 to 3) bytes into the low lanes of bytes. */
function load_partial_bytes(from: usize, count: i32): v128 {
  let bits = <u32>load<u8>(from);
  if (count > 1) bits |= <u32>load<u8>(from, 1) << 8;
  if (count > 2) bits |= <u32>load<u8>(from, 2) << 16;
  return i32x4.splat(bits);
}

/**
 * y = x * scale[channel] + shift[channel] from bytes, channel = i % c.
 *
 * The vectors of a sample repeat their channels after c of them, so each of the c phases is one loop.
 * Cost: one pass (c strided passes over each sample).
 *
 * @param x pixels as bytes [n, size]; the offset counts floats, so the first byte lies at 4 x
 * @param y [n, size]
 * @param c channels; size is a multiple of it
 * @param scale [c]
 * @param shift [c]
 */
export function normalize_bytes(
  begin: i32, end: i32, x: i32, y: i32, size: i32, c: i32, scale: i32, shift: i32,
): void {
  // With one channel every vector has the same phase, in all samples: one run.
  const run = c == 1 ? (end - begin) * size : size;
  const runs = c == 1 ? 1 : end - begin;
  let from = address(x) + <usize>(begin * size);
  let to = address(y + begin * size);
  for (let n = 0; n < runs; n++) {
    for (let phase = 0; phase < c; phase++) {
      const factor = cyclic(address(scale), phase * 4, c);
      const summand = cyclic(address(shift), phase * 4, c);
      let i = phase * 4;
      for (; i + 4 <= run; i += 4 * c) {
        const value = bytes_to_floats(v128.load32_zero(from + <usize>i));
        v128.store(to + (<usize>i << 2), madd(value, factor, summand));
      }
      if (i < run) {
        const value = bytes_to_floats(load_partial_bytes(from + <usize>i, run - i));
        store_partial(to + (<usize>i << 2), madd(value, factor, summand), run - i);
      }
    }
    from += <usize>run;
    to += <usize>run << 2;
  }
}

/**
 * y = x * scale[channel] + shift[channel] from floats, channel = i % c; as `normalize_bytes`.
 *
 * @param x [n, size]
 * @param y [n, size]
 * @param c channels; size is a multiple of it
 * @param scale [c]
 * @param shift [c]
 */
export function normalize_floats(
  begin: i32, end: i32, x: i32, y: i32, size: i32, c: i32, scale: i32, shift: i32,
): void {
  const run = c == 1 ? (end - begin) * size : size;
  const runs = c == 1 ? 1 : end - begin;
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  for (let n = 0; n < runs; n++) {
    for (let phase = 0; phase < c; phase++) {
      const factor = cyclic(address(scale), phase * 4, c);
      const summand = cyclic(address(shift), phase * 4, c);
      let i = phase * 4;
      for (; i + 4 <= run; i += 4 * c) {
        const at = <usize>i << 2;
        v128.store(to + at, madd(v128.load(from + at), factor, summand));
      }
      if (i < run) {
        const at = <usize>i << 2;
        store_partial(to + at, madd(load_partial(from + at, run - i, 0), factor, summand), run - i);
      }
    }
    from += <usize>run << 2;
    to += <usize>run << 2;
  }
}

/** a + t (b - a): exactly a where t is 0. */
// @ts-ignore: decorator
@inline
function between(a: f32, b: f32, t: f32): f32 {
  return a + t * (b - a);
}

/**
 * Blends one output pixel from the four around its source point, which lies `right` and `down` (0 to 1) of the first.
 */
// @ts-ignore: decorator
@inline
function blend(
  to: usize, topLeft: usize, topRight: usize, bottomLeft: usize, bottomRight: usize, bytes: usize,
  right: f32, down: f32,
): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const upper = between(load<f32>(topLeft + at), load<f32>(topRight + at), right);
    const lower = between(load<f32>(bottomLeft + at), load<f32>(bottomRight + at), right);
    store<f32>(to + at, between(upper, lower, down));
  }
}

/** `blend` for a run of floats, where all have the same `right` and `down`, and the four points lie side by side. */
// @ts-ignore: decorator
@inline
function blend_run(to: usize, from: usize, pixelBytes: usize, rowBytes: usize, count: i32, right: f32, down: f32): void {
  const across = f32x4.splat(right);
  const along = f32x4.splat(down);
  for (; count > 0; count -= 4) {
    const topLeft = v128.load(from);
    const bottomLeft = v128.load(from + rowBytes);
    const upper = madd(across, f32x4.sub(v128.load(from + pixelBytes), topLeft), topLeft);
    const lower = madd(across, f32x4.sub(v128.load(from + rowBytes + pixelBytes), bottomLeft), bottomLeft);
    store_lanes_inline(to, madd(along, f32x4.sub(lower, upper), upper), count);
    from += 16;
    to += 16;
  }
}

/**
 * Resamples each image under its own affine map with bilinear weights, then covers a rectangle of it.
 *
 * Output pixel (i, j) takes the source at column a j + b i + tx and row c j + d i + ty. What lies outside the image has
 * the value fill[channel], and so have pixels with top <= i < bottom and left <= j < right. Whole source coordinates
 * copy exactly, so the identity does. Cost: up to four loads for each output value; where the map only moves the image,
 * the pixels that lie inside it with all their neighbours go four values at a time.
 *
 * @param x [n, h, w, c]
 * @param y [n, h, w, c]
 * @param transforms [n, 10]: a b tx c d ty top left bottom right
 * @param fill [c]
 */
export function augment(
  begin: i32, end: i32, x: i32, y: i32, h: i32, w: i32, c: i32, transforms: i32, fill: i32,
): void {
  const size = h * w * c;
  const pixelBytes = <usize>c << 2;
  const rowBytes = <usize>w * pixelBytes;
  const fills = address(fill);
  const lastRow = <f32>(h - 1);
  const lastColumn = <f32>(w - 1);
  for (let n = begin; n < end; n++) {
    const image = address(x + n * size);
    let to = address(y + n * size);
    const transform = address(transforms + n * TRANSFORM_FLOATS);
    const columnByColumn = load<f32>(transform);
    const columnByRow = load<f32>(transform, 4);
    const columnStart = load<f32>(transform, 8);
    const rowByColumn = load<f32>(transform, 12);
    const rowByRow = load<f32>(transform, 16);
    const rowStart = load<f32>(transform, 20);
    const top = load<f32>(transform, 24);
    const left = load<f32>(transform, 28);
    const bottom = load<f32>(transform, 32);
    const right = load<f32>(transform, 36);
    // Columns [runStart, runEnd) of a moved image have both neighbours inside it.
    const upright = columnByColumn == 1 && columnByRow == 0 && rowByColumn == 0 && rowByRow == 1;
    const moved = upright && abs<f32>(columnStart) < <f32>w && abs<f32>(rowStart) < <f32>h;
    const columns = moved ? <i32>floor<f32>(columnStart) : 0;
    const rows = moved ? <i32>floor<f32>(rowStart) : 0;
    const across = columnStart - <f32>columns;
    const along = rowStart - <f32>rows;
    const runStart = max(0, -columns);
    const runEnd = min(w, w - 1 - columns);
    for (let i = 0; i < h; i++) {
      const row = <f32>i;
      const covered = row >= top && row < bottom;
      const firstColumn = columnByRow * row + columnStart;
      const firstRow = rowByRow * row + rowStart;
      const inside = moved && !covered && i + rows >= 0 && i + rows + 1 < h && runStart < runEnd;
      const start = inside ? runStart : -1;
      for (let j = 0; j < w; j++) {
        if (j == start) {
          const from = image + <usize>(i + rows) * rowBytes + <usize>(j + columns) * pixelBytes;
          blend_run(to, from, pixelBytes, rowBytes, (runEnd - runStart) * c, across, along);
          to += <usize>(runEnd - runStart) * pixelBytes;
          j = runEnd;
          if (j == w) break;
        }
        const column = <f32>j;
        const sourceColumn = columnByColumn * column + firstColumn;
        const sourceRow = rowByColumn * column + firstRow;
        const near = sourceColumn > -1 && sourceColumn < <f32>w && sourceRow > -1 && sourceRow < <f32>h;
        if (!near || (covered && column >= left && column < right)) {
          for (let at: usize = 0; at < pixelBytes; at += 4) store<f32>(to + at, load<f32>(fills + at));
        } else {
          const floorColumn = floor<f32>(sourceColumn);
          const floorRow = floor<f32>(sourceRow);
          // Each corner is read from the image, or from the fill values where it lies outside.
          const corner = image + <usize>(<i32>floorRow) * rowBytes + <usize>(<i32>floorColumn) * pixelBytes;
          let topLeft = corner;
          let topRight = corner + pixelBytes;
          let bottomLeft = corner + rowBytes;
          let bottomRight = bottomLeft + pixelBytes;
          if (floorRow < 0) topLeft = topRight = fills;
          if (floorRow >= lastRow) bottomLeft = bottomRight = fills;
          if (floorColumn < 0) topLeft = bottomLeft = fills;
          if (floorColumn >= lastColumn) topRight = bottomRight = fills;
          const weight = sourceColumn - floorColumn;
          blend(to, topLeft, topRight, bottomLeft, bottomRight, pixelBytes, weight, sourceRow - floorRow);
        }
        to += pixelBytes;
      }
    }
  }
}
