/**
 * Connected groups of inked pixels: some are the drawing, others dirt.
 *
 * @module
 */

import type { Plane } from "./image.ts";

/** Columns `left` to `right` - 1 and rows `top` to `bottom` - 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Least ink at the strongest point of a stroke. */
const STRONG = 0.4;

/** Connected pixels. */
interface Blob {
  readonly pixels: readonly number[];
  readonly box: Box;
  readonly mass: number;
  readonly peak: number;
  readonly atEdge: boolean;
}

function heaviest(blobs: readonly Blob[]): Blob | undefined {
  let best: Blob | undefined;
  for (const blob of blobs) if (best === undefined || blob.mass > best.mass) best = blob;
  return best;
}

/**
 * Keeps the heaviest blob of ink and those that may be strokes of the same digit.
 *
 * @param ink 0 to 1
 * @param faint ink up to this connects nothing
 */
export function removeSpecks(ink: Plane, faint: number): Plane {
  const blobs = findBlobs(ink, faint).filter((blob) => blob.peak >= STRONG);
  const overall = heaviest(blobs);
  const inner = heaviest(blobs.filter((blob) => !blob.atEdge));
  if (overall === undefined) return ink;
  // A large thing at the edge is a shadow or the table, unless the rest is too small to be a digit.
  const main = inner !== undefined && inner.mass >= 0.1 * overall.mass ? inner : overall;
  const data = new Float32Array(ink.data.length);
  for (const blob of blobs) {
    if (blob !== main && !belongsTo(blob, main)) continue;
    for (const i of blob.pixels) data[i] = ink.data[i];
  }
  return { ...ink, data };
}

/** True if a blob may be a stroke of the digit `main`: not too small, not far away, not part of the edge. */
function belongsTo(blob: Blob, main: Blob): boolean {
  if (blob.mass < 0.05 * main.mass || (blob.atEdge && !main.atEdge)) return false;
  const [a, b] = [blob.box, main.box];
  const gap = Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  return gap <= 0.25 * Math.max(b.right - b.left, b.bottom - b.top);
}

/** The groups of pixels with more ink than `faint` that touch each other, also at corners. */
function findBlobs({ width, height, data }: Plane, faint: number): Blob[] {
  const seen = new Uint8Array(data.length);
  const blobs: Blob[] = [];
  for (let start = 0; start < data.length; start++) {
    if (seen[start] === 1 || data[start] <= faint) continue;
    const pixels = [start];
    seen[start] = 1;
    let [mass, peak] = [0, 0];
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let next = 0; next < pixels.length; next++) {
      const i = pixels[next];
      const x = i % width;
      const y = (i - x) / width;
      mass += data[i];
      peak = Math.max(peak, data[i]);
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const neighbour = ny * width + nx;
          if (seen[neighbour] === 1 || data[neighbour] <= faint) continue;
          seen[neighbour] = 1;
          pixels.push(neighbour);
        }
      }
    }
    const atEdge = left === 0 || top === 0 || right === width || bottom === height;
    blobs.push({ pixels, box: { left, top, right, bottom }, mass, peak, atEdge });
  }
  return blobs;
}

/** The smallest box with all ink above `faint`. */
export function boundingBox({ width, height, data }: Plane, faint: number): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if (data[i] <= faint) continue;
    const x = i % width;
    const y = (i - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return { left, top, right, bottom };
}
