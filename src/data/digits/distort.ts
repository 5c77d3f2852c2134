/**
 * Distortions of a digit, as by different hands:
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { cos, exp, sin } from "../../numeric/math.ts";
import type { Draws } from "./draws.ts";
import { type PenPath, parseStroke, type Stroke } from "./path.ts";

// Deviations of bell-shaped numbers; lengths in units of the glyph's height, angles in radians.
const POINT_JITTER = 0.02;
const END_JITTER = 0.025;
const STROKE_JITTER = 0.02;
/** Share of the distance between the last two control points, or of MAX_STRETCHED where they are farther apart. */
const END_STRETCH = 0.18;
const MAX_STRETCHED = 0.4;
const PRESSURE_JITTER = 0.14;
const MIN_PRESSURE = 0.5;
const PROPORTION = 0.22;
const TAPER = 0.2;
const BEND = 0.07;
const ELASTIC = 0.05;
const WIDTH = 0.2;
const SLANT = 0.24;
const ROTATION = 0.1;

/** Most people lean their digits to the right. */
const MEAN_SLANT = 0.16;
const MEAN_WIDTH = 0.04;

/** Chance per stroke that the pen nearly leaves the paper, and what pressure is left then. */
const LIGHT_SPOT = 0.04;
const LIGHT_PRESSURE = 0.3;

/** Distance between points of the path. */
const STEP = 0.09;

const MAX_CONTROLS = 32;
const controlX = new Float64Array(MAX_CONTROLS);
const controlY = new Float64Array(MAX_CONTROLS);
const pressure = new Float64Array(MAX_CONTROLS);

/** Strokes from their notation, ready for `writeStrokes`. */
export function parseGlyph(strokes: readonly string[]): Stroke[] {
  return strokes.map((text) => {
    const stroke = parseStroke(text);
    const count = stroke.x.length;
    if (count < 2 || count > MAX_CONTROLS) {
      throw new InputRangeError(`stroke "${text}"`, `2 to ${MAX_CONTROLS} points`, `${count}`);
    }
    return stroke;
  });
}

/** Writes the strokes into `path`, each control point a little off; the radius at each point is the pressure, about 1. */
export function writeStrokes(strokes: readonly Stroke[], draws: Draws, path: PenPath): void {
  path.clear();
  const unsteadiness = draws.between(0.4, 1.4);
  for (const stroke of strokes) {
    const count = stroke.x.length;
    const last = count - 1;
    const shiftX = STROKE_JITTER * draws.bell();
    const shiftY = STROKE_JITTER * draws.bell();
    for (let i = 0; i < count; i++) {
      const jitter = unsteadiness * (i === 0 || i === last ? END_JITTER : POINT_JITTER);
      controlX[i] = stroke.x[i] + shiftX + jitter * draws.bell();
      controlY[i] = stroke.y[i] + shiftY + jitter * draws.bell();
      pressure[i] = Math.max(MIN_PRESSURE, 1 + PRESSURE_JITTER * draws.bell());
    }
    if (draws.chance(LIGHT_SPOT)) pressure[Math.floor(draws.uniform() * count)] = LIGHT_PRESSURE;
    // The pen comes down and lifts early or late: rings close, stay open or overlap.
    stretchEnd(0, 1, END_STRETCH * draws.bell());
    stretchEnd(last, last - 1, END_STRETCH * draws.bell());
    path.addCurve(controlX, controlY, pressure, stroke.corner, count, STEP);
  }
}

function stretchEnd(end: number, inner: number, factor: number): void {
  const dx = controlX[end] - controlX[inner];
  const dy = controlY[end] - controlY[inner];
  const capped = factor * Math.min(1, MAX_STRETCHED / Math.sqrt(dx * dx + dy * dy));
  controlX[end] += capped * dx;
  controlY[end] += capped * dy;
}

/** Points per side of the elastic lattice. */
const LATTICE = 4;
/** Half the width that the lattice covers. */
const LATTICE_REACH = 0.35;
const latticeX = new Float64Array(LATTICE * LATTICE);
const latticeY = new Float64Array(LATTICE * LATTICE);

/** The lattice's shift at column `u`, row `v` (0 to LATTICE - 1), blended smoothly between the four points around. */
function blend(lattice: Float64Array, u: number, v: number): number {
  const column = Math.min(LATTICE - 2, Math.floor(u));
  const row = Math.min(LATTICE - 2, Math.floor(v));
  const du = u - column;
  const dv = v - row;
  const su = du * du * (3 - 2 * du);
  const sv = dv * dv * (3 - 2 * dv);
  const at = row * LATTICE + column;
  const above = lattice[at] + (lattice[at + 1] - lattice[at]) * su;
  const below = lattice[at + LATTICE] + (lattice[at + LATTICE + 1] - lattice[at + LATTICE]) * su;
  return above + (below - above) * sv;
}

/**
 * Moves all points of the path: uneven proportions first, then elastic distortion (smooth random shifts, after Simard,
 * Steinkraus and Platt, 2003), then width, slant and rotation. The middle of the path comes to lie at the origin.
 */
export function warp(path: PenPath, draws: Draws): void {
  const proportion = PROPORTION * draws.bell();
  const taper = TAPER * draws.bell();
  const bend = BEND * draws.bell();
  const elastic = ELASTIC * draws.between(0.3, 1.5);
  for (let i = 0; i < LATTICE * LATTICE; i++) {
    latticeX[i] = elastic * draws.bell();
    latticeY[i] = elastic * draws.bell();
  }
  const width = exp(MEAN_WIDTH + WIDTH * draws.bell());
  const slant = MEAN_SLANT + SLANT * draws.bell();
  const angle = ROTATION * draws.bell();
  const cosine = cos(angle);
  const sine = sin(angle);
  path.measure();
  const middle = (path.left + path.right) / 2;
  for (let i = 0; i < path.length; i++) {
    // From 0 at the top to 1 at the bottom.
    const height = Math.max(0, Math.min(1, path.y[i]));
    const waist = height * (1 - height);
    const x = (path.x[i] - middle) * (1 + taper * (2 * height - 1)) + bend * 4 * waist;
    const y = path.y[i] + proportion * waist;
    const u = Math.max(0, Math.min(1, 0.5 + x / (2 * LATTICE_REACH))) * (LATTICE - 1);
    const v = Math.max(0, Math.min(1, y)) * (LATTICE - 1);
    const down = y - 0.5 + blend(latticeY, u, v);
    const across = (x + blend(latticeX, u, v)) * width - slant * down;
    path.x[i] = across * cosine - down * sine;
    path.y[i] = across * sine + down * cosine;
  }
}
