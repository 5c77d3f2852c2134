import { HostError } from "../errors.ts";
import type { RasterImage } from "./image.ts";

/** Things of a page that can be drawn on a canvas. */
export type Drawable = HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | OffscreenCanvas | ImageBitmap;

/**
 * The pixels of what a browser can draw.
 *
 * @param who stands in messages
 * @throws HostError for an image of another origin, whose pixels the page may not read
 */
export function drawnPixels(who: string, source: Drawable, width: number, height: number): RasterImage {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new HostError(who, "expected a canvas to read the picture, got none", "not-in-page");
  context.drawImage(source, 0, 0);
  try {
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
  } catch (cause) {
    const advice = 'its server has to allow it, and the page to ask for it by crossorigin="anonymous"';
    const problem = "expected a picture that the page may read, got one of another origin";
    throw new HostError(who, problem, "not-in-page", { advice, cause });
  }
}

/** The pixels of a picture file by the browser's decoder; undefined if it has none for it. */
export async function decodedByBrowser(who: string, bytes: Uint8Array): Promise<RasterImage | undefined> {
  const file = new Blob([new Uint8Array(bytes)]);
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  try {
    return drawnPixels(who, bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}
