import type { Pixels } from "../data/pixels.ts";

/** Characters for shades from black to white. */
const SHADES = " .:-=+*#%@";

/**
 * Draws pixels with characters, two columns of text to each pixel so that it looks square.
 *
 * @param pixels `[height, width, channels]`, 0 to 255, what is beyond counts as black or white; colours are averaged
 */
export function drawPixels(
  pixels: Pixels,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
): string[] {
  return Array.from({ length: height }, (_, y) => {
    let line = "";
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += pixels[at + c];
      const shade = Math.floor((sum / channels / 256) * SHADES.length);
      line += SHADES[Math.max(0, Math.min(SHADES.length - 1, shade))].repeat(2);
    }
    return line.trimEnd();
  });
}
