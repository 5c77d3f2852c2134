import { describe, expect, it } from "vitest";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { LeftOut } from "../../../src/data/read/left-out.ts";
import { readTar } from "../../../src/data/read/tar.ts";
import { readData } from "../../../src/data/read-data.ts";
import { inputs, pixels } from "./files.ts";

interface Entry {
  readonly name: string;
  /** POSIX' letter; default a regular file. */
  readonly type?: string;
  readonly content?: Uint8Array | string;
  readonly link?: string;
}

/** A header and its content, by POSIX' description of ustar. */
function encoded({ name, type = "0", content = "", link = "" }: Entry): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  const isLink = type === "1" || type === "2";
  header.write(name, 0, 100, "latin1");
  header.write("0000644\0", 100);
  header.write(`${(isLink ? 0 : data.length).toString(8).padStart(11, "0")}\0`, 124);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157, 100, "latin1");
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function tar(entries: readonly Entry[], end = 1024): Uint8Array {
  return new Uint8Array(Buffer.concat([...entries.map(encoded), Buffer.alloc(end)]));
}

async function filesIn(bytes: Uint8Array, leftOut = new LeftOut({ skipBroken: false })) {
  const files = await readTar(dataFile({ name: "a.tar", bytes }), leftOut);
  const found: Record<string, string> = {};
  for (const file of files) found[file.name] = new TextDecoder().decode(await file.bytes());
  return { found, notes: leftOut.notes() };
}

describe("tar archives", () => {
  it("count hard and symbolic links as the files that they name, and links to folders as those in them", async () => {
    const { found } = await filesIn(
      tar([
        { name: "pool/one", content: "1" },
        { name: "./pool/two", content: "2" },
        { name: "a/hard", type: "1", link: "pool/one" },
        { name: "a/soft", type: "2", link: "../pool/two" },
        { name: "a/again", type: "2", link: "hard" },
        { name: "b", type: "2", link: "./a" },
        { name: "c/d", type: "2", link: "../b" },
      ]),
    );
    const inA = { hard: "1", soft: "2", again: "1" };
    const under = (folder: string) =>
      Object.fromEntries(Object.entries(inA).map(([name, text]) => [`${folder}/${name}`, text]));
    expect(found).toEqual({ "pool/one": "1", "pool/two": "2", ...under("a"), ...under("b"), ...under("c/d") });
  });

  it("read pictures through links", async () => {
    const pictures = inputs("pictures").filter(({ name }) => name.includes("/train/"));
    const content = (i: number) => (pictures[i].bytes instanceof Uint8Array ? pictures[i].bytes : "");
    const bytes = tar([
      ...pictures.map(({ name }, i) => ({ name, content: content(i) })),
      { name: "pictures/train/dog/0.png", type: "1", link: pictures[0].name },
      { name: "pictures/train/dog/1.png", type: "2", link: `../../../${pictures[1].name}` },
    ]);
    const { train } = await readData([{ name: "links.tar", bytes }]);
    expect(train?.classNames).toEqual(["ant", "bee", "cat", "dog"]);
    expect(train?.length).toBe(8);
    // The first two by name are ant's: 0.png and 3.png.
    expect(train?.images.slice(-60)).toEqual(Uint8Array.from([...pixels(0, 1), ...pixels(3, 4)]));
  });

  it("know long names of pax and GNU for links, too", async () => {
    const long = `${"long/".repeat(30)}name`;
    const pax = (key: string) => {
      const record = ` ${key}=${long}\n`;
      return `${record.length + 3}${record}`;
    };
    const { found } = await filesIn(
      tar([
        { name: "x", type: "x", content: pax("path") },
        { name: "cut", content: "1" },
        { name: "k", type: "K", content: `${long}\0` },
        { name: "gnu", type: "1", link: "cut" },
        { name: "x", type: "x", content: pax("linkpath") },
        { name: "pax", type: "2", link: "cut" },
      ]),
    );
    expect(found).toEqual({ [long]: "1", gnu: "1", pax: "1" });
  });

  it("refuse links in a circle", async () => {
    const circle = [
      { name: "a", type: "2", link: "b" },
      { name: "b", type: "2", link: "a" },
    ];
    await expect(filesIn(tar(circle))).rejects.toThrow(
      'readTar "a.tar": expected links that lead to a file, got "a" in a circle',
    );
    const above = [
      { name: "a/x", content: "1" },
      { name: "a/loop", type: "2", link: ".." },
    ];
    await expect(filesIn(tar(above))).rejects.toThrow('got "a/loop" in a circle');
  });

  it("refuse links that multiply files", async () => {
    const doubling = Array.from({ length: 30 }, (_, i) => [
      { name: `d${i}/a`, type: "2", link: `../d${i + 1}` },
      { name: `d${i}/b`, type: "2", link: `../d${i + 1}` },
    ]);
    const bytes = tar([...doubling.flat(), { name: "d30/x", content: "1" }]);
    await expect(filesIn(bytes)).rejects.toThrow("expected links to at most 6100 files, got more");
  });

  it("note links that lead out of the archive, sparse files, and entries of an archive of several parts", async () => {
    const bytes = tar([
      { name: "ok", content: "1" },
      { name: "d/x", type: "2", link: "../../etc/passwd" },
      { name: "y", type: "2", link: "/ok" },
      { name: "z", type: "1", link: "gone" },
      { name: "s", type: "S", content: "1" },
      { name: "m", type: "M", content: "1" },
    ]);
    const { found, notes } = await filesIn(bytes, new LeftOut({ skipBroken: true }));
    expect(found).toEqual({ ok: "1" });
    expect(notes).toEqual([
      'left out what cannot be read: 1 with holes (sparse) ("s"), 1 continued from another archive ("m"), 3 a link to what is not in the archive ("d/x")',
    ]);
    await expect(readData([{ name: "a.tar", bytes }])).rejects.toThrow(
      /expected files that can be read, got 1 with holes/,
    );
  });

  it("take the last one of several files of one name, and keep names apart that are not UTF-8", async () => {
    const { found } = await filesIn(
      tar([
        { name: "x", content: "old" },
        { name: "x", content: "new" },
        { name: "B\xe4r", content: "1" },
        { name: "B\xf6r", content: "2" },
      ]),
    );
    expect(found).toEqual({ x: "new", Bär: "1", Bör: "2" });
  });

  it("are refused where they are cut, within a header, within a file, or at its end", async () => {
    const whole = tar([
      { name: "a", content: "1".repeat(600) },
      { name: "b", content: "2" },
    ]);
    expect((await filesIn(whole.subarray(0, whole.length - 512))).found.b).toBe("2");
    // The header of b begins at 1536.
    for (const length of [600, 1100, 1537, 1800, 2047]) {
      await expect(filesIn(whole.subarray(0, length)), `${length}`).rejects.toThrow(
        /expected \d+ bytes or more, got \d+/,
      );
    }
    const { found, notes } = await filesIn(whole.subarray(0, 1536), new LeftOut({ skipBroken: true }));
    expect(Object.keys(found)).toEqual(["a"]);
    expect(notes).toEqual(['left out what cannot be read: 1 archive without its end ("a.tar")']);
  });
});
