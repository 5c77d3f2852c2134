import { isUint8Array } from "../numeric/array-kinds.ts";
import type { RasterImage } from "./image.ts";

/**
 * The samples of a picture that has the wanted size and kind already, as any way to bring it there would give them; undefined where there is
 * something to do. Small pictures are decoded in less time than it takes to stretch them by one.
 *
 * @returns `[height, width, channels]`
 */
export function ownSamples(
  { width, height, channels: own, data }: RasterImage,
  wantedHeight: number,
  wantedWidth: number,
  channels: number,
): Uint8Array | undefined {
  const isGrey = own <= 2;
  const size = width * height;
  if (width !== wantedWidth || height !== wantedHeight || !isUint8Array(data) || data.length !== size * own)
    return undefined;
  if (channels !== 3 && !(channels === 1 && isGrey)) return undefined;
  const samples = new Uint8Array(size * channels);
  const [second, third] = isGrey ? [0, 0] : [1, 2];
  const isOpaque = own % 2 === 1;
  for (let i = 0, from = 0, to = 0; i < size; i++, from += own, to += channels) {
    if (!isOpaque && data[from + own - 1] !== 255) return undefined;
    samples[to] = data[from];
    if (channels === 1) continue;
    samples[to + 1] = data[from + second];
    samples[to + 2] = data[from + third];
  }
  return samples;
}
