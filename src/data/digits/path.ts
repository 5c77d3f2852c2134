/**
 * The pen's path: strokes as control points, and the polyline that samples the smooth curves through them.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";

/** Control points of one stroke, in units of the glyph's height, y down. */
export interface Stroke {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where the pen turns sharply. */
  readonly corner: Uint8Array;
}

/** Reads the notation of `glyphs.ts`: "x,y" in percent, "!" after a corner. */
export function parseStroke(text: string): Stroke {
  const points = text.split(" ");
  const x = new Float64Array(points.length);
  const y = new Float64Array(points.length);
  const corner = new Uint8Array(points.length);
  points.forEach((point, i) => {
    const match = /^(\d+),(\d+)(!?)$/.exec(point);
    if (match === null) throw new InputRangeError(`stroke "${text}"`, "points like 30,98 or 30,98!", `"${point}"`);
    x[i] = Number(match[1]) / 100;
    y[i] = Number(match[2]) / 100;
    corner[i] = match[3] === "!" ? 1 : 0;
  });
  return { x, y, corner };
}

/** Points that a path can hold, several times what the longest glyph needs. */
const CAPACITY = 1024;
const MAX_PIECES = 16;

/** A polyline with a pen radius at every point, in buffers that serve one digit after the other. */
export class PenPath {
  readonly x = new Float64Array(CAPACITY);
  readonly y = new Float64Array(CAPACITY);
  readonly radius = new Float64Array(CAPACITY);
  /** 1 where a stroke starts: no ink between this point and the one before. */
  readonly starts = new Uint8Array(CAPACITY);
  length = 0;
  /** The box around the points, as of the last `measure`. */
  left = 0;
  right = 0;
  top = 0;
  bottom = 0;

  clear(): void {
    this.length = 0;
  }

  private add(x: number, y: number, radius: number, starts: number): void {
    if (this.length === CAPACITY)
      throw new InputRangeError("pen path", `at most ${CAPACITY} points`, "more", "too-large");
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.radius[this.length] = radius;
    this.starts[this.length] = starts;
    this.length++;
  }

  /**
   * Appends the Catmull-Rom curve through the first `count` control points (x, y), with a point about every `step`. The
   * radius runs linearly from one control point to the next.
   */
  addCurve(
    x: Float64Array,
    y: Float64Array,
    radius: Float64Array,
    corner: Uint8Array,
    count: number,
    step: number,
  ): void {
    this.add(x[0], y[0], radius[0], 1);
    for (let i = 0; i + 1 < count; i++) {
      const dx = x[i + 1] - x[i];
      const dy = y[i + 1] - y[i];
      // The tangent at a point is half the chord of its neighbours; at ends and corners it is the piece's own chord.
      let inX = dx;
      let inY = dy;
      let outX = dx;
      let outY = dy;
      if (i > 0 && corner[i] === 0) {
        inX = (x[i + 1] - x[i - 1]) / 2;
        inY = (y[i + 1] - y[i - 1]) / 2;
      }
      if (i + 2 < count && corner[i + 1] === 0) {
        outX = (x[i + 2] - x[i]) / 2;
        outY = (y[i + 2] - y[i]) / 2;
      }
      const pieces = Math.max(1, Math.min(MAX_PIECES, Math.ceil(Math.sqrt(dx * dx + dy * dy) / step)));
      for (let k = 1; k <= pieces; k++) {
        // The cubic Hermite basis, without the term of the start point, which is added as it is.
        const t = k / pieces;
        const end = t * t * (3 - 2 * t);
        const leave = t * (1 - t) * (1 - t);
        const arrive = t * t * (t - 1);
        this.add(
          x[i] + dx * end + inX * leave + outX * arrive,
          y[i] + dy * end + inY * leave + outY * arrive,
          radius[i] + (radius[i + 1] - radius[i]) * t,
          0,
        );
      }
    }
  }

  /** Sets the box around the points and returns the length of all strokes. */
  measure(): number {
    this.left = this.right = this.x[0];
    this.top = this.bottom = this.y[0];
    let strokes = 0;
    for (let i = 1; i < this.length; i++) {
      const x = this.x[i];
      const y = this.y[i];
      this.left = Math.min(this.left, x);
      this.right = Math.max(this.right, x);
      this.top = Math.min(this.top, y);
      this.bottom = Math.max(this.bottom, y);
      if (this.starts[i] === 1) continue;
      const dx = x - this.x[i - 1];
      const dy = y - this.y[i - 1];
      strokes += Math.sqrt(dx * dx + dy * dy);
    }
    return strokes;
  }
}
