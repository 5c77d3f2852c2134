// The unit of pixels: expectations follow from the rule in the docstring of ReadSettings.stretch.

import { describe, expect, it } from "vitest";
import { encodeIdx } from "../../../src/data/idx.ts";
import { decodePng } from "../../../src/data/png.ts";
import type { DataFileInput } from "../../../src/data/read/data-file.ts";
import type { ReadDataOptions } from "../../../src/data/read/options.ts";
import { picturePixels } from "../../../src/data/read/picture.ts";
import { readData } from "../../../src/data/read-data.ts";
import { type PixelScaling, scaleBytes, scalePixels } from "../../../src/data/scaling.ts";
import { encodePng } from "../png-writer.ts";
import { type NpyArray, npyFile } from "./npy-writer.ts";

const SIDE = 4;

/** Two images, or more, of 4 x 4 pixels that go through the values in turn. */
function arrays(values: readonly number[], kind: "f" | "u1" | "u2" = "f", part = "train", count = 2): DataFileInput[] {
  const all = Array.from({ length: count * SIDE * SIDE }, (_, i) => values[i % values.length]);
  const data: NpyArray =
    kind === "f" ? Float32Array.from(all) : kind === "u1" ? Uint8Array.from(all) : Uint16Array.from(all);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return [npyFile(`x_${part}.npy`, [count, SIDE, SIDE], data), npyFile(`y_${part}.npy`, [count], labels)];
}

/** The values that stand for those in the first image, as train has them. */
async function stretched(
  files: readonly DataFileInput[],
  options: ReadDataOptions & { readonly streaming?: false } = { stretch: true },
) {
  const { train, test, notes } = await readData(files, options);
  const data = train ?? test;
  return { pixels: [...(data?.images ?? [])], scaling: data?.scaling, notes: notes.join("; "), train, test };
}

const BYTES = { base: 0, factor: 1 };
const UNIT = { base: 0, factor: 255 };

