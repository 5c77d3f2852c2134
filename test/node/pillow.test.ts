import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { RasterImage } from "../../src/data/image.ts";
import { pictureSize } from "../../src/data/picture-size.ts";
import { decodeImage } from "../../src/node/image.ts";
import pictures from "./pillow/pixels.json" with { type: "json" };

const read = (name: string) => new Uint8Array(readFileSync(new URL(`./pillow/${name}`, import.meta.url)));

/** Red, green, blue and alpha of 8 bits each. */
function coloured({ channels, data }: RasterImage): Uint8Array {
  const pixels = new Uint8Array((data.length / channels) * 4);
  for (let i = 0; i < pixels.length / 4; i++) {
    const samples = [...data.subarray(i * channels, (i + 1) * channels)].map((v) =>
      data instanceof Uint16Array ? v >> 8 : v,
    );
    const alpha = channels % 2 === 0 ? samples[channels - 1] : 255;
    const colours = channels < 3 ? [samples[0], samples[0], samples[0]] : samples.slice(0, 3);
    pixels.set([...colours, alpha], 4 * i);
  }
  return pixels;
}

it.each(Object.entries(pictures))("%s is read as Pillow reads it", async (name, expected) => {
  const bytes = read(name);
  const image = await decodeImage(bytes, name);
  expect([image.width, image.height]).toEqual([expected.width, expected.height]);
  const [height, width] = pictureSize(bytes) ?? [];
  expect([width, height].sort()).toEqual([image.width, image.height].sort());
  const [own, theirs] = [coloured(image), new Uint8Array(Buffer.from(expected.pixels, "base64"))];
  // JPEG decoders round their sums differently, and so is 5 bits to 8 rounded; clear pixels have no colour.
  const bound = name.endsWith(".jpg") ? 3 : /^(fives|sixes)/.test(name) ? 1 : 0;
  let worst = 0;
  for (let i = 0; i < own.length; i++) {
    const isClear = i % 4 < 3 && theirs[i - (i % 4) + 3] === 0;
    if (!isClear) worst = Math.max(worst, Math.abs(own[i] - theirs[i]));
  }
  expect(worst).toBeLessThanOrEqual(bound);
});

it.each(["lossy.webp", "moving.webp", "plain.gif", "palette.bmp", "rgb.bmp"])(
  "%s is refused where it is cut off, too large, or something else",
  async (name) => {
    const bytes = read(name);
    for (let length = 15; length < bytes.length * 0.6; length += Math.ceil(bytes.length / 12))
      await expect(decodeImage(bytes.subarray(0, length), name), `${length} bytes`).rejects.toThrow(RangeError);
    await expect(decodeImage(bytes, name, { maxPixels: 100 })).rejects.toThrow("expected 1 to 100 pixels");
    await expect(decodeImage(bytes, name, { maxBytes: 1000 })).rejects.toThrow(RangeError);
  },
);

it("refuses what it cannot read by name", async () => {
  const os2 = read("rgb.bmp");
  os2[14] = 12;
  await expect(decodeImage(os2, "old.bmp")).rejects.toThrow(
    'bmp "old.bmp": expected a BMP picture of Windows, got one of OS/2; save it as PNG',
  );
  await expect(decodeImage(read("runs.bmp"), "runs.bmp")).rejects.toThrow(
    'bmp "runs.bmp": expected a BMP picture as it is, got a packed one; save it as PNG',
  );
  await expect(decodeImage(Uint8Array.of(0x49, 0x49, 0x2a, 0, 8, 0, 0, 0), "a.tif")).rejects.toThrow(
    'image "a.tif": expected a PNG, JPEG, WebP, GIF or BMP picture, got TIFF',
  );
});
