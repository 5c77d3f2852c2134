/** From black to white, as far as characters go. */
const SHADES = " .:-=+*#%@";

/**
 * Draws pixels with characters, two columns of text to each pixel so that it looks square.
 *
 * @param pixels `[height, width, channels]`, 0 to 255; colours are averaged
 */
export function drawPixels(
  pixels: Uint8Array,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
): string[] {
  return Array.from({ length: height }, (_, y) => {
    let line = "";
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const mean = pixels.subarray(at, at + channels).reduce((sum, value) => sum + value, 0) / channels;
      line += SHADES[Math.min(SHADES.length - 1, Math.floor((mean / 256) * SHADES.length))].repeat(2);
    }
    return line.trimEnd();
  });
}
