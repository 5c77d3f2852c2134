import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readCells } from "../../../src/data/read/csv-cells.ts";
import type { DataFileInput } from "../../../src/data/read/data-file.ts";
import type { ReadData } from "../../../src/data/read/parts.ts";
import { readData } from "../../../src/data/read-data.ts";
import { loadDataFiles } from "../../../src/node/data-files.ts";
import { temporaryFolder } from "../../cli/process.ts";
import { zip } from "../../cli/zip-writer.ts";
import { inputs, pixels, refusal } from "./files.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

/** The pictures that the lists of make-files.py name, and whose images they are. */
const NAMES = ["b, two.png", "deep/a;1.png", "deep/é 3.png", "4.png", "5.png", "6.png"];

const own = inputs("pictures").sort((a, b) =>
  (a.name.split("/").at(-1) ?? "").localeCompare(b.name.split("/").at(-1) ?? ""),
);
const picture = (i: number, name: string): DataFileInput => ({ name, bytes: own[i].bytes });
const listOf = (name: string, text: string): DataFileInput => ({ name, bytes: new TextEncoder().encode(text) });
const images = (...indices: number[]) => Uint8Array.from(indices.flatMap((i) => pixels(i, i + 1)));

/** Three pictures, called as the lists of these tests call them. */
const THREE = [picture(0, "a.png"), picture(1, "b.png"), picture(2, "in/c.png")];

function expectListed({ format, train, test, validation }: ReadData): void {
  expect(format).toBe("pictures");
  expect(train?.classNames).toEqual(["ant", 'bee "small"', "café\nnoir"]);
  expect([...(train?.labels ?? [])]).toEqual([1, 0, 2]);
  expect(train?.images).toEqual(images(0, 1, 5));
  expect([...(test?.labels ?? [])]).toEqual([0, 1]);
  expect(test?.images).toEqual(images(3, 4));
  expect([...(validation?.labels ?? [])]).toEqual([1]);
  expect(validation?.images).toEqual(images(2));
}

