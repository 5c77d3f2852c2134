// Two-dimensional convolution in NHWC without im2col: the register tiles of gemm.ts read the windows in place.
//
// Dims: batch n; input h w c; padded input hp wp; output p q k; filter r s. Filters are [r, s, c / groups, k].

import { outer_gemm, panel_gemm } from "./gemm";
import { address } from "./simd";

/**
 * y[p, q, k] = min(max(sum over r, s, c of x[p strideH + r dilationH, q strideW + s dilationW, c] w[r, s, c, k] + bias, lower), upper)
 *
 * Axis: sample. Overwrites y. Cost: 2 p q k r s c / groups FLOP per sample.
 *
 * @param x padded input [n, hp, wp, c]
 * @param w filters; read by the plain-JavaScript twin only
 * @param panels filters as `pack_forward` leaves them
 * @param bias 0 for none, else [k] with `biasStride` 0, or [p, q, k] with `biasStride` k
 * @param y [n, p, q, k]
 * @param lower 0 for a ReLU, -Infinity for none
 * @param upper Infinity for none
 */
export function conv2d_forward(
  begin: i32, end: i32, x: i32, w: i32, panels: i32, bias: i32, biasStride: i32, y: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, groups: i32, lower: f32, upper: f32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>wp * pixel;
  const channels = c / groups;
  const filters = k / groups;
  // Without groups and dilation the taps of a window row are neighbours: one run.
  const merged = groups == 1 && dilationW == 1;
  const taps = merged ? 1 : s;
  const length = merged ? s * c : channels;
  const panelBytes = <usize>(r * s * channels) << 5;
  const panelsOfGroup = <usize>((filters + 7) / 8);
  for (let group = 0; group < groups; group++) {
    const filterBytes = <usize>(group * filters) << 2;
    panel_gemm(
      begin, end, p, q,
      address(x) + (<usize>(group * channels) << 2), <usize>hp * row, <usize>strideH * row, <usize>strideW * pixel,
      r, <usize>dilationH * row, taps, <usize>dilationW * pixel, length,
      address(panels) + <usize>group * panelsOfGroup * panelBytes, panelBytes,
      bias ? address(bias) + filterBytes : 0, <usize>(q * biasStride) << 2, <usize>biasStride << 2,
      address(y) + filterBytes, <usize>(p * q * k) << 2, <usize>(q * k) << 2, <usize>k << 2,
      filters, lower, upper,
    );
  }
}

/**
 * dx[i, j, c] = sum over r, s, k of dy[(i + padTop - r dilationH) / strideH, (j + padLeft - s dilationW) / strideW, k] w[r, s, c, k],
 * over the taps for which both divisions come out even and the row is one of dy's: a convolution of dy for each phase of
 * the stride. Rows near the upper and lower edge meet fewer taps; those of one set of taps are a band.
 *
 * Axis: sample. Overwrites dx. Cost: 2 p q k r s c / groups FLOP per sample (a few more at the left and right edge).
 *
 * @param dy output gradient with columns of zeros at its sides [n, p, wd, k]; output column 0 lies at haloLeft
 * @param w filters; read by the plain-JavaScript twin only
 * @param panels filters as `pack_backward` leaves them
 * @param dx gradient of the unpadded input [n, height, width, c]
 */
