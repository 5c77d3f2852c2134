import type { RasterImage } from "convasm";

/** Shorter side to which the browser shrinks larger pictures before their pixels are read. */
const MOST_READ = 512;

/** Shorter side of a picture as it is kept. */
const KEPT = 256;

/** Of the JPEG that is kept. */
const QUALITY = 0.9;

const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true });

/**
 * Decodes a picture, the right way up.
 *
 * @throws Error in words for people if it is none
 */
export async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    throw new Error("no picture that this browser can read");
  }
}

/** The pixels of a picture, shrunk by the browser where it is large. */
export function rasterOf(bitmap: ImageBitmap): RasterImage {
  const [width, height] = draw(bitmap, MOST_READ);
  const data = surface().getImageData(0, 0, width, height).data;
  return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
}

/** The picture as it is kept. */
export async function compact(bitmap: ImageBitmap): Promise<Blob> {
  draw(bitmap, KEPT);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** Draws a picture whose shorter side is at most so long; gives its size. */
function draw(bitmap: ImageBitmap, most: number): readonly [width: number, height: number] {
  const scale = Math.min(1, most / Math.min(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const target = surface();
  target.imageSmoothingQuality = "high";
  // Transparent parts of a picture become white, as on most pages.
  target.fillStyle = "#fff";
  target.fillRect(0, 0, canvas.width, canvas.height);
  target.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height];
}

function surface(): OffscreenCanvasRenderingContext2D {
  if (context === null) throw new Error("expected a canvas in the worker, got none");
  return context;
}
