// Damaged global heaps of HDF5 files, in which the library would walk for ever.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { checkGlobalHeaps } from "../../../src/data/read/hdf5-heaps.ts";
import { readZip } from "../../../src/data/read/zip.ts";
import { importModel } from "../../../src/importing/import-model.ts";
import { flatten } from "../../../src/layers/flatten.ts";
import { zip } from "../../cli/zip-writer.ts";
import { FILES, refusal } from "./files.ts";

const kerasFile = (name: string) => new Uint8Array(readFileSync(`${FILES}/../../../importing/files/keras/${name}`));

/** A file of Keras with one collection of 4096 bytes, from byte 2048 on. */
const FILE = "chain.weights.h5";
const HEAP = 2048;
const FIRST = HEAP + 16;
const SECOND = HEAP + 48;
const FREE = HEAP + 632;

/** The file after numbers of eight bytes are written into it. */
function damaged(numbers: Readonly<Record<number, bigint>>): Uint8Array {
  const bytes = kerasFile(FILE);
  const view = new DataView(bytes.buffer);
  for (const [at, number] of Object.entries(numbers)) view.setBigUint64(Number(at), number, true);
  return bytes;
}

const refused = (at: number) =>
  `expected a whole HDF5 file, got a global heap at byte ${at} that is cut off or corrupt`;

describe("global heaps of HDF5 files", () => {
  it("are as this test takes them to be", () => {
    const view = new DataView(kerasFile(FILE).buffer);
    const at = [HEAP + 8, FIRST, FIRST + 8, SECOND, FREE, FREE + 8];
    expect(at.map((place) => view.getBigUint64(place, true))).toEqual([4096n, 1n, 10n, 2n, 0n, 3464n]);
  });

  it.each<readonly [string, Readonly<Record<number, bigint>>]>([
    ["free space of no size", { [FREE + 8]: 0n }],
    ["free space whose size is nothing in 32 bits", { [FREE + 8]: 2n ** 32n }],
    ["free space beyond the end", { [FREE + 8]: 3472n }],
    ["an object whose size with its head is nothing in 32 bits", { [FIRST + 8]: 2n ** 32n - 16n }],
    ["an object beyond the end", { [SECOND + 8]: 4096n }],
    ["an object that became free space", { [FIRST]: 0n }],
    ["a collection that is smaller than any", { [HEAP + 8]: 648n }],
    ["a collection that is larger than the file", { [HEAP + 8]: 2n ** 32n + 4096n }],
    ["one that leads out of all numbers", { [HEAP + 8]: 2n ** 64n - 1n }],
  ])("are refused with %s", (_, numbers) => {
    expect(() => checkGlobalHeaps("a file", damaged(numbers), 0)).toThrow(`a file: ${refused(HEAP)}`);
  });

  it("are found at any byte, also where they are cut off", () => {
    const bytes = kerasFile(FILE);
    const heap = bytes.subarray(HEAP, HEAP + 4096);
    for (let start = 4096; start < 4100; start++) {
      const moved = new Uint8Array(12_288);
      moved.set(bytes.subarray(0, HEAP));
      moved.set(heap, start);
      expect(() => checkGlobalHeaps("", moved, 0)).not.toThrow();
      expect(() => checkGlobalHeaps("", moved.subarray(0, start + 4095), 0)).toThrow(refused(start));
      moved.fill(0, start + FREE - HEAP);
      expect(() => checkGlobalHeaps("", moved, 0)).toThrow(refused(start));
    }
  });

  it("are refused where they overlap, so that checking them takes no longer than the file", () => {
    const bytes = kerasFile(FILE);
    const nested = (starts: readonly number[]) => {
      const file = new Uint8Array(8192);
      file.set(bytes.subarray(0, 16));
      const view = new DataView(file.buffer);
      for (const start of starts) {
        // All of it is free space.
        file.set(bytes.subarray(HEAP, HEAP + 8), start);
        view.setBigUint64(start + 8, BigInt(file.length - start), true);
        view.setBigUint64(start + 24, BigInt(file.length - start - 16), true);
      }
      return file;
    };
    for (const start of [2048, 2080]) expect(() => checkGlobalHeaps("", nested([start]), 0)).not.toThrow();
    expect(() => checkGlobalHeaps("", nested([2048, 2080]), 0)).toThrow(refused(2080));
  });

  it("are checked by all who read such files", async () => {
    const bytes = damaged({ [FREE + 8]: 0n });
    expect(await refusal([{ name: "texts.h5", bytes }])).toBe(`readHdf5 "texts.h5": ${refused(HEAP)}`);
    const whole = kerasFile("version-2.h5");
    whole.fill(0, HEAP + 9496, HEAP + 9512);
    await expect(importModel(whole)).rejects.toThrow(refused(HEAP));
    const entries = await readZip(dataFile({ name: "chain.keras", bytes: kerasFile("chain.keras") }));
    const contents = await Promise.all(entries.map(async (entry) => [entry.name, await entry.bytes()] as const));
    const archive = zip({ ...Object.fromEntries(contents), "model.weights.h5": bytes });
    await expect(importModel(archive)).rejects.toThrow(`importModel: model.weights.h5: ${refused(HEAP)}`);
    const network = { input: { shape: [4, 4, 1] as const }, layers: [flatten()] };
    await expect(importModel(archive, { network })).rejects.toThrow(refused(HEAP));
  });
});
