// Weights in the order the register tile of gemm.ts reads them: panels of eight columns, the last one padded with zeros.

import { PANEL } from "../src/engine/kernel-sizes";
import { address } from "./simd";

/**
 * Packs weights for a forward product: panel j holds columns 8j to 8j + 7 of each row.
 *
 * Axis: panels, `groups` x ceil(k / groups / 8) of them. Overwrites its panels.
 *
 * @param w weights [rows, k]
 * @param panels [groups][ceil(k / groups / 8)][rows][8]
 */
export function pack_forward(begin: i32, end: i32, w: i32, panels: i32, rows: i32, k: i32, groups: i32): void {
  const columns = k / groups;
  const panelsOfGroup = (columns + PANEL - 1) / PANEL;
  const rowBytes = <usize>k << 2;
  let to = address(panels) + ((<usize>begin * <usize>rows) << 5);
  for (let panel = begin; panel < end; panel++) {
    const group = panel / panelsOfGroup;
    const column = (panel % panelsOfGroup) * PANEL;
    const count = min(columns - column, PANEL);
    let from = address(w) + (<usize>(group * columns + column) << 2);
    if (count == PANEL) {
      for (let row = 0; row < rows; row++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += rowBytes;
        to += 32;
      }
    } else {
      for (let row = 0; row < rows; row++) {
        copy_row(to, from, 4, count);
        from += rowBytes;
        to += 32;
      }
    }
  }
}

/**
 * Packs filters for a data gradient, where the columns are input channels and the rows are taps and filters.
 *
 * With strides, an input pixel meets only the taps of its phase (its padded position modulo the stride), so the rows
 * are grouped by phase; within a phase the taps run backwards, as the convolution's transpose does.
 *
 * Axis: panels, `groups` x ceil(c / groups / 8) of them. Overwrites its panels.
 *
 * @param w filters [r, s, c / groups, k]
 * @param panels [groups][ceil(c / groups / 8)][phases of rows][phases of columns][taps of the phase][k / groups][8]
 */
export function pack_backward(
  begin: i32, end: i32, w: i32, panels: i32, r: i32, s: i32, c: i32, k: i32, groups: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32,
): void {
  const channels = c / groups;
  const filters = k / groups;
  const panelsOfGroup = (channels + PANEL - 1) / PANEL;
  let to = address(panels) + ((<usize>begin * <usize>(r * s * filters)) << 5);
  for (let panel = begin; panel < end; panel++) {
    const group = panel / panelsOfGroup;
    const channel = (panel % panelsOfGroup) * PANEL;
    const count = min(channels - channel, PANEL);
    for (let phaseH = 0; phaseH < strideH; phaseH++) {
      for (let phaseW = 0; phaseW < strideW; phaseW++) {
        for (let i = r - 1; i >= 0; i--) {
          if ((phaseH - i * dilationH) % strideH != 0) continue;
          for (let j = s - 1; j >= 0; j--) {
            if ((phaseW - j * dilationW) % strideW != 0) continue;
            const tap = (i * s + j) * channels + channel;
            let from = address(w) + ((<usize>tap * <usize>k + <usize>(group * filters)) << 2);
            let filter = 0;
            if (count == PANEL) {
              for (; filter + 4 <= filters; filter += 4) {
                const next = from + (<usize>k << 4);
                transpose_4x4(to, from, <usize>k << 2);
                transpose_4x4(to + 16, next, <usize>k << 2);
                from += 16;
                to += 128;
              }
            }
            for (; filter < filters; filter++) {
              copy_row(to, from, <usize>k << 2, count);
              from += 4;
              to += 32;
            }
          }
        }
      }
    }
  }
}

/** Four rows of four floats, `stride` bytes apart, become four columns whose rows lie 32 bytes apart. */
function transpose_4x4(to: usize, from: usize, stride: usize): void {
  const a = v128.load(from), b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
  const abLow = i32x4.shuffle(a, b, 0, 4, 1, 5), abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cdLow = i32x4.shuffle(c, d, 0, 4, 1, 5), cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(abLow, cdLow, 0, 2));
  v128.store(to, i64x2.shuffle(abLow, cdLow, 1, 3), 32);
  v128.store(to, i64x2.shuffle(abHigh, cdHigh, 0, 2), 64);
  v128.store(to, i64x2.shuffle(abHigh, cdHigh, 1, 3), 96);
}

/** Copies `count` floats that lie `stride` bytes apart into a row of eight, zeros after them. */
// @ts-ignore: decorator
@inline
function copy_row(to: usize, from: usize, stride: usize, count: i32): void {
  for (let i: usize = 0; i < 8; i++) {
    store<f32>(to + (i << 2), i < <usize>count ? load<f32>(from + i * stride) : 0);
  }
}