describe("lists of pictures", () => {
  const lists = inputs("lists");
  const files = NAMES.map((name, i) => picture(i, `lists/${name}`));

  it.each(lists.map(({ name }) => name))("as Python's csv and json write them: %s", async (name) => {
    const list = lists.filter((file) => file.name === name);
    expectListed(await readData([...list, ...files]));
    const text = Buffer.from(list[0].bytes instanceof Uint8Array ? list[0].bytes : []);
    // Of a disk, where only the list is named.
    for (const [i, file] of NAMES.entries()) {
      const path = join(folder, "disk", file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, own[i].bytes instanceof Uint8Array ? own[i].bytes : "");
    }
    const path = join(folder, "disk", name.replace("lists/", ""));
    writeFileSync(path, text);
    expectListed(await loadDataFiles(path));
    const { train, test } = await loadDataFiles(path, { streaming: true });
    if (train === undefined || !("read" in train)) throw new Error("not streamed");
    expect([...(train.labels ?? [])]).toEqual([1, 0, 2]);
    expect(await train.read(Uint32Array.of(2, 0))).toMatchObject({ images: images(5, 0) });
    expect([...(test?.labels ?? [])]).toEqual([0, 1]);
    // Of an archive.
    const inside = Object.fromEntries(
      [...list, ...files].map(({ name: entry, bytes }) => [
        entry,
        bytes instanceof Uint8Array ? bytes : new Uint8Array(),
      ]),
    );
    expectListed(await readData([{ name: "lists.zip", bytes: zip(inside) }]));
  });

  it("give what folders give, and are used where folders tell no classes", async () => {
    const list = listOf("list.csv", "file,label\na.png,x\nb.png,y\nin/c.png,x\n");
    const { train } = await readData([list, ...THREE]);
    const folders = await readData([picture(0, "x/a.png"), picture(2, "x/c.png"), picture(1, "y/b.png")]);
    expect(train?.classNames).toEqual(folders.train?.classNames);
    const order = [0, 2, 1];
    for (const [at, i] of order.entries()) {
      expect(train?.labels?.[i]).toBe(folders.train?.labels?.[at]);
      expect(train?.images.subarray(30 * i, 30 * i + 30)).toEqual(
        folders.train?.images.subarray(30 * at, 30 * at + 30),
      );
    }
    const beside = await readData([
      listOf("list.csv", "file,label\nx/a.png,other\n"),
      picture(0, "x/a.png"),
      picture(1, "y/b.png"),
    ]);
    expect(beside.train?.classNames).toEqual(["x", "y"]);
    expect(beside.notes.join()).toContain('left out 1 other file ("list.csv")');
  });

  it("of several files are parts by their names, and labels may be numbers", async () => {
    const { train, test, notes } = await readData([
      listOf("train.csv", "image,class\na.png,10\nin/c.png,9\n"),
      listOf("test.csv", "image,class\n./b.png,9\n"),
      ...THREE,
      picture(3, "d.png"),
    ]);
    expect(train?.classNames).toEqual(["9", "10"]);
    expect([[...(train?.labels ?? [])], [...(test?.labels ?? [])]]).toEqual([[1, 0], [0]]);
    expect(notes).toContain('1 picture is not in the list ("d.png")');
  });

  it("leave pictures that are not there out where that is asked for", async () => {
    const list = listOf("list.csv", "file,label\na.png,x\nb.png,y\nnowhere.png,x\n");
    expect(await refusal([list, ...THREE])).toBe(
      'readList "list.csv": expected pictures that are there, got 1 missing ("nowhere.png"); --skip-broken (skipBroken) leaves such files out',
    );
    const { train, notes } = await readData([list, ...THREE], { skipBroken: true });
    expect(train?.length).toBe(2);
    expect(notes).toContain('left out what cannot be read: 1 missing ("nowhere.png")');
  });

  it.each([
    ["file,label\na.png,x\n../b.png,y\n", `expected a file in the list's folder in line 3, got "../b.png"`],
    ["file,label\na.png,x\nin/../../b.png,y\n", `expected a file in the list's folder in line 3, got "in/../../b.png"`],
    ["file,label\n/etc/passwd,x\n", `expected a file in the list's folder in line 2, got "/etc/passwd"`],
    ["file,label\nC:\\a.png,x\n", `expected a file in the list's folder in line 2, got "C:\\\\a.png"`],
    ["file,label\nhttp://a/b.png,x\n", `expected a file in the list's folder in line 2, got "http://a/b.png"`],
    [
      "file,label\na.png,x\nb.png,y\nin\\..\\a.png,x\n",
      'expected each picture once, got "a.png" in line 4 and in line 2',
    ],
    ["file,label\na.png,x\nb.png,\n", "expected a label in line 3, got nothing"],
    ["file,label\na.png,x\n,y\n", "expected a picture's file in line 3, got nothing"],
    ["file,label,split\na.png,x,tarin\n", 'expected train, val or test as the split in line 2, got "tarin"'],
    ["file,label,split\na.png,x,\n", "expected train, val or test as the split in line 2, got nothing"],
    ["file,label\na.png,x,train\n", "expected 2 cells in line 2, as in the first, got 3"],
    ['file,label\na.png,"x\nb.png,y\n', "expected a closing quote, got none for the one in line 2"],
    ['file,label\na.png,"x"y\n', "expected a separator behind the closing quote in line 2, got text"],
    ["file,label\n", "expected pictures in the list, got none"],
    ["file,split\na.png,train\n", 'expected a column of labels, called label, got only "file", "split"'],
    [
      '[{ "file": "a.png", "label": "x" }, { "file": "b.png", "label": { "a": 1 } }]',
      `expected a text or a number as the label in entry 2, got {"a":1}`,
    ],
    [
      '[{ "file": "a.png", "label": "x" }, 7]',
      `expected an object such as { "file": "cat/1.png", "label": "cat" } in entry 2, got 7`,
    ],
    ['[{ "file": "a.png", "label": "x" }, ', "expected JSON in the list, got something else"],
    ['{ "file": "a.png", "label": "x" }\n{ "file": 5, "label": "x" }', "expected a picture's file in line 2, got 5"],
    ['{ "file": "a.png", "label": null }', "expected a label in line 1, got nothing"],
  ])("say in one line what is wrong: %j", async (text, message) => {
    // As on a disk, where the list alone is given.
    const path = join(folder, text.startsWith("[") || text.startsWith("{") ? "wrong.json" : "wrong.csv");
    writeFileSync(path, text);
    const error = await loadDataFiles(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(error)).toContain(`readList ${JSON.stringify(path)}: ${message}`);
    expect(error).toBeInstanceOf(RangeError);
  });

  it("are told from tables of pixels", async () => {
    const pixelsTable = "image_name,label,p0,p1,p2,p3\n1.png,0,1,2,3,4\n2.png,1,4,3,2,255\n";
    const { format, train } = await readData([listOf("list.csv", pixelsTable)]).catch((error: unknown) => {
      throw error;
    });
    expect([format, train?.shape]).toEqual(["CSV", [2, 2, 1]]);
    const withWords = "file,label,w,h,author,licence\na.png,x,6,5,me,MIT\nb.png,y,6,5,me,MIT\n";
    expect((await readData([listOf("list.csv", withWords), ...THREE])).train?.classNames).toEqual(["x", "y"]);
  });
});

describe("readCells", () => {
  it("takes quotes, blanks, every end of a line, and empty cells", () => {
    const text = 'a, b ,"c ""d"", e"\r\n"line\n2",,\r\r\n x\ty ,"", "z" \n,,';
    expect(readCells("test", text, ",")).toEqual([
      { cells: ["a", "b", 'c "d", e'], line: 1 },
      { cells: ["line\n2", "", ""], line: 2 },
      { cells: ["x\ty", "", "z"], line: 5 },
      { cells: ["", "", ""], line: 6 },
    ]);
  });
});