describe("stretch", () => {
  it.each<[what: string, kind: "f" | "u1" | "u2", values: number[], scaling: PixelScaling, note: string]>([
    ["bytes", "u1", [0, 7, 255], BYTES, ""],
    ["dark bytes", "u1", [3, 200], BYTES, ""],
    ["very dark bytes", "u1", [0, 90], BYTES, "pixels from 0 to 90 are taken for 0 to 255, and stay as they are"],
    ["floats to 255", "f", [0, 0.5, 255], BYTES, ""],
    ["bytes with overshoot", "f", [-4.5, 30, 261], BYTES, "pixels from -4.5 to 261 are taken for 0 to 255"],
    ["whole 0 and 1", "u1", [0, 1], UNIT, "pixels from 0 to 1 are brought to 0 to 255"],
    ["floats to 1", "f", [0, 0.25, 1], UNIT, "pixels from 0 to 1 are brought to 0 to 255"],
    ["floats to 1.004", "f", [0, 0.5, 1.004], UNIT, "pixels from 0 to 1.004 are taken for 0 to 1"],
    ["overshoot", "f", [-0.06, 0.5, 1.08], UNIT, "pixels from -0.06 to 1.08 are taken for 0 to 1"],
    ["dark floats", "f", [0, 0.5], UNIT, "pixels from 0 to 0.5 are taken for 0 to 1"],
    ["12 bits by 16", "f", [0, 0.0625], { base: 0, factor: 4080 }, "pixels from 0 to 0.0625 are stretched to 0 to 255"],
    ["floats to 2", "f", [0, 0.7, 2], { base: 0, factor: 127.5 }, "pixels from 0 to 2 are stretched"],
    ["4 bits", "u1", [0, 4, 15], { base: 0, factor: 17 }, "pixels from 0 to 15 are stretched to 0 to 255"],
    ["0 to 16", "f", [0, 5, 16], { base: 0, factor: 255 / 16 }, "pixels from 0 to 16 are stretched"],
    ["0 to 1000", "u2", [0, 40, 1000], { base: 0, factor: 0.255 }, "pixels from 0 to 1000 are stretched"],
    ["12 bits", "u2", [2, 40, 4095], { base: 0, factor: 255 / 4095 }, "pixels from 0 to 4095 are stretched"],
    ["16 bits", "u2", [0, 65_535], { base: 0, factor: 255 / 65_535 }, "pixels from 0 to 65540 are stretched"],
    ["a narrow band", "u2", [30_000, 34_000], { base: 30_000, factor: 255 / 4000 }, "from 30000 to 34000"],
    ["-1 to 1", "f", [-1, 0, 1], { base: -1, factor: 127.5 }, "pixels from -1 to 1 are stretched to 0 to 255"],
    ["mean 0", "f", [-2, 0, 3], { base: -2, factor: 51 }, "pixels from -2 to 3 are stretched to 0 to 255"],
    ["one value", "u1", [0], BYTES, ""],
  ])("decides on %s by the values, and says so", async (_, kind, values, scaling, note) => {
    const found = await stretched(arrays(values, kind));
    expect(found.scaling?.base).toBe(scaling.base);
    expect(found.scaling?.factor).toBeCloseTo(scaling.factor, 4);
    const wanted = values.map((value) => (Math.fround(value) - scaling.base) * scaling.factor);
    for (const [i, value] of wanted.entries()) expect(found.pixels[i]).toBeCloseTo(value, 3);
    if (note === "") expect(found.notes).toBe("");
    else expect(found.notes).toContain(note);
  });

  it("decides by all images to train on, and does the same to those to test on, whatever they hold", async () => {
    // 16 dark images, then one of full range; those to test on have another range.
    const dark = arrays([0, 3, 9], "u2", "train", 34);
    const [images, labels] = dark;
    const values = new Uint16Array(34 * 16).map((_, i) => [0, 3, 9][i % 3]);
    values[34 * 16 - 1] = 1020;
    const files = [npyFile(images.name, [34, SIDE, SIDE], values), labels, ...arrays([4, 2040], "u2", "test")];
    const { train, test, scaling } = await stretched(files);
    expect(scaling).toEqual({ base: 0, factor: 0.25 });
    expect([train?.images[1], train?.images.at(-1)]).toEqual([0.75, 255]);
    // Twice white is the most.
    expect([...(test?.images.subarray(0, 2) ?? [])]).toEqual([1, 510]);
    expect(test?.scaling).toEqual(scaling);

    const alone = await stretched(arrays([4, 2040], "u2", "test"), { scaling });
    expect(alone.test?.images).toEqual(test?.images);
    expect(alone.test?.scaling).toEqual(scaling);
    expect(alone.notes).toContain("pixels from 0 to 1020 are stretched to 0 to 255, as in training");
    // Worked out anew it would be something else.
    expect((await stretched(arrays([4, 2040], "u2", "test"))).scaling?.factor).toBe(0.125);
  });

  it("leaves single values that are far away out of the range", async () => {
    const count = 400;
    const all = Float32Array.from({ length: count * 16 }, (_, i) => (i * 37) % 101);
    all[77] = 1e6;
    all[4000] = -1e6;
    const small = all.map((value) => value / 10);
    const files = [npyFile("x_train.npy", [count, SIDE, SIDE], small), arrays([1], "u1", "train", count)[1]];
    const { scaling, pixels, notes } = await stretched(files);
    expect(scaling?.base).toBeCloseTo(0, 1);
    expect(255 / (scaling?.factor ?? 1)).toBeCloseTo(10, 0);
    expect([pixels[77], pixels[4000]]).toEqual([510, -255]);
    expect(notes).toMatch(/without regard to \d+ of 6400 outside of that \(from -100000 to 100000\)$/);
  });

  it("notes the range of values that it keeps, for what comes later", async () => {
    const { pixels, scaling } = await stretched(arrays([-1, 0, 1]), {});
    expect(pixels.slice(0, 3)).toEqual([-1, 0, 1]);
    expect(scaling).toEqual({ base: -1, factor: 127.5, kept: true });
    const later = await stretched(arrays([-0.5, 0.5], "f", "test"), { scaling });
    expect(later.pixels.slice(0, 2)).toEqual([-0.5, 0.5]);
    expect(scaleBytes(Uint8Array.of(0, 255), scaling)).toEqual(Float32Array.of(-1, 1));
    expect(scalePixels(Float32Array.of(-1, 1), { base: -1, factor: 127.5 })).toEqual(Float32Array.of(0, 255));
  });

  it("knows bytes and 0 to 1 where a model learned from the other", async () => {
    const bytes = await stretched(arrays([0, 128, 255], "u1", "test"), { scaling: UNIT });
    expect(bytes.pixels.slice(0, 3)).toEqual([0, 128, 255]);
    expect(bytes.notes).toContain(
      "pixels from 0 to 255 are taken for 0 to 255, though the training's were from 0 to 1",
    );
    const floats = await stretched(arrays([0, 0.2, 1], "f", "test"), { scaling: BYTES });
    expect(floats.pixels.slice(0, 3)).toEqual([0, 0.2, 1].map((value) => Math.fround(255 * Math.fround(value))));
    // Dark numbers under a model of 12 bits are its numbers; bytes of an IDX file are bytes.
    const deep = { base: 0, factor: 255 / 4095 };
    expect((await stretched(arrays([0, 200], "u2", "test"), { scaling: deep })).pixels[1]).toBeCloseTo(
      200 * deep.factor,
      4,
    );
    const idx = [
      { name: "t10k-images-idx3-ubyte", bytes: encodeIdx([2, 1, 2], Uint8Array.of(0, 200, 3, 4)) },
      { name: "t10k-labels-idx1-ubyte", bytes: encodeIdx([2], Uint8Array.of(0, 1)) },
    ];
    expect((await stretched(idx, { scaling: deep })).pixels).toEqual([0, 200, 3, 4]);
  });

  it("decides as version 0.1 did where that is asked for", async () => {
    const former = { stretch: "former" } as const;
    expect((await stretched(arrays([0, 15], "u1"), former)).pixels.slice(0, 2)).toEqual([0, 15]);
    expect((await stretched(arrays([0, 2]), former)).pixels.slice(0, 2)).toEqual([0, 2]);
    expect((await stretched(arrays([0, 0.5]), former)).pixels.slice(0, 2)).toEqual([0, 127.5]);
    expect((await stretched(arrays([10, 0.5, -41]), former)).pixels.slice(0, 3)).toEqual([255, 207.5, 0]);
  });

  it("refuses a scaling that is none, and stretch beside it", async () => {
    const read = (options: object) => readData(arrays([0, 1]), options);
    await expect(read({ scaling: { base: 0, factor: 0 } })).rejects.toThrow(
      "readData: scaling: expected factor to be a finite number above 0, got 0",
    );
    await expect(read({ scaling: UNIT, stretch: true })).rejects.toThrow("expected stretch or scaling, got both");
  });
});

