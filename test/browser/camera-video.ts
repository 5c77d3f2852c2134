/**
 * A film for Chromium's fake camera (`--use-file-for-fake-video-capture`), without a program that makes films: YUV4MPEG2, the plain
 * format of mjpegtools, is a line of text, and for each frame another one and the bytes of Y, U and V.
 *
 * @module
 */

import { createWriteStream } from "node:fs";

export const WIDTH = 320;
export const HEIGHT = 240;
export const RATE = 10;

/** A picture that the camera moves over: [height, width, 3], 0 to 255. */
export interface Scenery {
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayLike<number>;
}

/** A stretch of the film. */
export interface Stretch {
  readonly scenery: Scenery;
  readonly seconds: number;
  /** Where the camera looks after so much of the stretch, 0 to 1: the middle, and the share of the scenery's width that is seen. */
  path(at: number): { readonly x: number; readonly y: number; readonly share: number; readonly light: number };
}

/** Writes the film. */
export async function writeVideo(file: string, stretches: readonly Stretch[]): Promise<void> {
  const stream = createWriteStream(file);
  const write = (bytes: Uint8Array | string): Promise<void> =>
    new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));
  await write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${RATE}:1 Ip A1:1 C420jpeg\n`);
  for (const stretch of stretches) {
    const frames = Math.round(stretch.seconds * RATE);
    for (let i = 0; i < frames; i++) {
      await write("FRAME\n");
      await write(frameOf(stretch, i / Math.max(1, frames - 1)));
    }
  }
  await new Promise<void>((resolve) => stream.end(resolve));
}

/** The frame after so much of a stretch: Y, and U and V of every second pixel and row, full range as in JPEG. */
function frameOf({ scenery, path }: Stretch, at: number): Uint8Array {
  const { x, y, share, light } = path(at);
  const seen = share * scenery.width;
  const [left, top] = [x * scenery.width - seen / 2, y * scenery.height - (seen * HEIGHT) / WIDTH / 2];
  const frame = new Uint8Array(WIDTH * HEIGHT * 1.5);
  const chroma = (WIDTH * HEIGHT) / 4;
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const [r, g, b] = pixelOf(scenery, left + (column * seen) / WIDTH, top + (row * seen) / WIDTH, light);
      frame[row * WIDTH + column] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (row % 2 === 1 || column % 2 === 1) continue;
      const place = WIDTH * HEIGHT + (row / 2) * (WIDTH / 2) + column / 2;
      frame[place] = clamp(128 - 0.168736 * r - 0.331264 * g + 0.5 * b);
      frame[place + chroma] = clamp(128 + 0.5 * r - 0.418688 * g - 0.081312 * b);
    }
  }
  return frame;
}

/** The pixel nearest to a place; beyond the border the last one. */
function pixelOf({ width, height, pixels }: Scenery, x: number, y: number, light: number): readonly number[] {
  const column = Math.min(width - 1, Math.max(0, Math.round(x)));
  const row = Math.min(height - 1, Math.max(0, Math.round(y)));
  const at = 3 * (row * width + column);
  return [0, 1, 2].map((channel) => clamp(light * pixels[at + channel]));
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}

/** The mean colour of a scenery, by which a test knows what the camera sees. */
export function meanColour({ pixels }: Scenery): readonly number[] {
  const sums = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 3] += pixels[i];
  return sums.map((sum) => (3 * sum) / pixels.length);
}
