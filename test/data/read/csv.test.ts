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
    const rows = Array.from({ length: 400 }, (_, i) => `${399 - i},1,2,3,4\n`);
    const { train } = await readData([csv(rows.join(""))]);
    expect(train?.labels).toEqual(Uint16Array.from({ length: 400 }, (_, i) => 399 - i));
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

  it("takes every line end, also where pieces end within one", async () => {
    for (const end of ["\n", "\r\n", "\r", "\r\r\n", "\n\r"]) {
      const bytes = new TextEncoder().encode(["label,a,b,c,d", "1,1,2,3,1", "7,7,8,9,7", ""].join(end));
      for (const step of [1, 2, 3, 14, 99]) {
        async function* stream() {
          for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
        }
        const { train } = await readDataFiles([{ ...dataFile({ name: "ends.csv", bytes }), stream }]);
        expect(train?.images).toEqual(Uint8Array.of(1, 2, 3, 1, 7, 8, 9, 7));
        expect([...(train?.labels ?? [])]).toEqual([1, 7]);
      }
    }
    expect(await refusal([csv("1,2,3,4,5\r1,2,3\r4,5\r")])).toMatch(
      /expected 5 values in line 2, as in the first, got 3$/,
    );
  });

  it("takes runs of spaces, as numpy.savetxt and columns of a fixed width have them", async () => {
    for (const text of ["1 2 3 4 5\n0 6 7 8 9\n", "  1   2   3   4 5  \r\n\n  0   6   7   8   9\r\n"]) {
      const { train } = await readData([csv(text)], { labelColumn: "first" });
      expect(train?.images).toEqual(Uint8Array.of(2, 3, 4, 5, 6, 7, 8, 9));
      expect([...(train?.labels ?? [])]).toEqual([1, 0]);
    }
    // numpy.savetxt(sys.stdout, [[1, 0, 0.5, 2, 255]])
    const line =
      "1.000000000000000000e+00 0.000000000000000000e+00 5.000000000000000000e-01 2.000000000000000000e+00 2.550000000000000000e+02\n";
    expect((await readData([csv(line)])).train?.images).toEqual(Float32Array.of(0, 0.5, 2, 255));
    const tabs = await readData([csv("\t0\t1\t2\t3\t4\n0\t1\t9\t8\t7\t6\n")]);
    expect(tabs.train?.images).toEqual(Uint8Array.of(9, 8, 7, 6));
  });

  it("takes UTF-16 by its mark, as spreadsheets and PowerShell write it", async () => {
    const text = "label,a,b,c,d\r\n1,2,3,4,255\r\n";
    const units = Uint16Array.from(`\ufeff${text}`, (character) => character.charCodeAt(0));
    const little = new Uint8Array(units.buffer);
    const big = little.map((_, i) => little[i ^ 1]);
    for (const bytes of [little, big]) {
      for (const step of [1, 3, 1000]) {
        async function* stream() {
          for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
        }
        const { train } = await readDataFiles([{ ...dataFile({ name: "wide.csv", bytes }), stream }]);
        expect(train?.images).toEqual(Uint8Array.of(2, 3, 4, 255));
      }
      expect(await refusal([{ name: "wide.csv", bytes: bytes.slice(0, -1) }])).toBe(
        'readCsv "wide.csv": expected whole text in UTF-16, got text that is cut off or corrupt',
      );
    }
    const longer = Uint8Array.of(0xff, 0xfe, 0, 0, 0x31, 0, 0, 0);
    expect(await refusal([{ name: "wide.csv", bytes: longer }])).toMatch(
      /expected text in UTF-8 or UTF-16, got UTF-32$/,
    );
  });

  it("refuses more than one file to train on", async () => {
    const text = "1,2,3,4,5\n0,2,3,4,5\n";
    expect(await refusal([csv(text, "a.csv"), csv(text, "b.csv")])).toMatch(/expected one file to train on/);
    const both = await readData([csv(text, "a.csv"), csv(text, "a-test.csv")]);
    expect([both.train?.length, both.test?.length]).toEqual([2, 2]);
    expect(inputs("kaggle")).toHaveLength(2);
  });
});

/** A file's text from rows, as `DataFrame.to_csv` writes them. */
const table = (...rows: (string | number)[][]) => rows.map((row) => `${row.join()}\n`).join("");

const IMAGES = [
  [1, 9, 8, 7, 6],
  [0, 5, 4, 3, 2],
];

