import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { allowedBytes } from "../../src/data/expansion.ts";
import { readJpegStructure } from "../../src/data/jpeg-structure.ts";
import type { DecodeImage } from "../../src/data/picture-decoder.ts";
import { readData } from "../../src/data/read-data.ts";
import { decodeImage } from "../../src/node/image.ts";
import { chunk, headerChunk, PNG_SIGNATURE } from "./png-writer.ts";

/** A black picture. */
function blankPng(width: number, height: number): Uint8Array {
  const header = headerChunk({ width, height, depth: 8, colourType: 0, sample: () => 0 });
  const packed = deflateSync(new Uint8Array(height * (1 + width)), { level: 9 });
  return new Uint8Array(Buffer.concat([PNG_SIGNATURE, header, chunk("IDAT", packed), chunk("IEND", [])]));
}

/** A JPEG that says of itself that it is so large, and holds a scan of nothing. */
function lyingJpeg(width: number, height: number): Uint8Array {
  const [w, h] = [width, height].map((side) => [side >> 8, side & 255]);
  const frame = [0xff, 0xc0, 0, 17, 8, ...h, ...w, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
  return Uint8Array.from([0xff, 0xd8, ...frame, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xff, 0xd9]);
}

describe("the limit of expansion", () => {
  it("is 64 MiB and 100 times the file, or another multiple", () => {
    expect(allowedBytes(0)).toBe(67_108_864);
    expect(allowedBytes(1000)).toBe(67_208_864);
    expect(allowedBytes(1000, 7)).toBe(67_115_864);
  });

  it("lets a blank PNG of 4000 x 4000 in, packed 1000 : 1, and refuses more than data has", async () => {
    const blank = blankPng(4000, 4000);
    expect(blank.length).toBeLessThan(20_000);
    const { width, data } = await decodeImage(blank, "blank.png");
    expect([width, data.length, data[12_345]]).toEqual([4000, 16_000_000, 0]);
    const bomb = blankPng(8800, 8800);
    const refused = /^png "bomb.png": expected at most \d+ bytes to come out of so small a file, got more/;
    await expect(decodeImage(bomb, "bomb.png")).rejects.toThrow(refused);
    await expect(readData([{ name: "d/a/bomb.png", bytes: bomb }])).rejects.toThrow(/so small a file, got more/);
  });

  it("is raised by maxExpansion", async () => {
    const allowed: number[] = [];
    const decodeImage: DecodeImage = async (_, __, { maxBytes }) => {
      allowed.push(maxBytes);
      return { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) };
    };
    const files = [{ name: "d/a/b.png", bytes: blankPng(2, 2) }];
    await readData(files, { decodeImage });
    await readData(files, { decodeImage, maxExpansion: 500 });
    const { length } = files[0].bytes;
    expect(allowed).toEqual([64 * 2 ** 20 + 100 * length, 64 * 2 ** 20 + 500 * length]);
  });

  it("refuses a JPEG by its header", () => {
    const limits = { maxPixels: 1e8 };
    expect(() => readJpegStructure("jpeg", lyingJpeg(10_000, 10_000), limits)).toThrow(
      /^jpeg: expected at most \d+ bytes to come out of so small a file, got more; --max-expansion/,
    );
    // What is not too large is looked at further: it has no data.
    const noData = /expected \d+ bytes of data or more for \d+ x \d+ pixels, got 0/;
    expect(() => readJpegStructure("jpeg", lyingJpeg(4000, 4000), limits)).toThrow(noData);
    const raised = { ...limits, maxBytes: 3e8 };
    expect(() => readJpegStructure("jpeg", lyingJpeg(10_000, 10_000), raised)).toThrow(noData);
  });
});
