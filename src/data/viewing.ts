import { readOptions } from "../options/schema.ts";
import type { ImageShape, Pixels } from "./pixels.ts";
import { VIEWS } from "./views.ts";

/** A view of an image: mirrored or not, then moved. */
export interface View {
  readonly mirrored: boolean;
  readonly down: number;
  readonly right: number;
}

/**
 * The views that the options ask for; the first is the image as it is.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * readViews({ horizontalFlip: true, shift: 1 }).length; // 10
 */
export function readViews(options: unknown): View[] {
  const { horizontalFlip, shift: by } = readOptions("testTimeAugmentation", VIEWS, options);
  const moves = [
    [0, 0],
    ...(by === 0
      ? []
      : [-by, by].flatMap((move) => [
          [move, 0],
          [0, move],
        ])),
  ];
  return (horizontalFlip ? [false, true] : [false]).flatMap((mirrored) =>
    moves.map(([down, right]) => ({ mirrored, down, right })),
  );
}

/**
 * Copies images in a view.
 *
 * @param from where the first one begins in `images`
 * @param count how many
 * @param target [count, h, w, c], written
 */
export function writeView(
  target: Pixels,
  images: Pixels,
  from: number,
  count: number,
  [height, width, channels]: ImageShape,
  { mirrored, down, right }: View,
): void {
  const row = width * channels;
  target.fill(0);
  for (let line = 0; line < count * height; line++) {
    const y = (line % height) - down;
    if (y < 0 || y >= height) continue;
    const source = from + (line - down) * row;
    const to = line * row;
    for (let x = 0; x < width; x++) {
      const seen = x - right;
      if (seen < 0 || seen >= width) continue;
      const column = mirrored ? width - 1 - seen : seen;
      for (let channel = 0; channel < channels; channel++) {
        target[to + x * channels + channel] = images[source + column * channels + channel];
      }
    }
  }
}
