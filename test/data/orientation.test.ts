import { describe, expect, it } from "vitest";
import { exifOrientation, upright } from "../../src/data/orientation.ts";
import { decodePng } from "../../src/data/png.ts";
import { chunk, encodePng } from "./png-writer.ts";

/** EXIF data of one entry in either byte order, after some others. */
function exif(orientation: number, isLittle: boolean, others = 0): Uint8Array {
  const bytes = new Uint8Array(10 + 12 * (others + 1) + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(isLittle ? [0x49, 0x49] : [0x4d, 0x4d]);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, others + 1, isLittle);
  const at = 10 + 12 * others;
  view.setUint16(at, 0x0112, isLittle);
  view.setUint16(at + 2, 3, isLittle);
  view.setUint32(at + 4, 1, isLittle);
  view.setUint16(at + 8, orientation, isLittle);
  return bytes;
}

/** Results of Pillow's ImageOps.exif_transpose for the rows [1, 2, 3], [4, 5, 6], by orientation. */
const TURNED: Readonly<Record<number, number[][]>> = {
  1: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  2: [
    [3, 2, 1],
    [6, 5, 4],
  ],
  3: [
    [6, 5, 4],
    [3, 2, 1],
  ],
  4: [
    [4, 5, 6],
    [1, 2, 3],
  ],
  5: [
    [1, 4],
    [2, 5],
    [3, 6],
  ],
  6: [
    [4, 1],
    [5, 2],
    [6, 3],
  ],
  7: [
    [6, 3],
    [5, 2],
    [4, 1],
  ],
  8: [
    [3, 6],
    [2, 5],
    [1, 4],
  ],
};

describe("orientation", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("%i in a PNG turns it as Pillow does", async (orientation) => {
    const spec = {
      width: 3,
      height: 2,
      depth: 8,
      colourType: 2,
      sample: (x: number, y: number, s: number) => 50 * s + 3 * y + x + 1,
    };
    for (const isLittle of [true, false]) {
      const bytes = encodePng({ ...spec, extra: [chunk("eXIf", exif(orientation, isLittle, 2))] });
      const { width, height, data } = await decodePng(bytes, { name: "turned.png", maxPixels: 100 });
      const rows = TURNED[orientation];
      expect([height, width]).toEqual([rows.length, rows[0].length]);
      expect([...data]).toEqual(rows.flat().flatMap((value) => [value, value + 50, value + 100]));
    }
  });

  it("is upright where EXIF data says nothing that there is", () => {
    expect(exifOrientation(exif(9, true))).toBe(1);
    expect(exifOrientation(exif(0, false))).toBe(1);
    const whole = exif(6, true, 3);
    for (let length = 0; length < 46 + 12; length++) {
      expect([1, 6]).toContain(exifOrientation(whole.subarray(0, length)));
    }
    const image = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(7) };
    expect(upright(image, 1)).toBe(image);
  });
});
