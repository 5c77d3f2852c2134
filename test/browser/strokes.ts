/**
 * Digits as a person with a mouse draws them: arcs and lines in units of the pad. Written for these tests; the strokes of the
 * generated digits are others.
 *
 * @module
 */

type Point = readonly [x: number, y: number];

/** A line that the pen draws without being lifted. */
export type Stroke = readonly Point[];

/** Points on an ellipse, from one angle to another: degrees, clockwise from the right. */
function arc([x, y]: Point, [rx, ry]: Point, from: number, to: number): Point[] {
  const count = Math.max(4, Math.ceil(Math.abs(to - from) / 20));
  return Array.from({ length: count + 1 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / count) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** The strokes of each digit. */
export const DIGIT_STROKES: readonly (readonly Stroke[])[] = [
  [arc([0.5, 0.5], [0.2, 0.33], -90, 275)],
  [
    [
      [0.4, 0.3],
      [0.52, 0.16],
      [0.52, 0.86],
    ],
  ],
  [[...arc([0.48, 0.34], [0.2, 0.18], -160, 20), [0.32, 0.82], [0.72, 0.82]]],
  [[...arc([0.46, 0.33], [0.18, 0.16], -150, 80), ...arc([0.46, 0.66], [0.22, 0.18], -75, 150)]],
  [
    [
      [0.42, 0.14],
      [0.26, 0.58],
      [0.74, 0.56],
    ],
    [
      [0.6, 0.32],
      [0.6, 0.88],
    ],
  ],
  [[[0.68, 0.17], [0.38, 0.17], [0.35, 0.46], ...arc([0.46, 0.63], [0.21, 0.2], -110, 140)]],
  [[...arc([0.66, 0.52], [0.32, 0.38], -110, -190), ...arc([0.5, 0.66], [0.17, 0.18], -170, 200)]],
  [
    [
      [0.28, 0.2],
      [0.72, 0.2],
      [0.44, 0.86],
    ],
  ],
  [[...arc([0.5, 0.32], [0.15, 0.16], 90, -270), ...arc([0.5, 0.68], [0.19, 0.2], -90, 270)]],
  [[...arc([0.48, 0.36], [0.17, 0.18], 0, -350), [0.64, 0.6], [0.56, 0.88]]],
];
