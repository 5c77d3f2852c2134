/**
 * Ink: fits a pen's path to the box, draws it with soft edges and centres it, as MNIST was made.
 *
 * @module
 */

import { exp } from "../../numeric/math.ts";
import type { Draws } from "./draws.ts";
import type { PenPath } from "./path.ts";

/** Side of an image, in pixels. */
export const SIDE = 28;
/** Side of the box to which the ink is fitted, in pixels. */
const BOX = 20;

// The pen's radius in pixels: its middle, the deviation of its logarithm, and its limits.
const PEN = 1.27;
const PEN_DEVIATION = 0.27;
const MIN_PEN = 0.62;
const MAX_PEN = 3.6;
/** Pixels of ink above which a digit fills up; a long path gets a finer pen instead. */
const MAX_INK = 240;

// Blur: how many pixels it takes from full ink to none. Noise: how far the edge strays, in pixels.
const MIN_BLUR = 0.8;
const MAX_BLUR = 1.5;
const MAX_EDGE_NOISE = 0.25;
/** Least brightness of a fine pen's core; it is lifted to full white. */
const MIN_CORE = 0.3;

/** Depth of each pixel of the box inside the ink, in pixels; negative outside. */
const depth = new Float64Array(BOX * BOX);
const ink = new Float64Array(BOX * BOX);

/**
 * Turns pressures into radii in pixels and scales the path, keeping its proportions, until the ink just fills the box.
 */
function fitToBox(path: PenPath, draws: Draws): void {
  const pathLength = path.measure();
  const extent = Math.max(path.right - path.left, path.bottom - path.top);
  const heaviest = (MAX_INK * extent) / (2 * BOX * pathLength);
  const pen = Math.max(MIN_PEN, Math.min(MAX_PEN, heaviest, PEN * exp(PEN_DEVIATION * draws.bell())));
  const scale = (BOX - 2 * pen) / extent;
  const middleX = (path.left + path.right) / 2;
  const middleY = (path.top + path.bottom) / 2;
  const centre = (BOX - 1) / 2;
  for (let i = 0; i < path.length; i++) {
    path.x[i] = centre + scale * (path.x[i] - middleX);
    path.y[i] = centre + scale * (path.y[i] - middleY);
    path.radius[i] *= pen;
  }
}

/** Fills `depth` with the greatest of radius minus distance over all segments; returns the greatest of all. */
function measureDepth(path: PenPath): number {
  depth.fill(Number.NEGATIVE_INFINITY);
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < path.length; i++) {
    if (path.starts[i] === 1) continue;
    const x0 = path.x[i - 1];
    const y0 = path.y[i - 1];
    const dx = path.x[i] - x0;
    const dy = path.y[i] - y0;
    const radius = path.radius[i - 1];
    const growth = path.radius[i] - radius;
    const squared = dx * dx + dy * dy;
    const inverse = squared > 0 ? 1 / squared : 0;
    // Pixels whose depth may be above -1: the others stay black.
    const reach = Math.max(radius, radius + growth) + 1;
    const left = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach));
    const right = Math.min(BOX - 1, Math.floor(Math.max(x0, x0 + dx) + reach));
    const top = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach));
    const bottom = Math.min(BOX - 1, Math.floor(Math.max(y0, y0 + dy) + reach));
    for (let row = top; row <= bottom; row++) {
      const py = row - y0;
      for (let column = left; column <= right; column++) {
        const px = column - x0;
        const t = Math.max(0, Math.min(1, (px * dx + py * dy) * inverse));
        const ex = px - t * dx;
        const ey = py - t * dy;
        const value = radius + t * growth - Math.sqrt(ex * ex + ey * ey);
        const at = row * BOX + column;
        if (value > depth[at]) depth[at] = value;
        if (value > greatest) greatest = value;
      }
    }
  }
  return greatest;
}

/** Fills `ink` (0 to 1) from `depth`, with blurred and noisy edges. */
function fillInk(greatest: number, draws: Draws): void {
  const blur = draws.between(MIN_BLUR, MAX_BLUR);
  const noise = draws.between(0, MAX_EDGE_NOISE);
  const gain = 1 / Math.max(MIN_CORE, Math.min(1, 0.5 + greatest / blur));
  for (let i = 0; i < BOX * BOX; i++) {
    ink[i] =
      depth[i] > -1 ? Math.max(0, Math.min(1, gain * (0.5 + (depth[i] + noise * draws.between(-1, 1)) / blur))) : 0;
  }
}

/**
 * First row or column of the box along one axis, so that the centre of mass comes nearest to the image's centre, pixel
 * 14. Whole pixels, as in MNIST; the box stays inside the image.
 */
function offset(moment: number, mass: number): number {
  return Math.max(0, Math.min(SIDE - BOX, Math.round(SIDE / 2 - moment / mass)));
}

/** Draws the path, whose radii are pressures, into `image` (28x28 bytes, all zero before), white on black. */
export function drawInk(path: PenPath, draws: Draws, image: Uint8Array): void {
  fitToBox(path, draws);
  fillInk(measureDepth(path), draws);
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let row = 0; row < BOX; row++) {
    for (let column = 0; column < BOX; column++) {
      const value = ink[row * BOX + column];
      mass += value;
      massX += value * column;
      massY += value * row;
    }
  }
  const start = offset(massY, mass) * SIDE + offset(massX, mass);
  for (let row = 0; row < BOX; row++) {
    for (let column = 0; column < BOX; column++) {
      image[start + row * SIDE + column] = Math.round(255 * ink[row * BOX + column]);
    }
  }
}
