import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { readDataFiles } from "../../../src/data/read/read-files.ts";
import { readData } from "../../../src/data/read-data.ts";
import { RandomStream } from "../../../src/numeric/random.ts";
import { inputs, pixels, read, refusal, TEST_LABELS, TRAIN_LABELS } from "./files.ts";

const csv = (text: string, name = "rows.csv") => ({ name, bytes: new TextEncoder().encode(text) });
const ALL_LABELS = [...TRAIN_LABELS, ...TEST_LABELS];

describe("CSV", () => {
  it("reads Kaggle's files: a header, the label first, and nothing to test on without labels", async () => {
    const { train, test, notes, format } = await read("kaggle");
    expect(format).toBe("CSV");
    expect(train?.shape).toEqual([5, 5, 1]);
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6, 5, 5)));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
    expect(test).toBeUndefined();
    expect(notes).toEqual(['"kaggle/test.csv" is not used: it has 25 columns, a square number of pixels and no label']);
  });

  it.each([
    ["plain.csv", "first"],
    ["last.csv", "last"],
  ])("reads %s without a header, and guesses that the label is %s", async (name, place) => {
    const { train, notes } = await read(name);
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 8, 5, 5)));
    expect([...(train?.labels ?? [])]).toEqual(ALL_LABELS);
    expect(notes).toEqual([`guessed that the labels are in the ${place} column`]);
  });

  it("reads packed floats as they are", async () => {
    const { train } = await read("floats.csv.gz");
    expect(train?.images).toEqual(Float32Array.from(pixels(0, 8, 5, 5), (value) => value / 255));
    expect([...(train?.labels ?? [])]).toEqual(ALL_LABELS);
  });

  it("makes the same of the numbers wherever the pieces of the file end", async () => {
    const text = '\ufefflabel,a,b,c,d\r\n1,0.5,"2",3e1,-4\r\n\r\n0, 5 ,6.25,7,255';
    const bytes = new TextEncoder().encode(text);
    for (let step = 1; step < bytes.length; step += 3) {
      const whole = dataFile({ name: "cut.csv", bytes });
      async function* stream() {
        for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
      }
      const { train } = await readDataFiles([{ ...whole, stream }]);
      expect(train?.images).toEqual(Float32Array.of(0.5, 2, 30, -4, 5, 6.25, 7, 255));
      expect([...(train?.labels ?? [])]).toEqual([1, 0]);
    }
  });

  it("takes the column and the shape that are given", async () => {
    const text = "a,b,answer,c,d,e,f\n1,2,0,3,4,5,6\n7,8,1,9,10,11,12\n";
    for (const labelColumn of ["answer", 3, "3"]) {
      const { train } = await readData([csv(text)], { labelColumn, shape: [1, 2, 3] });
      expect(train?.shape).toEqual([1, 2, 3]);
      expect(train?.images).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
      expect([...(train?.labels ?? [])]).toEqual([0, 1]);
    }
    expect(await refusal([csv(text)], { labelColumn: "none" })).toContain(
      "expected a column's name or a number from 1 to 7",
    );
  });

  it("turns bytes into floats when one comes late", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => `${i % 3},${i % 256},0,9,${i === 499 ? "0.5" : "1"}\n`);
    const { train } = await readData([csv(rows.join(""))]);
    expect(train?.images).toBeInstanceOf(Float32Array);
    expect([...(train?.images.subarray(0, 4) ?? [])]).toEqual([0, 0, 9, 1]);
    expect([...(train?.images.subarray(-4) ?? [])]).toEqual([243, 0, 9, 0.5]);
  });

  it("takes several labels beyond bytes", async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},1,2,3,4\n`);
    const { train } = await readData([csv(rows.join(""))]);
    expect(train?.labels).toEqual(Uint16Array.from({ length: 400 }, (_, i) => i));
  });

  it.each<[what: string, text: string, message: RegExp]>([
    ["a short row", "1,2,3,4,5\n1,2,3,4\n", /"rows.csv": expected 5 values in line 2, as in the first, got 4$/],
    ["a long row", "1,2,3,4,5\n\n1,2,3,4,5,6,7\n", /expected 5 values in line 3, as in the first, got 7$/],
    ["text in the first row", "1,2,x,4,5\n1,2,3,4,5\n", /expected a number in line 1, column 3, got "x"$/],
    ["text", "label,a,b,c,d\n1,2,3,4,5\n1,2,cat,4,5\n", /expected a number in line 3, column 3, got "cat"$/],
    [
      "long text",
      `1,2,3,4,5\n1,${"z".repeat(9999)},3,4,5\n`,
      /expected a number in line 2, column 2, got "zzz.{1,40}"$/,
    ],
    ["nothing", "1,2,3,4,5\n1,,3,4,5\n", /expected a number in line 2, column 2, got nothing$/],
    ["hexadecimal numbers", "1,2,3,4,5\n1,0x10,3,4,5\n", /column 2, got "0x10"$/],
    ["a label that is none", "1,2,3,4,5\n1.5,2,3,4,5\n", /whole numbers from 0 to 65535, got 1.5 in line 2, column 1$/],
    ["no rows", "label,a,b,c,d\n", /expected at least one row, got none$/],
    ["no label", "1,2,3,4\n1,2,3,4\n", /expected a column of labels, got 4 columns, a square number of pixels/],
    ["no square", "label,2,3,4\n1,2,3,4\n", /expected rows of a square number of pixels, got 3; --shape/],
    ["an infinite pixel", "1,2,3,4,1e999\n", /expected finite pixels, got Infinity/],
    ["an empty first line", "\n1,2\n", /expected numbers in the first line, got an empty one$/],
  ])("refuses %s", async (_, text, message) => {
    expect(await refusal([csv(text)], message.source.startsWith("whole") ? { labelColumn: "first" } : {})).toMatch(
      message,
    );
  });

  it("refuses a first line without an end, and one that unpacks to far more than data does", async () => {
    const endless = new Uint8Array(17 * 2 ** 20).fill(49);
    expect(await refusal([{ name: "endless.csv", bytes: endless }])).toMatch(
      /first line of at most \d+ bytes, got more$/,
    );
    const bomb = gzipSync(Buffer.from("1,0,0,0,0\n".repeat(9 * 2 ** 20)), { level: 9 });
    expect(await refusal([{ name: "bomb.csv.gz", bytes: bomb }])).toMatch(
      /^gunzip "bomb.csv.gz": expected at most \d+ bytes to come out of so small a file, got more/,
    );
    const cut = gzipSync(Buffer.from("1,2,3,4,5\n".repeat(1000))).subarray(0, 40);
    expect(await refusal([{ name: "cut.csv.gz", bytes: cut }])).toMatch(
      /^gunzip "cut.csv.gz": expected whole gzip data/,
    );
  });

  it("puts together a first line that comes in many pieces", async () => {
    const stream = RandomStream.from(1, "csv");
    const values = Uint8Array.from({ length: 200 * 200 }, (_, i) => stream.integer(i, 256));
    const line = `1,${values.join()}\n`;
    const packed = gzipSync(Buffer.from(line + line));
    expect(packed.length).toBeGreaterThan(32 * 1024);
    const { train } = await readData([{ name: "wide.csv.gz", bytes: packed }], { labelColumn: "first" });
    expect(train?.shape).toEqual([200, 200, 1]);
    expect(train?.images).toEqual(Uint8Array.from([...values, ...values]));
  });

  it("refuses more than one file to train on", async () => {
    const text = "1,2,3,4,5\n0,2,3,4,5\n";
    expect(await refusal([csv(text, "a.csv"), csv(text, "b.csv")])).toMatch(/expected one file to train on/);
    const both = await readData([csv(text, "a.csv"), csv(text, "a-test.csv")]);
    expect([both.train?.length, both.test?.length]).toEqual([2, 2]);
    expect(inputs("kaggle")).toHaveLength(2);
  });
});
