import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RasterImage } from "../../src/data/image.ts";
import { decodeImage, readImage } from "../../src/node/image.ts";
import {
  alphaPng,
  cmykJpeg,
  deepPng,
  greyJpeg,
  palettePng,
  profileJpeg,
  progressiveCmykJpeg,
  progressiveJpeg,
  turnedJpeg,
  withScans,
  withSize,
  ycckJpeg,
} from "./pictures.ts";

function pixel({ width, channels, data }: RasterImage, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

/** Each value within 4 of the expected one: JPEG loses a little. */
function near(actual: number[], expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(4);
  });
}

/** Index of the data of a JPEG's first scan. */
function scanOf(jpeg: Uint8Array): number {
  const marker = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
  return marker + 2 + jpeg[marker + 3];
}

describe("decodeImage", () => {
  it("reads JPEG, grey and in colour, also progressive", async () => {
    const grey = await decodeImage(greyJpeg, "grey.jpg");
    expect([grey.width, grey.height]).toEqual([16, 8]);
    near(pixel(grey, 2, 1), [20, 20, 20, 255]);
    near(pixel(grey, 14, 6), [220, 220, 220, 255]);
    const colour = await decodeImage(progressiveJpeg, "colour.jpg");
    near(pixel(colour, 2, 1), [20, 235, 90, 255]);
    near(pixel(colour, 14, 1), [110, 145, 90, 255]);
  });

  it('reads the colours of print as Pillow\'s convert("RGB") does', async () => {
    const sum = ({ data }: RasterImage) =>
      Array.from(data).reduce((total, value, i) => total + (i % 4 < 3 ? value : 0), 0);
    const plain = await decodeImage(cmykJpeg, "c.jpg");
    expect([pixel(plain, 2, 1), pixel(plain, 14, 6), sum(plain)]).toEqual([
      [20, 235, 90, 255],
      [220, 35, 90, 255],
      44160,
    ]);
    const progressive = await decodeImage(progressiveCmykJpeg, "p.jpg");
    expect([pixel(progressive, 2, 1), pixel(progressive, 8, 4), sum(progressive)]).toEqual([
      [212, 29, 213, 255],
      [102, 93, 102, 255],
      41193,
    ]);
    const ycck = await decodeImage(ycckJpeg, "y.jpg");
    expect([pixel(ycck, 2, 1), pixel(ycck, 14, 6), sum(ycck)]).toEqual([[0, 62, 192, 255], [158, 126, 41, 255], 35193]);
  });

  it("gives a picture or a RangeError for any flipped bit among colours of print", async () => {
    for (const jpeg of [progressiveCmykJpeg, ycckJpeg]) {
      for (let index = 0; index < jpeg.length; index += 3) {
        const corrupt = jpeg.slice();
        corrupt[index] ^= 1 << (index % 8);
        await decodeImage(corrupt, "corrupt.jpg").catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
      }
    }
  });

  it("turns a JPEG upright", async () => {
    const turned = await decodeImage(turnedJpeg, "turned.jpg");
    expect([turned.width, turned.height]).toEqual([8, 16]);
    near(pixel(turned, 6, 1), [20, 235, 90, 255]);
    near(pixel(turned, 1, 1), [40, 215, 90, 255]);
    near(pixel(turned, 1, 14), [220, 35, 90, 255]);
  });

  it("reads PNG files of another program", async () => {
    const palette = await decodeImage(palettePng, "p.png");
    expect(palette).toMatchObject({ width: 16, height: 8, channels: 3 });
    expect([pixel(palette, 2, 1), pixel(palette, 14, 6)]).toEqual([
      [20, 235, 90],
      [220, 35, 90],
    ]);
    const alpha = await decodeImage(alphaPng, "a.png");
    expect([pixel(alpha, 2, 6), pixel(alpha, 14, 1)]).toEqual([
      [40, 215, 90, 255],
      [110, 145, 90, 0],
    ]);
    const deep = await decodeImage(deepPng, "d.png");
    expect([deep.channels, ...pixel(deep, 2, 1), ...pixel(deep, 14, 6)]).toEqual([1, 257 * 20, 257 * 220]);
  });

  it("refuses what it doesn't read, in one line", async () => {
    await expect(decodeImage(Buffer.from("8BPS..."), "x.psd")).rejects.toThrow(
      new RangeError('image "x.psd": expected a PNG, JPEG, WebP, GIF or BMP picture, got Photoshop'),
    );
    await expect(decodeImage(new Uint8Array(0), "empty")).rejects.toThrow(RangeError);
  });

  it("refuses too large a picture by its header", async () => {
    await expect(decodeImage(greyJpeg, "g.jpg", { maxPixels: 100 })).rejects.toThrow(
      'jpeg "g.jpg": expected 1 to 100 pixels, got 16 x 8',
    );
    await expect(decodeImage(deepPng, "d.png", { maxPixels: 100 })).rejects.toThrow(
      'png "d.png": expected 1 to 100 pixels, got 16 x 8',
    );
    const frame = greyJpeg.findIndex((byte, i) => byte === 0xff && greyJpeg[i + 1] === 0xc0);
    const huge = greyJpeg.slice();
    huge.fill(0xff, frame + 5, frame + 9);
    await expect(decodeImage(huge, "h.jpg")).rejects.toThrow("got 65535 x 65535");
  });

  it("refuses a JPEG that is cut off anywhere", async () => {
    for (let length = 1; length < progressiveJpeg.length; length += 13) {
      await expect(decodeImage(progressiveJpeg.subarray(0, length), "cut.jpg")).rejects.toThrow(RangeError);
    }
  });

  it("refuses a JPEG of whose data the decoder warns", async () => {
    const scan = scanOf(greyJpeg);
    const end = greyJpeg.length - 2;
    const cut = Buffer.concat([greyJpeg.subarray(0, end - 3), greyJpeg.subarray(end)]);
    await expect(decodeImage(cut, "cut.jpg")).rejects.toThrow(
      'jpeg "cut.jpg": expected data that is in order, got "Corrupt JPEG data: premature end of data segment"',
    );
    const longer = Buffer.concat([greyJpeg.subarray(0, end), Buffer.alloc(20, 1), greyJpeg.subarray(end)]);
    await expect(decodeImage(longer, "longer.jpg")).rejects.toThrow(
      /expected data that is in order, got "Corrupt JPEG data: \d+ extraneous bytes before marker 0xd9"$/,
    );
    const marker = Buffer.concat([
      greyJpeg.subarray(0, scan + 2),
      Buffer.from([0xff, 0xd3]),
      greyJpeg.subarray(scan + 2),
    ]);
    await expect(decodeImage(marker, "restart.jpg")).rejects.toThrow(/expected restart mark 0 at byte \d+, got 3/);
  });

  it("passes over bytes between a JPEG's segments, and zeros before its end", async () => {
    const wanted = await decodeImage(progressiveJpeg, "whole.jpg");
    const table = progressiveJpeg.findIndex((byte, i) => byte === 0xff && progressiveJpeg[i + 1] === 0xdb);
    const junk = Buffer.from([0, 0xff, 0, 0x12, 0xff, 0xff]);
    const odd = Buffer.concat([progressiveJpeg.subarray(0, table), junk, progressiveJpeg.subarray(table)]);
    expect(await decodeImage(odd, "odd.jpg")).toEqual(wanted);
    const end = greyJpeg.length - 2;
    const padded = Buffer.concat([greyJpeg.subarray(0, end), Buffer.alloc(20), greyJpeg.subarray(end)]);
    expect(await decodeImage(padded, "padded.jpg")).toEqual(await decodeImage(greyJpeg, "whole.jpg"));
    const trailing = Buffer.concat([greyJpeg, Buffer.from("a preview follows")]);
    expect(await decodeImage(trailing, "trailing.jpg")).toEqual(await decodeImage(greyJpeg, "whole.jpg"));
  });

  it("refuses a JPEG of thousands of scans before it is decoded", async () => {
    const many = withScans(progressiveJpeg, 2000);
    await expect(decodeImage(many, "scans.jpg")).rejects.toThrow(
      'jpeg "scans.jpg": expected at most 200 scans of so many pixels, got more',
    );
  });

  it("refuses a JPEG whose header names more pixels than its data can hold", async () => {
    for (const jpeg of [greyJpeg, progressiveJpeg, ycckJpeg]) {
      await expect(decodeImage(withSize(jpeg, 4000, 5000), "lie.jpg")).rejects.toThrow(
        /^jpeg "lie.jpg": expected \d+ bytes of data or more for 5000 x 4000 pixels, got \d+: corrupt data$/,
      );
      await expect(decodeImage(withSize(jpeg, 6000, 6000), "lie.jpg")).rejects.toThrow(/expected at most .* bytes/);
    }
  });

  it("does not heed colour profiles, as in pages", async () => {
    const image = await decodeImage(profileJpeg, "p.jpg");
    near(pixel(image, 2, 2), [200, 40, 60, 255]);
    near(pixel(image, 13, 5), [30, 180, 90, 255]);
  });

  it("gives a picture or a RangeError for any flipped bit, and reads the next one", async () => {
    for (let index = 0; index < greyJpeg.length; index += 5) {
      const corrupt = greyJpeg.slice();
      corrupt[index] ^= 1 << (index % 8);
      await decodeImage(corrupt, "corrupt.jpg").catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    }
    expect(process.exitCode).toBeUndefined();
    near(pixel(await decodeImage(greyJpeg, "grey.jpg"), 2, 1), [20, 20, 20, 255]);
  });
});

it("readImage reads a file, or says why not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "convasm-image-"));
  await writeFile(join(folder, "p.png"), deepPng);
  expect((await readImage(join(folder, "p.png"))).width).toBe(16);
  await expect(readImage(join(folder, "none.png"))).rejects.toThrow("no such file or folder");
  await rm(folder, { recursive: true });
});
