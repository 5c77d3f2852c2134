import type { RasterImage } from "../data/image.ts";
import { checkedSize } from "../data/picture-limits.ts";
import type { DecodeImageOptions } from "../data/png.ts";
import { InputRangeError } from "../errors.ts";

/**
 * Decodes the first picture of a GIF file, by omggif, which is loaded when the first one comes.
 *
 * @throws RangeError if the data is not a whole GIF, or the picture is too large
 */
export async function decodeGif(bytes: Uint8Array, options: DecodeImageOptions): Promise<RasterImage> {
  const who = `gif ${JSON.stringify(options.name)}`;
  const [height, width] = checkedSize(who, bytes, options);
  const { GifReader } = await import("omggif");
  const data = new Uint8Array(width * height * 4);
  try {
    const reader = new GifReader(bytes);
    const frame = reader.frameInfo(0);
    if (frame.x + frame.width > width || frame.y + frame.height > height) throw new Error("a picture beyond its edges");
    // The reader leaves pixels out that the file lacks, as it does clear ones: without these it shows which.
    const clear = frame.transparent_index;
    frame.transparent_index = null;
    const whole = new Uint8Array(data.length);
    quietly(() => reader.decodeAndBlitFrameRGBA(0, whole));
    if (!isFilled(whole, width, frame)) throw new Error("too few pixels");
    frame.transparent_index = clear;
    quietly(() => reader.decodeAndBlitFrameRGBA(0, data));
  } catch (cause) {
    throw new InputRangeError(who, "a whole GIF file", "corrupt data", "damaged-file", { cause });
  }
  return { width, height, channels: 4, data };
}

/** Calls what may write to the console about the data, whose faults are found otherwise. */
function quietly(work: () => void): void {
  const { log } = console;
  Object.assign(console, { log() {} });
  try {
    work();
  } finally {
    Object.assign(console, { log });
  }
}

/** True if all pixels of the frame were written: none of them is clear. */
function isFilled(
  pixels: Uint8Array,
  width: number,
  frame: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): boolean {
  for (let y = frame.y; y < frame.y + frame.height; y++) {
    for (let x = frame.x; x < frame.x + frame.width; x++) if (pixels[(y * width + x) * 4 + 3] === 0) return false;
  }
  return true;
}
