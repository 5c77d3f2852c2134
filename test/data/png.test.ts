import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodePng, isPng } from "../../src/data/png.ts";
import { chunk, encodePng, headerChunk, PNG_SIGNATURE, type PngSpec, rawPixels, SAMPLES } from "./png-writer.ts";

const options = { name: "p.png", maxPixels: 1_000_000 };

function noise(x: number, y: number, s: number): number {
  return Math.imul(x * 7919 + y * 104_729 + s * 1_299_709 + 12_345, 2_654_435_761) >>> 7;
}

const DEPTHS: [number, number[]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
];
const SIZES = [
  [1, 1],
  [3, 2],
  [13, 11],
  [33, 9],
];

/** The picture's samples by the format's description: as bytes, or with all of their 16 bits. */
function expectedPixels(spec: PngSpec): number[] {
  const highest = 2 ** spec.depth - 1;
  const white = spec.depth === 16 ? 65_535 : 255;
  const pixels: number[] = [];
  for (let y = 0; y < spec.height; y++) {
    for (let x = 0; x < spec.width; x++) {
      const samples = Array.from({ length: SAMPLES[spec.colourType] }, (_, s) => spec.sample(x, y, s));
      if (spec.palette) {
        pixels.push(...spec.palette.slice(3 * samples[0], 3 * samples[0] + 3));
        if (spec.transparency) pixels.push(spec.transparency[samples[0]] ?? 255);
      } else {
        pixels.push(...samples.map((value) => Math.round((value / highest) * white)));
        if (spec.transparency) pixels.push(samples.every((value) => value === 1) ? 0 : white);
      }
    }
  }
  return pixels;
}

describe("decodePng", () => {
  const cases = DEPTHS.flatMap(([colourType, depths]) =>
    depths.flatMap((depth) => [false, true].map((interlaced) => ({ colourType, depth, interlaced }))),
  );
  it.each(cases)("reads colour type $colourType of $depth bits, interlaced: $interlaced", async (kind) => {
    const colours = Math.min(2 ** kind.depth, 200);
    for (const [width, height] of SIZES) {
      for (const isTransparent of kind.colourType > 3 ? [false] : [false, true]) {
        const isPalette = kind.colourType === 3;
        const values = isPalette ? colours : 2 ** kind.depth;
        const sample = (x: number, y: number, s: number) => ((x + y) % 3 === 0 ? 1 : noise(x, y, s) % values);
        const spec: PngSpec = { ...kind, width, height, sample, chunkBytes: 37 };
        if (isPalette) spec.palette = Array.from({ length: 3 * colours }, (_, i) => noise(i, 1, 2) % 256);
        if (isTransparent) {
          const marked = Array.from({ length: SAMPLES[kind.colourType] }, () => [0, 1]).flat();
          spec.transparency = isPalette ? Array.from({ length: colours >> 1 }, (_, i) => (i % 2 ? 0 : 200)) : marked;
        }
        const image = await decodePng(encodePng(spec), options);
        expect([image.width, image.height]).toEqual([width, height]);
        expect(image.channels * width * height).toBe(image.data.length);
        expect([...image.data]).toEqual(expectedPixels(spec));
      }
    }
  });

  const good: PngSpec = { width: 9, height: 5, depth: 8, colourType: 2, sample: (x, y, s) => noise(x, y, s) % 256 };
  const file = Buffer.from(encodePng(good));
  const header = (change: Partial<PngSpec>) => headerChunk({ ...good, ...change });
  const pixels = chunk("IDAT", deflateSync(Uint8Array.from(rawPixels(good))));
  const end = chunk("IEND", []);
  const join = (...parts: Buffer[]) => Buffer.concat([PNG_SIGNATURE, ...parts]);
  const palette = { colourType: 3, sample: () => 3 };

  const hostile: [string, Uint8Array, string][] = [
    ["something else", Buffer.from("GIF89a"), "expected a PNG file"],
    [
      "a huge picture",
      join(header({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }), pixels, end),
      "2147483647 x 2147483647",
    ],
    ["no width", join(header({ width: 0 }), pixels, end), "expected 1 to 1000000 pixels, got 0 x 5"],
    ["an unknown colour type", join(header({ colourType: 5 }), pixels, end), "got type 5 with 8 bits"],
    ["a wrong depth", join(header({ depth: 4 }), pixels, end), "got type 2 with 4 bits"],
    ["no header", join(pixels, end), 'a header of 13 bytes first, got "IDAT"'],
    ["a short header", join(chunk("IHDR", [1, 2]), end), 'got "IHDR" of 2'],
    ["an unknown critical chunk", join(header({}), chunk("ABCD", []), pixels, end), 'got "ABCD"'],
    ["no pixels", join(header({}), end), "corrupt or cut off"],
    ["more pixels than announced", join(header({ height: 4 }), pixels, end), "at most 112 bytes unpacked, got more"],
    [
      "fewer pixels than announced",
      join(header({ height: 6 }), pixels, end),
      "expected 168 bytes of pixel data, got 140",
    ],
    ["a bomb", join(header({}), chunk("IDAT", deflateSync(new Uint8Array(50_000_000))), end), "at most 140 bytes"],
    ["a row filter of 9", join(header({}), chunk("IDAT", deflateSync(new Uint8Array(140).fill(9))), end), "got 9"],
    ["a chunk longer than the file", join(Buffer.from([255, 255, 255, 255, 73, 72, 68, 82]), file), "cut off"],
    ["no palette", encodePng({ ...good, ...palette }), "expected a palette of 1 to 256 colours, got 0 bytes"],
    ["half a colour", encodePng({ ...good, ...palette, palette: [1, 2, 3, 4] }), "got 4 bytes"],
    ["a colour outside", encodePng({ ...good, ...palette, palette: Array(9).fill(0) }), "from 0 to 2, got 3"],
    [
      "more transparency than colours",
      encodePng({ ...good, ...palette, palette: Array(12).fill(0), transparency: [1, 2, 3, 4, 5] }),
      "at most 4 values of transparency, got 5",
    ],
    ["short transparency", encodePng({ ...good, transparency: [0, 1] }), "expected 6 bytes of transparency, got 2"],
  ];
  it.each(hostile)("refuses %s", async (_, bytes, message) => {
    await expect(decodePng(bytes, options)).rejects.toThrow(RangeError);
    await expect(decodePng(bytes, options)).rejects.toThrow(message);
  });

  it("refuses the file cut off anywhere", async () => {
    for (let length = 0; length < file.length; length += 7) {
      await expect(decodePng(file.subarray(0, length), options)).rejects.toThrow(RangeError);
    }
  });

  it("refuses a flipped bit anywhere", async () => {
    for (let index = 0; index < file.length; index += 3) {
      const corrupt = Buffer.from(file);
      corrupt[index] ^= 4;
      await expect(decodePng(corrupt, options)).rejects.toThrow(RangeError);
    }
  });

  it("passes over what is not needed", async () => {
    const extra = [chunk("tEXt", [...Buffer.from("Title\0a digit")]), chunk("iCCP", Array(50).fill(1))];
    expect(await decodePng(encodePng({ ...good, extra }), options)).toEqual(await decodePng(file, options));
    expect([isPng(file), isPng(file.subarray(1))]).toEqual([true, false]);
  });
});