describe("columns that are no pixels", () => {
  const expected = { images: Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2), labels: Uint8Array.of(1, 0) };

  // What pandas writes: without names, with the column of the row numbers, that one read as data and written again, a file
  // without a header whose first row (5, 0, 0, ...) was taken for names.
  it.each<[what: string, text: string, notes: string[]]>([
    [
      "numbers as names",
      table([0, 1, 2, 3, 4], ...IMAGES),
      [
        "took the first line (0, 1, 2 ... 4) for the names of the columns",
        "guessed that the labels are in the first column",
      ],
    ],
    [
      "numbers in quotes as names",
      table(['"0"', '"1"', '"2"', '"3"', '"4"'], ...IMAGES),
      [
        "took the first line (0, 1, 2 ... 4) for the names of the columns",
        "guessed that the labels are in the first column",
      ],
    ],
    [
      "row numbers and numbers as names",
      table(["", 0, 1, 2, 3, 4], ...IMAGES.map((row, i) => [i, ...row])),
      [
        "took the first line (, 0, 1 ... 4) for the names of the columns",
        "left out the column 1, which numbers or names the rows",
        "guessed that the labels are in the first column",
      ],
    ],
    [
      "row numbers",
      table(["", "label", "a", "b", "c", "d"], ...IMAGES.map((row, i) => [i, ...row])),
      ["left out the column 1, which numbers or names the rows"],
    ],
    [
      "row numbers twice",
      table(["Unnamed: 0.1", "Unnamed: 0", "label", "a", "b", "c", "d"], ...IMAGES.map((row, i) => [i, i, ...row])),
      ['left out the columns "Unnamed: 0.1", "Unnamed: 0", which number or name the rows'],
    ],
    [
      "names of files",
      table(["filename", "label", "a", "b", "c", "d"], ...IMAGES.map((row, i) => [`img ${i}.png`, ...row])),
      ['left out the column "filename", which numbers or names the rows'],
    ],
    [
      "a column without name or content at the end",
      table(["label", "a", "b", "c", "d", ""], ...IMAGES.map((row) => [...row, ""])),
      ["left out the column 6, which numbers or names the rows"],
    ],
  ])("%s", async (_, text, notes) => {
    const read = await readData([csv(text)]);
    expect(read.train).toMatchObject(expected);
    expect(read.notes).toEqual(notes);
  });

  it("names that pandas made of a first row, each unlike the others", async () => {
    const names = [5, 0, ...Array.from({ length: 14 }, (_, i) => `0.${i + 1}`), "255"];
    const rows = [1, 0].map((label) => [label, ...new Array(16).fill(7)]);
    const { train, notes } = await readData([csv(table(names, ...rows))]);
    expect(train?.length).toBe(2);
    expect(notes[0]).toBe("took the first line (5, 0, 0.1 ... 255) for the names of the columns");
  });

  it("pixels that rise from 1, and few that rise from another number, are pixels", async () => {
    const { train } = await readData([csv("1,2,3,4,5\n2,3,4,5,6\n")]);
    expect(train?.length).toBe(2);
  });

  it("row numbers without a name are seen where they are no labels", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, i % 2, 9, 8, 7, 6]);
    const { train, notes } = await readData([csv(table(...rows))]);
    expect(train?.classes).toBe(2);
    expect(notes[0]).toBe("left out the column 1, which numbers or names the rows");
    const bare = rows.map(([i, , ...pixels]) => [i, ...pixels]);
    expect(await refusal([csv(table(...bare))])).toMatch(
      /expected a column of labels, got 4 columns besides 1 for the rows' numbers or names/,
    );
    const asked = await readData([csv(table(...bare))], { labelColumn: "first" });
    expect(asked.train?.classes).toBe(40);
  });

  it("a test file is read as the one to train on: row numbers are no labels, and labels are in the same place", async () => {
    const train = csv(table(["label", "a", "b", "c", "d"], ...IMAGES), "train.csv");
    for (const id of ["id", "ImageId", "Id", "index"]) {
      const test = csv(table([id, "a", "b", "c", "d"], [1, 9, 8, 7, 6], [2, 5, 4, 3, 2]), "test.csv");
      const data = await readData([train, test]);
      expect(data.train).toMatchObject(expected);
      expect(data.test, id).toBeUndefined();
      expect(data.notes.at(-1)).toMatch(/^"test.csv" is not used: it has 4 columns besides 1 for/);
    }
    const last = csv(table(...IMAGES.map(([label, ...rest]) => [...rest, label])), "train.csv");
    const test = csv(table([3, 1, 2, 3, 1], [0, 0, 0, 0, 0]), "test.csv");
    const { test: read } = await readData([last, test], { labelColumn: "last" });
    expect(read?.labels).toEqual(Uint8Array.of(1, 0));
    const header = csv(
      table(["a", "b", "c", "d", "class"], ...IMAGES.map(([label, ...rest]) => [...rest, label])),
      "train.csv",
    );
    expect((await readData([header, test])).test?.labels).toEqual(Uint8Array.of(1, 0));
  });

  it("Kaggle's sample_submission.csv and names of classes beside the images are not used", async () => {
    const train = csv(table(["label", "a", "b", "c", "d"], ...IMAGES), "train.csv");
    const submission = csv("ImageId,Label\n1,0\n2,0\n", "sample_submission.csv");
    const names = csv("index,codepoint,char\n0,U+304A,\u304a\n", "kmnist_classmap.csv");
    const { train: read, notes } = await readData([names, submission, train]);
    expect(read).toMatchObject(expected);
    expect(notes).toEqual([
      '"kmnist_classmap.csv" is not used: with 3 columns it holds no images',
      '"sample_submission.csv" is not used: with 2 columns it holds no images',
    ]);
  });
});
