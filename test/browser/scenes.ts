/**
 * Two scenes in front of a fake camera: photographs over which it moves.
 *
 * @module
 */

import { photographs, sharedFile } from "../importing/photographs.ts";
import { meanColour, type Scenery, type Stretch, writeVideo } from "./camera-video.ts";

/** The photographs; undefined where they are not. */
export const PHOTOGRAPHS = sharedFile("data", "ants-bees.zip");

/** A backbone; undefined where there is none. */
export const BACKBONE = sharedFile("models", "efficientnet-lite0.onnx");

/** Height and width of a photograph, in pixels. */
const SIDE = 480;

/** Photographs of each class of which the scenes are chosen. */
const EACH = 4;

/** The seconds of each scene that are shown to learn from, with some for reaction, and of each that are judged. */
const SHOWN = 11.5;
const JUDGED = 6;

/** Two photographs, one of each class: those whose mean colours are furthest apart, as the test tells by them what is seen. */
export async function sceneries(zip: string): Promise<readonly Scenery[]> {
  const pixels = await photographs(zip, SIDE);
  const size = SIDE * SIDE * 3;
  const all = Array.from({ length: 2 * EACH }, (_, i) => ({
    width: SIDE,
    height: SIDE,
    pixels: pixels.subarray(i * size, (i + 1) * size),
  }));
  const means = all.map(meanColour);
  let [first, second, furthest] = [0, EACH, 0];
  for (let a = 0; a < EACH; a++) {
    for (let b = EACH; b < 2 * EACH; b++) {
      const far = Math.hypot(...means[a].map((value, channel) => value - means[b][channel]));
      if (far > furthest) [first, second, furthest] = [a, b, far];
    }
  }
  return [all[first], all[second]];
}

/** The film: the first scene, the second one, and both again from other places, nearer and in another light. */
export async function writeFilm(file: string, [first, second]: readonly Scenery[]): Promise<void> {
  const shown = (scenery: Scenery): Stretch => ({
    scenery,
    seconds: SHOWN,
    path: (at) => ({
      x: 0.45 + 0.1 * Math.sin(9 * at),
      y: 0.5 + 0.08 * Math.cos(7 * at),
      share: 0.8 - 0.1 * at,
      light: 1,
    }),
  });
  const judged = (scenery: Scenery): Stretch => ({
    scenery,
    seconds: JUDGED,
    path: (at) => ({ x: 0.6 - 0.15 * at, y: 0.45 + 0.1 * at, share: 0.6 + 0.15 * at, light: 0.88 + 0.2 * at }),
  });
  await writeVideo(file, [shown(first), shown(second), judged(second), judged(first)]);
}