export function conv2d_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, panels: i32, dx: i32,
  height: i32, width: i32, c: i32, p: i32, wd: i32, k: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32,
  padTop: i32, padLeft: i32, haloLeft: i32, groups: i32,
): void {
  const pixel = <usize>k << 2;
  const row = <usize>wd * pixel;
  const dxPixel = <usize>c << 2;
  const dxRow = <usize>width * dxPixel;
  const channels = c / groups;
  const filters = k / groups;
  const panelBytes = <usize>(r * s * filters) << 5;
  const groupPanels = <usize>((channels + 7) / 8) * panelBytes;
  // In a phase the taps are `step` apart in the filter and `move` apart in dy.
  const stepH = strideH / gcd(strideH, dilationH), moveH = dilationH / gcd(strideH, dilationH);
  const stepW = strideW / gcd(strideW, dilationW), moveW = dilationW / gcd(strideW, dilationW);
  // Phases that meet no tap are zeros, written faster all at once.
  const sparse = r < strideH || s < strideW;

  for (let first = begin; first < end; first += BLOCK) {
    const last = min(first + BLOCK, end);
    if (sparse) memory.fill(address(dx) + <usize>(first * height) * dxRow, 0, <usize>((last - first) * height) * dxRow);
    let phasePanels = address(panels);
    for (let phaseH = 0; phaseH < strideH; phaseH++) {
      const lastTapH = last_tap(phaseH, r, strideH, dilationH);
      const tapsH = lastTapH < 0 ? 0 : lastTapH / stepH + 1;
      const i = first_pixel(phaseH, padTop, strideH);
      const rows = (height - i + strideH - 1) / strideH;
      // Row of dy under the first tap of the phase's first row: taps move down dy by `moveH`, rows by one.
      const top = tapsH > 0 ? (i + padTop - lastTapH * dilationH) / strideH : 0;
      for (let phaseW = 0; phaseW < strideW; phaseW++) {
        const lastTapW = last_tap(phaseW, s, strideW, dilationW);
        const tapsW = lastTapW < 0 ? 0 : lastTapW / stepW + 1;
        const j = first_pixel(phaseW, padLeft, strideW);
        const columns = (width - j + strideW - 1) / strideW;
        const dyColumn = tapsW > 0 ? (j + padLeft - lastTapW * dilationW) / strideW + haloLeft : 0;
        const merged = groups == 1 && moveW == 1;
        let band = sparse && tapsH * tapsW == 0 ? rows : 0;
        while (band < rows) {
          const skip = taps_above(top + band, tapsH, moveH);
          const taps = taps_inside(top + band, tapsH, moveH, p);
          let bandEnd = band + 1;
          while (
            bandEnd < rows && taps_above(top + bandEnd, tapsH, moveH) == skip &&
            taps_inside(top + bandEnd, tapsH, moveH, p) == taps
          ) bandEnd++;
          const dyRow = taps > 0 ? top + band + skip * moveH : 0;
          for (let group = 0; group < groups; group++) {
            panel_gemm(
              first, last, bandEnd - band, columns,
              address(dy) + <usize>dyRow * row + <usize>dyColumn * pixel + (<usize>(group * filters) << 2),
              <usize>p * row, row, pixel,
              tapsW > 0 ? taps : 0, <usize>moveH * row, merged ? 1 : tapsW, <usize>moveW * pixel,
              merged ? tapsW * filters : filters,
              phasePanels + <usize>group * groupPanels + (<usize>(skip * tapsW * filters) << 5), panelBytes,
              0, 0, 0,
              address(dx) + <usize>(i + band * strideH) * dxRow + <usize>j * dxPixel + (<usize>(group * channels) << 2),
              <usize>height * dxRow, <usize>strideH * dxRow, <usize>strideW * dxPixel,
              channels, -Infinity, Infinity,
            );
          }
          band = bandEnd;
        }
        phasePanels += <usize>(tapsH * tapsW * filters) << 5;
      }
    }
  }
}

/** Samples whose bands are done together, so that their part of dy stays in the cache. */
const BLOCK: i32 = 8;

/** Number of `taps` taps on the rows `row`, `row` + `move`, ... that lie above row 0. */
function taps_above(row: i32, taps: i32, move: i32): i32 {
  return row >= 0 ? 0 : min(taps, (move - 1 - row) / move);
}

/** Number of `taps` taps on the rows `row`, `row` + `move`, ... that lie on the rows 0 to `rows` - 1. */
function taps_inside(row: i32, taps: i32, move: i32, rows: i32): i32 {
  const before = row >= rows ? 0 : (rows - row + move - 1) / move;
  return max(0, min(taps, before) - taps_above(row, taps, move));
}

/**
 * dw[r, s, c, k] = sum over n, p, q of x[p strideH + r dilationH, q strideW + s dilationW, c] dy[p, q, k]
 *
 * Axis: weight, over the r s c / groups rows of dw. Overwrites its rows. Cost: 2 n p q k FLOP per row.
 *
 * @param x padded input [n, hp, wp, c]
 * @param dy output gradient [n, p, q, k]
 * @param dw [r, s, c / groups, k]
 */
export function conv2d_backward_weights(
  begin: i32, end: i32, x: i32, dy: i32, dw: i32, n: i32,
  hp: i32, wp: i32, c: i32, p: i32, q: i32, k: i32, r: i32, s: i32,
  strideH: i32, strideW: i32, dilationH: i32, dilationW: i32, groups: i32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>wp * pixel;
  const channels = c / groups;
  const filters = k / groups;
  const merged = groups == 1 && dilationW == 1;
  for (let group = 0; group < groups; group++) {
    const filterBytes = <usize>(group * filters) << 2;
    outer_gemm(
      begin, end, merged ? s * c : channels, merged ? 1 : s, <usize>dilationW * pixel, <usize>dilationH * row,
      address(x) + (<usize>(group * channels) << 2),
      n, <usize>hp * row, p, <usize>strideH * row, q, <usize>strideW * pixel,
      address(dy) + filterBytes, <usize>k << 2,
      address(dw) + filterBytes, <usize>k << 2, filters,
    );
  }
}

/** The last tap that meets input pixels of a phase, or -1. */
function last_tap(phase: i32, taps: i32, stride: i32, dilation: i32): i32 {
  for (let tap = taps - 1; tap >= 0; tap--) {
    if ((phase - tap * dilation) % stride == 0) return tap;
  }
  return -1;
}

/** The first unpadded pixel whose padded position has a phase. */
function first_pixel(phase: i32, pad: i32, stride: i32): i32 {
  const pixel = (phase - pad) % stride;
  return pixel < 0 ? pixel + stride : pixel;
}

function gcd(a: i32, b: i32): i32 {
  while (b != 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
