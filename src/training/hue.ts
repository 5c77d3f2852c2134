/** The brightest pixel, in the unit of bytes. */
const WHITE = 255;

/**
 * Turns the hue of each pixel by a share of the circle, in place: by way of hue, saturation and value (Smith, 1978, "Color Gamut Transform
 * Pairs"), as torchvision's `adjust_hue` does. Unlike a rotation in YIQ it leaves nothing outside of 0 to 255, and grey as it is.
 *
 * @param pixels [h, w, 3], 0 to 255; images of other numbers of channels stay as they are
 * @param turn -0.5 to 0.5
 */
export function turnHue(pixels: Float32Array, channels: number, turn: number): void {
  if (channels !== 3) return;
  for (let at = 0; at < pixels.length; at += 3) {
    const [r, g, b] = [pixels[at] / WHITE, pixels[at + 1] / WHITE, pixels[at + 2] / WHITE];
    const value = Math.max(r, g, b);
    const chroma = value - Math.min(r, g, b);
    if (chroma === 0) continue;
    const sixths = value === r ? (g - b) / chroma : value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
    const hue = sixths / 6 + 1 + turn;
    const place = 6 * (hue - Math.floor(hue));
    pixels[at] = WHITE * (value - chroma * lack(5 + place));
    pixels[at + 1] = WHITE * (value - chroma * lack(3 + place));
    pixels[at + 2] = WHITE * (value - chroma * lack(1 + place));
  }
}

/** The share of the chroma that a channel lacks to the value, by its distance on the circle, in sixths: 0 for a sixth to either side. */
function lack(place: number): number {
  const k = place >= 6 ? place - 6 : place;
  return Math.max(0, Math.min(k, 4 - k, 1));
}
