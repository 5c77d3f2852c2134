/**
 * The brightness of the paper behind a drawing.
 *
 * @module
 */

import type { Plane } from "./image.ts";

/** Brightness of the ground at each pixel, and how far the picture's edge strays from it. */
export interface Ground {
  readonly values: Float64Array;
  readonly deviation: number;
}

/** Offsets of the pixels at the edge of the picture. */
function edgeOffsets({ width, height }: Plane): number[] {
  const thickness = Math.max(1, Math.round(Math.min(width, height) / 40));
  const offsets: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (Math.min(x, y, width - 1 - x, height - 1 - y) < thickness) offsets.push(y * width + x);
    }
  }
  return offsets;
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1];
}

/**
 * Fits the ground to the edge of the picture, leaving out what strays far, such as a stroke that reaches it.
 *
 * Light that falls off to a side or to the corners makes a ground that bends; a surface of second degree follows it.
 */
export function groundOf(plane: Plane): Ground {
  const { width, height, data } = plane;
  const edge = edgeOffsets(plane);
  let surface: Surface = [median(edge.map((i) => data[i])), 0, 0, 0, 0, 0];
  const straying = (i: number): number => Math.abs(data[i] - heightAt(surface, ...position(plane, i)));
  let near = edge;
  for (let round = 0; round < 3; round++) {
    const limit = 8 + 4.5 * median(edge.map(straying));
    near = edge.filter((i) => straying(i) <= limit);
    surface = fitSurface(plane, near);
  }
  const deviation = Math.sqrt(near.reduce((sum, i) => sum + straying(i) * straying(i), 0) / near.length);
  const values = new Float64Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = heightAt(surface, ...position(plane, i));
  return { values, deviation };
}

/** Factors of 1, x, y, x^2, x y and y^2. */
type Surface = readonly [number, number, number, number, number, number];

const TERMS = 6;

function heightAt([one, x1, y1, xx, xy, yy]: Surface, x: number, y: number): number {
  return one + x * (x1 + x * xx + y * xy) + y * (y1 + y * yy);
}

/** The place of a pixel, from -1 to 1 across and down. */
function position({ width, height }: Plane, offset: number): [x: number, y: number] {
  const column = offset % width;
  return [(2 * column + 1) / width - 1, (2 * ((offset - column) / width) + 1) / height - 1];
}

/** The surface of second degree that is nearest to the pixels at `offsets`. */
function fitSurface(plane: Plane, offsets: readonly number[]): Surface {
  const rows = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1));
  for (const offset of offsets) {
    const [x, y] = position(plane, offset);
    const terms = [1, x, y, x * x, x * y, y * y];
    for (let a = 0; a < TERMS; a++) {
      for (let b = 0; b < TERMS; b++) rows[a][b] += terms[a] * terms[b];
      rows[a][TERMS] += terms[a] * plane.data[offset];
    }
  }
  // Keeps the system solvable where a picture is too narrow to tell the terms apart.
  for (let a = 1; a < TERMS; a++) rows[a][a] += 1e-3 * offsets.length;
  const [one, x, y, xx, xy, yy] = solve(rows);
  return [one, x, y, xx, xy, yy];
}

/** Solves linear equations, each a row of factors and a right side, by Gauss's elimination. Positive definite only. */
function solve(rows: readonly Float64Array[]): number[] {
  const n = rows.length;
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      const factor = rows[b][a] / rows[a][a];
      for (let k = a; k <= n; k++) rows[b][k] -= factor * rows[a][k];
    }
  }
  const result = new Array<number>(n).fill(0);
  for (let a = n - 1; a >= 0; a--) {
    let sum = rows[a][n];
    for (let k = a + 1; k < n; k++) sum -= rows[a][k] * result[k];
    result[a] = sum / rows[a][a];
  }
  return result;
}
