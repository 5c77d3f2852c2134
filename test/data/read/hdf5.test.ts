import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hdf5Instance } from "../../../src/data/read/hdf5-instance.ts";
import { readData } from "../../../src/data/read-data.ts";
import { FILES, inputs, pixels, read, refusal, TEST_LABELS, TRAIN_LABELS } from "./files.ts";

describe("HDF5", () => {
  it("reads rows of floats as they are, with labels in a column", async () => {
    const { train, test, notes, format } = await read("floats.h5");
    expect(format).toBe("HDF5");
    expect(notes).toEqual([]);
    expect(train?.shape).toEqual([5, 5, 1]);
    expect(train?.images).toEqual(Float32Array.from(pixels(0, 6, 5, 5), (value) => value / 255));
    expect(test?.images).toEqual(Float32Array.from(pixels(6, 8, 5, 5), (value) => value / 255));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
    expect([...(test?.labels ?? [])]).toEqual(TEST_LABELS);
  });

  it("reads packed chunks in groups, with one-hot labels, and goes round in no circle", async () => {
    const { train, test, notes } = await read("other-names.h5");
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6, 6, 5, 3)));
    expect(test?.images).toEqual(Uint8Array.from(pixels(6, 8, 6, 5, 3)));
    expect([...(test?.labels ?? [])]).toEqual(TEST_LABELS);
    expect(notes.join()).toContain("x_train is train/images, y_train is train/labels, x_test is test/images");
  });

  it("reads other types and byte orders, behind a block of the user's", async () => {
    const { train } = await read("types.h5");
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6)));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
  });

  it("takes names that are given, and lists what is there where they are wrong", async () => {
    const names = { xTrain: "/test/images", yTrain: "test/labels" };
    expect((await read("other-names.h5", { names })).train?.length).toBe(2);
    expect(await refusal(inputs("other-names.h5"), { names: { ...names, yTrain: "y" } })).toMatch(
      /^readHdf5 "other-names.h5": expected an array "y", got .*train\/images uint8 \[6, 6, 5, 3\]/,
    );
    expect(await refusal(inputs("unclear.h5"))).toMatch(
      /expected arrays such as x_train and y_train, got a float64 \[4, 3\], .*; --names \(names\) says which are which$/,
    );
  });

  it("refuses text", async () => {
    expect(await refusal(inputs("text.h5"))).toBe('readHdf5 "text.h5", "x_train": expected numbers, got text');
  });

  it("believes no size: neither of a dataset that is not there, nor of a chunk that unpacks to more than it is", async () => {
    expect(await refusal(inputs("huge.h5"))).toMatch(
      /expected at most \d+ bytes to come out of so small a file, got more/,
    );
    const before = process.memoryUsage().rss;
    const bomb = await readData(inputs("bomb.h5")).catch((error: unknown) => error);
    if (bomb instanceof Error) expect(bomb).toBeInstanceOf(RangeError);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it("refuses a file that is cut off anywhere, and goes on with the next", async () => {
    const whole = new Uint8Array(readFileSync(join(FILES, "other-names.h5")));
    for (let length = 8; length < whole.length; length += 997) {
      const bytes = whole.slice(0, length);
      expect(await refusal([{ name: "cut.h5", bytes }])).toMatch(/^readHdf5 "cut.h5".*: expected /);
    }
    expect((await read("floats.h5")).train?.length).toBe(6);
  });

  it("reads or refuses what is damaged, and never fails otherwise", async () => {
    const whole = new Uint8Array(readFileSync(join(FILES, "other-names.h5")));
    for (let i = 0; i < 300; i++) {
      const bytes = whole.slice();
      for (let k = 0; k < 8; k++) bytes[8 + ((i * 7919 + k * 104_729) % (whole.length - 8))] = (i * 31 + k * 17) & 255;
      const result: unknown = await readData([{ name: "damaged.h5", bytes }]).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(RangeError);
    }
  });

  it("looks into each group once where groups link to each other in circles", async () => {
    const { train, notes } = await read("circle.h5");
    expect(train?.length).toBe(6);
    expect(notes.join()).toMatch(/x_train is \S+\/x_train, y_train is \S+\/y_train/);
  });

  it.each([
    ["lzf", "LZF (HDF5 filter 32000)"],
    ["blosc", "Blosc (HDF5 filter 32001)"],
    ["zstd", "Zstandard (HDF5 filter 32015)"],
    ["bitshuffle", "bitshuffle (HDF5 filter 32008)"],
  ])("names the filter of a file packed with %s", async (name, filter) => {
    expect(await refusal(inputs(`filter-${name}.h5`))).toBe(
      `readHdf5 "filter-${name}.h5", "x_train": expected values packed with gzip or not at all, such as h5py's compression="gzip", got ${filter}`,
    );
  });

  it("takes a new library after a file that made it fail inside", async () => {
    await read("floats.h5");
    const { module } = await hdf5Instance();
    let calls = 0;
    module.get_keys_vector =
      module.get_names =
      module.get_type =
        () => {
          calls += 1;
          throw new WebAssembly.RuntimeError("memory access out of bounds");
        };
    expect(await refusal(inputs("floats.h5"))).toMatch(
      /expected a whole HDF5 file, got one that is cut off or corrupt/,
    );
    expect(calls).toBe(1);
    expect((await hdf5Instance()).module).not.toBe(module);
    expect((await read("floats.h5")).train?.length).toBe(6);
    expect(calls).toBe(1);
  });
});
