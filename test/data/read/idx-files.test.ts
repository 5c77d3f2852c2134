import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeIdx } from "../../../src/data/idx.ts";
import { readData } from "../../../src/data/read-data.ts";
import { refusal } from "./files.ts";

const images = (count: number) =>
  encodeIdx(
    [count, 2, 2],
    Uint8Array.from({ length: 4 * count }, (_, i) => i),
  );
const labels = (count: number) =>
  encodeIdx(
    [count],
    Uint8Array.from({ length: count }, (_, i) => i % 3),
  );

/** Six images to train on and three to test on, some of them replaced, or left out where undefined. */
function folder(changed: Record<string, Uint8Array | undefined> = {}, prefix = "data/") {
  const files: Record<string, Uint8Array | undefined> = {
    "train-images-idx3-ubyte": images(6),
    "train-labels-idx1-ubyte": labels(6),
    "t10k-images-idx3-ubyte": images(3),
    "t10k-labels-idx1-ubyte": labels(3),
    ...changed,
  };
  return Object.entries(files).flatMap(([name, bytes]) => (bytes ? [{ name: prefix + name, bytes }] : []));
}

describe("a folder of IDX files", () => {
  it("is read with any prefix, and with each file in a folder of its own name", async () => {
    const emnist = folder({}, "data/emnist-letters-").map(({ name, bytes }) => ({
      name: `${name}.gz`,
      bytes: gzipSync(bytes),
    }));
    const kaggle = folder({}, "").map(({ name, bytes }) => ({ name: `data/${name}/${name}`, bytes }));
    for (const files of [folder(), emnist, kaggle]) {
      const { train, test, format } = await readData(files);
      expect([format, train?.length, test?.length, test?.classes]).toEqual(["IDX", 6, 3, 3]);
      expect(test?.images).toEqual(Uint8Array.from({ length: 12 }, (_, i) => i));
    }
    const several = [...folder({}, "data/emnist-digits-"), ...folder({}, "data/emnist-letters-")];
    expect(await refusal(several)).toBe(
      "readIdx: expected the files of one data set, got those of emnist-digits, emnist-letters: put one into a folder of its own",
    );
  });

  const test = "t10k-images-idx3-ubyte";
  it.each<[what: string, bytes: Uint8Array | undefined, message: RegExp]>([
    ["cut off", images(3).subarray(0, 20), /"data\/t10k-images-idx3-ubyte": expected 28 bytes, got 20; --skip-broken/],
    ["damaged in its header", images(3).fill(7, 0, 2), /t10k-images-idx3-ubyte.*; --skip-broken \(skipBroken\)/],
    ["empty", new Uint8Array(0), /1 empty \("data\/t10k-images-idx3-ubyte"\).*; --skip-broken/],
    ["not there", undefined, /1 without its images or labels \("data\/t10k-labels-idx1-ubyte"\); --skip-broken/],
    ["of another number", images(4), /expected 4 labels, one per image, got 3; --skip-broken/],
  ])("is refused where a file is %s, or the pair is left out with a note", async (_, bytes, message) => {
    const files = folder({ [test]: bytes });
    expect(await refusal(files)).toMatch(message);
    const { train, test: none, notes } = await readData(files, { skipBroken: true });
    expect([train?.length, none]).toEqual([6, undefined]);
    expect(notes.join()).toMatch(/^left out what cannot be read: .*t10k-/);
  });

  it("may not unpack to far more than its size, unless that is allowed", async () => {
    const packed = (count: number) =>
      gzipSync(encodeIdx([count, 100, 100], new Uint8Array(count * 10_000)), { level: 9 });
    const blank = folder({
      "train-images-idx3-ubyte": packed(8000),
      "train-labels-idx1-ubyte": gzipSync(labels(8000)),
    }).slice(0, 2);
    expect(await refusal(blank)).toMatch(
      /expected at most \d+ bytes to come out of so small a file, got more; --max-expansion/,
    );
    expect((await readData(blank, { maxExpansion: 2000 })).train?.length).toBe(8000);
  });
});
