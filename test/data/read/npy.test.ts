import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readData } from "../../../src/data/read-data.ts";
import { FILES, inputs, pixels, read, refusal, TEST_LABELS, TRAIN_LABELS } from "./files.ts";

describe("npz", () => {
  it.each(["stored.npz", "deflated.npz", "zip64.npz"])("reads %s, as NumPy and Python write it", async (name) => {
    const { train, test, notes, format } = await read(name);
    expect(format).toBe("NumPy");
    expect(notes).toEqual([]);
    expect(train?.shape).toEqual([6, 5, 1]);
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6)));
    expect(test?.images).toEqual(Uint8Array.from(pixels(6, 8)));
    expect(train?.labels).toEqual(Uint8Array.from(TRAIN_LABELS));
    expect(test?.labels).toEqual(Uint8Array.from(TEST_LABELS));
    expect(test?.classes).toBe(3);
  });

  it("reads headers that Python 2 wrote, whose numbers may be long", async () => {
    const npy = (header: string, values: number[]) => {
      const bytes = new Uint8Array(80 + values.length);
      bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 70, 0]);
      bytes.set(new TextEncoder().encode(`${header.padEnd(69)}\n`), 10);
      bytes.set(values, 80);
      return bytes;
    };
    // numpy.save of NumPy 1.16 in Python 2.7 on Windows.
    const { train } = await readData([
      {
        name: "x_train.npy",
        bytes: npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 2L, 2L), }", [1, 2, 3, 4, 5, 6, 7, 8]),
      },
      { name: "y_train.npy", bytes: npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2L,), }", [0, 1]) },
    ]);
    expect(train?.shape).toEqual([2, 2, 1]);
    expect(train?.images).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it("guesses other names, with a note, and passes over arrays of text", async () => {
    const { train, test, notes } = await read("other-names.npz");
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6, 6, 5, 3)));
    expect(test?.images).toEqual(Uint8Array.from(pixels(6, 8, 6, 5, 3)));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
    expect(notes).toEqual([
      "guessed by names and shapes: x_train is train_images, y_train is train_labels, x_test is test_images, y_test is test_labels",
    ]);
  });

  it("takes names that are given", async () => {
    const names = { xTrain: "test_images", yTrain: "test_labels" };
    const { train, test, notes } = await read("other-names.npz", { names });
    expect([...(train?.labels ?? [])]).toEqual(TEST_LABELS);
    expect(test).toBeUndefined();
    expect(notes).toEqual([]);
    expect(await refusal(inputs("other-names.npz"), { names: { ...names, yTrain: "labels" } })).toMatch(
      /expected an array "labels", got train_images uint8 \[6, 6, 5, 3\],/,
    );
  });

  it("puts channels last where it is asked to, and says so where it is not", async () => {
    const all = await read("channels-first.npz", { channelsFirst: true });
    expect(all.train?.shape).toEqual([6, 5, 3]);
    expect(all.train?.images).toEqual(Uint8Array.from(pixels(0, 8, 6, 5, 3)));
    // One-hot rows.
    expect([...(all.train?.labels ?? [])]).toEqual([...TRAIN_LABELS, ...TEST_LABELS]);
    expect(await refusal(inputs("channels-first.npz"))).toMatch(/X.*expected channels last, got shape \[8, 3, 6, 5\]/);
  });

  it("never runs a pickle", async () => {
    expect(await refusal(inputs("pickled.npz"))).toMatch(
      /^"pickled.npz": readNpy "x_train.npy": expected numbers, got pickled Python objects, which are never run$/,
    );
    expect(await refusal(inputs("data_batch_1"))).toContain("a Python pickle, which is never run");
    expect(await refusal([{ name: "alone.npy", bytes: npy("|O", [1], new Uint8Array(64)) }])).toBe(
      'readNpy "alone.npy": expected numbers, got pickled Python objects, which are never run',
    );
  });

  it("refuses complex numbers", async () => {
    expect(await refusal(inputs("complex.npz"))).toMatch(/x_train.*expected numbers, got type "<c8"/);
  });
});

