// Weights in the order the register tile of gemm.ts reads them: panels of eight columns, the last one padded with zeros.

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
  const panelsOfGroup = (columns + 7) / 8;
  const rowBytes = <usize>k << 2;
  let to = address(panels) + ((<usize>begin * <usize>rows) << 5);
  for (let panel = begin; panel < end; panel++) {
    const group = panel / panelsOfGroup;
    const column = (panel % panelsOfGroup) * 8;
    const count = min(columns - column, 8);
    let from = address(w) + (<usize>(group * columns + column) << 2);
    for (let row = 0; row < rows; row++) {
      copy_row(to, from, 4, count);
      from += rowBytes;
      to += 32;
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
  const panelsOfGroup = (channels + 7) / 8;
  let to = address(panels) + ((<usize>begin * <usize>(r * s * filters)) << 5);
  for (let panel = begin; panel < end; panel++) {
    const group = panel / panelsOfGroup;
    const channel = (panel % panelsOfGroup) * 8;
    const count = min(channels - channel, 8);
    for (let phaseH = 0; phaseH < strideH; phaseH++) {
      for (let phaseW = 0; phaseW < strideW; phaseW++) {
        for (let i = r - 1; i >= 0; i--) {
          if ((phaseH - i * dilationH) % strideH != 0) continue;
          for (let j = s - 1; j >= 0; j--) {
            if ((phaseW - j * dilationW) % strideW != 0) continue;
            const tap = (i * s + j) * channels + channel;
            let from = address(w) + ((<usize>tap * <usize>k + <usize>(group * filters)) << 2);
            for (let filter = 0; filter < filters; filter++) {
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

/** Copies `count` floats that lie `stride` bytes apart into a row of eight, zeros after them. */
// @ts-ignore: decorator
@inline
function copy_row(to: usize, from: usize, stride: usize, count: i32): void {
  for (let i: usize = 0; i < 8; i++) {
    store<f32>(to + (i << 2), i < <usize>count ? load<f32>(from + i * stride) : 0);
  }
}
