import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnyDataset, Dataset } from "../../src/data/dataset.ts";
import { loadDataset } from "../../src/data/load-dataset.ts";
import { setPictureDecoder } from "../../src/data/picture-decoder.ts";
import { readDataFiles } from "../../src/data/read/read-files.ts";
import { type LoadDataFilesOptions, loadDataFiles, openDataFiles } from "../../src/node/data-files.ts";
import { decodeImage } from "../../src/node/image.ts";
import { zip } from "../cli/zip-writer.ts";
import { encodePng } from "../data/png-writer.ts";
import * as pictures from "./pictures.ts";

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convasm-streamed-"));
  setPictureDecoder(decodeImage);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Pictures of several sizes: at first grey ones, then one in colours, and grey ones again. */
function folder(name: string, { broken = false, deep = false } = {}): string {
  const path = join(root, name);
  for (const part of ["train", "test"]) {
    for (const [c, className] of ["ant", "bee", "cow"].entries()) {
      const inside = join(path, part, className);
      mkdirSync(inside, { recursive: true });
      for (let i = 0; i < 4; i++) {
        const colourType = className === "bee" && i === 1 ? 2 : 0;
        const spec = { width: 9 + i, height: 8 + c, depth: 8, colourType } as const;
        const sample = (x: number, y: number, s: number) => (31 * x + 57 * y + 90 * s + 13 * i * c) % 256;
        writeFileSync(join(inside, `${i}.png`), encodePng({ ...spec, sample }));
      }
      writeFileSync(join(inside, "photo.jpg"), pictures.greyJpeg);
    }
  }
  if (broken) writeFileSync(join(path, "train/ant/broken.png"), "no picture");
  if (deep) {
    const sample = (x: number, y: number) => 400 * x + y;
    writeFileSync(
      join(path, "train/cow/deep.png"),
      encodePng({ width: 8, height: 8, depth: 16, colourType: 0, sample }),
    );
  }
  return path;
}

/** The same folder as an archive. */
function archive(name: string, path: string): string {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = files.map((entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(path.length + 1), new Uint8Array(readFileSync(file))] as const;
  });
  const place = join(root, name);
  writeFileSync(place, zip(Object.fromEntries(entries)));
  return place;
}

const inMemory = (data: AnyDataset | undefined): Promise<Dataset> => {
  if (data === undefined) throw new Error("no data");
  return loadDataset(data);
};

async function expectSame(path: string, options: Omit<LoadDataFilesOptions, "streaming">): Promise<void> {
  const memory = await loadDataFiles(path, { ...options, streaming: false });
  const streamed = await loadDataFiles(path, { ...options, streaming: true });
  expect(streamed.train).toHaveProperty("read");
  expect(await inMemory(streamed.train)).toEqual(memory.train);
  expect(await inMemory(streamed.test)).toEqual(memory.test);
  expect([streamed.notes, streamed.pictures]).toEqual([memory.notes, memory.pictures]);
}

describe("pictures that are decoded in worker threads", () => {
  it.each<[string, Omit<LoadDataFilesOptions, "streaming">]>([
    ["stretched to a size", { size: [8, 8] }],
    ["of a size that is chosen", { size: "auto", stretch: true }],
    ["cropped", { size: [7, 5], fit: "crop" }],
    ["in grey", { size: [8, 8], channels: 1, stretch: true }],
  ])("are those in memory, bit for bit: %s", async (_, options) => {
    await expectSame(folder("plain"), options);
  });

  it("come from an archive likewise, and broken ones are left out with the same note", async () => {
    await expectSame(archive("plain.zip", folder("plain")), { size: [8, 8] });
    await expectSame(folder("broken", { broken: true }), { size: [8, 8], skipBroken: true });
    await expect(
      loadDataFiles(folder("broken", { broken: true }), { size: [8, 8], skipBroken: false, streaming: true }),
    ).rejects.toThrow(/broken\.png/);
  });

  it("are decoded in this thread where there are no others, as in a page", async () => {
    const files = await openDataFiles(folder("plain"));
    const memory = await readDataFiles(files, { size: [8, 8] });
    const streamed = await readDataFiles(files, { size: [8, 8], streaming: true });
    expect(await inMemory(streamed.train)).toEqual(memory.train);
  });

  it("have one size, unless one is asked for, and 8 bits", async () => {
    await expect(loadDataFiles(folder("plain"), { streaming: true })).rejects.toThrow(/pictures of one size/);
    await expect(loadDataFiles(folder("deep", { deep: true }), { size: [8, 8], streaming: true })).rejects.toThrow(
      /deep\.png.*pictures of 8 bits for streaming, got 16; without.*streaming/,
    );
  });

  it("are streamed where they would take more than the limit", async () => {
    const path = folder("plain");
    const small = await loadDataFiles(path, { size: [8, 8], streaming: "auto" });
    expect(small.train).toHaveProperty("images");
    const large = await loadDataFiles(path, { size: [8, 8], streaming: "auto", memoryLimit: 0.001 });
    expect(large.train).toHaveProperty("read");
  });

  it("fail with the file's name where it goes away between two epochs", async () => {
    const path = folder("gone");
    const { train } = await loadDataFiles(path, { size: [8, 8], streaming: true });
    rmSync(join(path, "train/bee/2.png"));
    await expect(inMemory(train)).rejects.toThrow(/cannot read .*2\.png.*no such file/);
  });
});