describe("npy", () => {
  const array = (kind: string) =>
    readData([...inputs(`values-${kind}.npy`).map((file) => ({ ...file, name: "x.npy" })), labels]);
  const labels = { name: "y.npy", bytes: new Uint8Array(readFileSync(join(FILES, "labels.npy"))) };

  it.each([
    "u1",
    "le-i2",
    "be-i2",
    "le-u2",
    "be-u4",
    "le-i4",
    "be-i8",
    "le-u8",
    "le-f2",
    "be-f2",
    "be-f4",
    "le-f8",
    "be-f8",
    "version2",
  ])("reads %s", async (kind) => {
    const { train } = await array(kind);
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6)));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
  });

  /** A file of six images whose description is this text, as NumPy pads it. */
  const described = (text: string, version = [1, 0]) => {
    const header = Buffer.from(`${text.padEnd(117)}\n`, "latin1");
    const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), ...version, header.length, 0]);
    const bytes = new Uint8Array(Buffer.concat([start, header, Buffer.from(pixels(0, 6))]));
    return { name: "x.npy", bytes };
  };

  it("takes its keys in any order, and blanks between", async () => {
    const file = described("{ 'shape':(6,6, 5) , 'descr' : '|u1','fortran_order': False}");
    expect((await readData([file, labels])).train?.images).toEqual(Uint8Array.from(pixels(0, 6)));
  });

  it.each([
    "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5), } }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5)8 }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5), 'shape': (6, 6, 5), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5), 'more': 1, }",
    "{'descr': '|u1', 'shape': (6, 6, 5), }",
    "\0{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5), }",
  ])("refuses the description %j, as NumPy does", async (text) => {
    expect(await refusal([described(text), labels])).toMatch(/expected a description with descr, fortran_order, shape/);
  });

  it("refuses versions that there are none of", async () => {
    const file = described("{'descr': '|u1', 'fortran_order': False, 'shape': (6, 6, 5), }", [1, 66]);
    expect(await refusal([file, labels])).toMatch(/expected version 1.0, 2.0 or 3.0, got 1.66/);
  });

  it("reads signed bytes, booleans as 0 and 1, and Fortran's order", async () => {
    expect((await array("i1")).train?.images).toEqual(Uint8Array.from(pixels(0, 6), (value) => Math.floor(value / 2)));
    expect((await array("b1")).train?.images).toEqual(Float32Array.from(pixels(0, 6), (value) => Number(value > 100)));
    expect((await array("fortran")).train?.images).toEqual(Uint8Array.from(pixels(0, 6, 6, 5, 3)));
  });

  it("keeps floats as they are, and stretches them where it is asked to", async () => {
    const shape = [2, 2, 2];
    const data = [0, 0.5, 1, 0.25, 0.125, 0, 0, 1];
    const file = { name: "x.npy", bytes: npy("<f4", shape, new Uint8Array(Float32Array.from(data).buffer)) };
    const two = { name: "y.npy", bytes: npy("|u1", [2], Uint8Array.of(0, 1)) };
    expect((await readData([file, two])).train?.images).toEqual(Float32Array.from(data));
    const stretched = await readData([file, two], { stretch: true });
    expect(stretched.train?.images).toEqual(Float32Array.from(data, (value) => 255 * value));
    expect(stretched.notes).toContain("pixels from 0 to 1 are brought to 0 to 255");

    const wide = Float32Array.from(data, (value) => 4 * value - 1);
    const other = { name: "x.npy", bytes: npy("<f4", shape, new Uint8Array(wide.buffer)) };
    const result = await readData([other, two], { stretch: true });
    expect(result.train?.images).toEqual(Float32Array.from(data, (value) => 255 * value));
    expect(result.notes).toContain("pixels from -1 to 3 are stretched to 0 to 255");
  });

  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ["a cut off header", npy("|u1", [2, 2, 2], new Uint8Array(8)).subarray(0, 40), /header of \d+ bytes, got 40/],
    [
      "values that are missing",
      npy("|u1", [2, 2, 2], new Uint8Array(7)),
      /expected \d+ bytes for \[2, 2, 2\] of uint8/,
    ],
    ["more than any memory", npy("|u1", [2, 2 ** 30, 2 ** 30], new Uint8Array(8)), /expected at most \d+ bytes/],
    ["a number without end", npy("|u1", [2, 0, "9".repeat(400)], new Uint8Array(8)), /expected .* got/],
    ["no values", npy("|u1", [2, 0, 2], new Uint8Array(0)), /expected at least one image/],
    ["objects", npy("|O", [2, 2, 2], new Uint8Array(64)), /pickled Python objects, which are never run/],
    ["records", npy([["a", "<f4"]], [2, 2, 2], new Uint8Array(32)), /records of several fields/],
    ["no number", npy("<f4", [2, 2, 1], new Uint8Array(Float32Array.of(0, 1, Number.NaN, 3).buffer)), /finite pixels/],
    ["five dimensions", npy("|u1", [2, 1, 1, 1, 1], new Uint8Array(2)), /expected images \[n, h, w, c\]/],
    ["rows that are no square", npy("|u1", [2, 5], new Uint8Array(10)), /square number of pixels, got 5/],
    ["a description of something else", npy("|u1", [2], new Uint8Array(2), "{'shape': 3}"), /fortran_order, shape/],
  ])("refuses %s", async (_, bytes, message) => {
    const two = { name: "y.npy", bytes: npy("|u1", [2], Uint8Array.of(0, 1)) };
    expect(await refusal([{ name: "x.npy", bytes }, two])).toMatch(message);
  });

  it.each<[what: string, code: string, shape: number[], data: ArrayBuffer, message: RegExp]>([
    ["too few", "<i4", [1], Int32Array.of(1).buffer, /expected 2 labels, one per image, got shape \[1\]/],
    ["negative ones", "<i4", [2], Int32Array.of(1, -1).buffer, /whole numbers from 0 to 65535, got -1 at index 1/],
    ["halves", "<f8", [2], Float64Array.of(0.5, 1).buffer, /got 0.5 at index 0/],
    ["two in a row", "|u1", [2, 3], Uint8Array.of(0, 1, 1, 0, 0, 1).buffer, /a single 1 .* got 1 in row 0/],
    ["none in a row", "|u1", [2, 3], Uint8Array.of(0, 1, 0, 0, 0, 0).buffer, /a single 1 .* got none in row 1/],
    ["a stray one", "<u2", [2], Uint16Array.of(0, 60_000).buffer, /labels of classes, got 60000 for one of 2/],
  ])("refuses labels: %s", async (_, code, shape, data, message) => {
    const x = { name: "x.npy", bytes: npy("|u1", [2, 2, 2], Uint8Array.of(0, 9, 0, 0, 0, 0, 0, 0)) };
    expect(await refusal([x, { name: "y.npy", bytes: npy(code, shape, new Uint8Array(data)) }])).toMatch(message);
  });

  it("says what is missing", async () => {
    expect(await refusal(inputs("labels.npy"))).toContain("expected arrays such as x_train and y_train, got labels");
  });
});

/** A `.npy` file by its format's description, also one that lies. */
function npy(descr: unknown, shape: readonly unknown[], data: Uint8Array, description?: string): Uint8Array {
  const quoted = typeof descr === "string" ? `'${descr}'` : JSON.stringify(descr).replaceAll('"', "'");
  const text = description ?? `{'descr': ${quoted}, 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, "latin1");
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  return new Uint8Array(Buffer.concat([start, header, data]));
}