/** Pictures whose samples go through some values, in two classes. */
function pictures(samples: readonly number[], kind: { depth?: number; colourType?: number } = {}, from = 0) {
  const { depth = 16, colourType = 0 } = kind;
  return ["a", "b"].map((label, i) => ({
    name: `${label}/${from + i}.png`,
    bytes: encodePng({
      width: SIDE,
      height: SIDE,
      depth,
      colourType,
      sample: (x, y, s) => samples[(SIDE * y + x + s) % samples.length],
    }),
  }));
}

describe("pictures of 16 bits", () => {
  it("keep all of their bits: 12 of 16 are stretched, as the same numbers in an array are", async () => {
    const values = [0, 5, 1234, 4095];
    const fromPictures = await stretched(pictures(values));
    const fromArrays = await stretched(arrays(values, "u2"));
    expect(fromPictures.pixels).toEqual(fromArrays.pixels);
    expect(fromPictures.scaling).toEqual({ base: 0, factor: 255 / 4095 });
    expect(fromPictures.notes).toContain("pixels from 0 to 4095 are stretched to 0 to 255");
    const plain = await stretched(pictures(values), {});
    expect(plain.pixels.slice(0, 4)).toEqual(values);
    const full = await stretched(pictures([0, 257, 65_535]));
    for (const [i, value] of [0, 1, 255].entries()) expect(full.pixels[i]).toBeCloseTo(value, 4);
  });

  it("resize and change channels with all of their bits", async () => {
    const [small] = [await stretched(pictures([0, 4095]), { size: [2, 2] })];
    // Each pixel is the mean of two columns.
    expect(small.pixels.slice(0, 4)).toEqual([2047.5, 2047.5, 2047.5, 2047.5]);
    const colours = await stretched(pictures([100, 200, 300], { colourType: 2 }), {});
    expect(colours.train?.shape).toEqual([SIDE, SIDE, 3]);
    expect(colours.pixels.slice(0, 3)).toEqual([100, 200, 300]);
    const grey = await stretched(pictures([100, 200, 300], { colourType: 2 }), { channels: 1 });
    expect(grey.pixels[0]).toBeCloseTo(0.299 * 100 + 0.587 * 200 + 0.114 * 300, 3);
    const repeated = await stretched(pictures([100, 200]), { channels: 3 });
    expect(repeated.pixels.slice(0, 6)).toEqual([100, 100, 100, 200, 200, 200]);
    // Half clear over white.
    const clear = await stretched(pictures([1000, 32_768], { colourType: 4 }), {});
    expect(clear.pixels[0]).toBeCloseTo(65_535 + ((1000 - 65_535) * 32_768) / 65_535, 1);
  });

  it("have a ground as white as the range that was decided where they are transparent", async () => {
    const scaling = { base: 0, factor: 255 / 4095 };
    /** 12 bits of 16 in a column of each alpha: opaque, a quarter, clear, opaque. */
    const alphas = [65_535, 16_383.75, 0, 65_535];
    const values = [0, 4000, 65_535, 4095];
    const colourType = (channels: 1 | 3) => (channels === 1 ? 4 : 6);
    for (const channels of [1, 3] as const) {
      const sample = (x: number, _: number, s: number) => Math.floor((s < channels ? values : alphas)[x]);
      const bytes = encodePng({ width: SIDE, height: SIDE, depth: 16, colourType: colourType(channels), sample });
      const files = ["a/0.png", "b/1.png"].map((name) => ({ name, bytes }));
      const over = (white: number) =>
        values.flatMap((value, x) => Array<number>(channels).fill(white + ((value - white) * alphas[x]) / 65_535));
      const close = (found: Iterable<number>, wanted: readonly number[], factor = 1) => {
        for (const [i, value] of [...found].slice(0, wanted.length).entries())
          expect(value / factor, `value ${i}`).toBeCloseTo(wanted[i] / factor, 0);
      };
      const options = { channels };
      const found = await stretched(files, { ...options, stretch: true });
      expect(found.scaling).toEqual(scaling);
      expect(found.notes).toContain("pixels from 0 to 4095 are stretched to 0 to 255");
      close(
        found.pixels,
        over(4095).map((value) => value * scaling.factor),
        0.01,
      );
      expect(found.pixels[2 * channels]).toBeCloseTo(255, 3);
      const kept = await stretched(files, options);
      expect(kept.scaling).toEqual({ ...scaling, kept: true });
      close(kept.pixels, over(4095));
      // To test on, alone, and as one picture to predict.
      const alone = await stretched(files, { ...options, scaling });
      expect(alone.pixels).toEqual(found.pixels);
      const image = await decodePng(bytes, { name: "a", maxPixels: 100 });
      const single = picturePixels(image, [SIDE, SIDE, channels], scaling);
      expect([...single]).toEqual(found.pixels.slice(0, single.length));
      // Of a model of bytes they are 16 bits, and white is 65535.
      const bright = await stretched(files, { ...options, scaling: BYTES });
      close(
        bright.pixels,
        over(65_535).map((value) => value / 257),
        0.01,
      );
      // Columns in pairs: half of the second pair is clear.
      const small = await stretched(files, { ...options, size: [1, 2] });
      const means = [0, 1].map((i) => (over(4095)[2 * i * channels] + over(4095)[(2 * i + 1) * channels]) / 2);
      close([small.pixels[0], small.pixels[channels]], means);
    }
  });

  it("have a ground of 65535 where what can be seen tells of no range", async () => {
    for (const ink of [[0], [0, 30], [5140, 7710], [2000], [0, 30_000]]) {
      const sample = (x: number, y: number, s: number) => (s === 1 ? (x % 2) * 65_535 : ink[y % ink.length]);
      const bytes = encodePng({ width: SIDE, height: SIDE, depth: 16, colourType: 4, sample });
      const files = ["a/0.png", "b/1.png"].map((name) => ({ name, bytes }));
      expect((await stretched(files, {})).pixels.slice(0, 2)).toEqual([65_535, ink[0]]);
      const { pixels, scaling } = await stretched(files);
      expect([pixels[0], 255 / (scaling?.factor ?? 0) + (scaling?.base ?? 0)]).toEqual([255, 65_535]);
    }
  });

  it("make a whole set one of 16 bits, in which white is white", async () => {
    const bytes = pictures([0, 255], { depth: 8 });
    const words = pictures([0, 65_535], {}, 2);
    for (const files of [
      [...bytes, ...words],
      [...words, ...bytes],
    ]) {
      const { train, notes } = await stretched(files);
      expect([...(train?.images ?? [])].every((value) => Math.abs(value % 255) < 1e-3)).toBe(true);
      expect(notes).toContain("2 of 4 pictures have 16 bits a sample");
    }
  });

  it("stay bytes where no picture is deeper: 1, 2 and 4 bits are stretched by their depth", async () => {
    for (const depth of [1, 2, 4, 8]) {
      const { train, scaling, notes } = await stretched(pictures([0, 2 ** depth - 1], { depth }));
      expect(train?.images).toEqual(Uint8Array.from({ length: 32 }, (_, i) => (i % 2) * 255));
      expect([scaling, notes]).toEqual([BYTES, ""]);
    }
  });

  it("are in a model's numbers, or in their own", async () => {
    const deep = { base: 0, factor: 255 / 4095 };
    expect((await stretched(pictures([0, 819]), { scaling: deep })).pixels[1]).toBeCloseTo(51, 3);
    // Bytes under a model of 12 bits, and 16 bits under one of bytes.
    expect((await stretched(pictures([0, 51], { depth: 8 }), { scaling: deep })).pixels.slice(0, 2)).toEqual([0, 51]);
    expect((await stretched(pictures([0, 51 * 257]), { scaling: BYTES })).pixels[1]).toBeCloseTo(51, 3);
    const former = await stretched(pictures([0, 4095]), { stretch: "former" });
    expect(former.train?.images.subarray(0, 2)).toEqual(Uint8Array.of(0, 16));
  });
});
