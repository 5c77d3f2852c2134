import type { PoolGeometry } from "../layers/geometry.ts";

/** The geometry with so many rows and columns below and on the right that all windows are whole. */
export function withWholeWindows(d: PoolGeometry): PoolGeometry {
  const missing = (size: number, count: number, stride: number, window: number, before: number, after: number) =>
    Math.max(after, (count - 1) * stride + window - size - before);
  return {
    ...d,
    padBottom: missing(d.h, d.p, d.strideH, (d.r - 1) * d.dilationH + 1, d.padTop, d.padBottom),
    padRight: missing(d.w, d.q, d.strideW, (d.s - 1) * d.dilationW + 1, d.padLeft, d.padRight),
  };
}
