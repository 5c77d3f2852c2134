import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createDataset } from "../../../src/data/dataset.ts";
import { generateDigits } from "../../../src/data/digits/generate.ts";
import { encodeIdxPair } from "../../../src/data/idx.ts";
import { readData } from "../../../src/data/read-data.ts";
import { inputs, pixels, refusal, TRAIN_LABELS } from "./files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("readData", () => {
  it("takes ArrayBuffers and Blobs", async () => {
    const [file] = inputs("stored.npz");
    const whole = new Uint8Array(file.bytes instanceof Uint8Array ? file.bytes : []);
    for (const each of [whole.buffer, new Blob([whole])]) {
      const { train } = await readData([{ name: "any name", bytes: each }]);
      expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6)));
    }
    const csv = new Blob(["label,a,b,c,d\n1,0,255,0,255\n0,255,0,255,0\n"]);
    const { train } = await readData([{ name: "tiny.csv", bytes: csv }]);
    expect(train?.shape).toEqual([2, 2, 1]);
    expect([...(train?.labels ?? [])]).toEqual([1, 0]);
  });

  it("reads MNIST's IDX files, plain and packed, among others", async () => {
    const digits = createDataset({ shape: [28, 28, 1], ...generateDigits({ count: 50, seed: 1 }) });
    const { images, labels } = encodeIdxPair(digits);
    const { train, test, format } = await readData([
      { name: "mnist/README.md", bytes: bytes("# MNIST") },
      { name: "mnist/.DS_Store", bytes: Uint8Array.of(0, 0, 0, 1) },
      { name: "mnist/train-images-idx3-ubyte.gz", bytes: gzipSync(images) },
      { name: "mnist/train-labels-idx1-ubyte", bytes: labels },
      { name: "mnist/t10k-images-idx3-ubyte", bytes: images },
      { name: "mnist/t10k-labels-idx1-ubyte", bytes: labels },
    ]);
    expect(format).toBe("IDX");
    expect(train?.images).toEqual(digits.images);
    expect(test?.labels).toEqual(digits.labels);
    expect(await refusal([{ name: "train-images-idx3-ubyte", bytes: images }])).toMatch(
      /^readIdx: expected pairs of images and labels, got 1 without/,
    );
  });

  it("takes a file that was named wherever it is", async () => {
    for (const name of ["../plain.csv", "/home/ada/.data/plain.csv", ".plain"]) {
      expect((await readData(inputs("plain.csv").map((file) => ({ ...file, name })))).train?.length).toBe(8);
    }
  });

  it("holds out a share of each class", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i < 80 ? 0 : 1},${i},1,2,3\n`).join("");
    const file = { name: "rows.csv", bytes: bytes(rows) };
    const { train, test } = await readData([file], { split: 0.1 });
    expect([train?.length, test?.length]).toEqual([90, 10]);
    expect([...(test?.labels ?? [])].filter((label) => label === 1)).toHaveLength(2);
    const again = await readData([file], { split: 0.1 });
    expect(again.test?.images).toEqual(test?.images);
    const other = await readData([file], { split: 0.1, splitSeed: 1 });
    expect(other.test?.images).not.toEqual(test?.images);
    expect(await refusal(inputs("stored.npz"), { split: 0.1 })).toMatch(/data without images to test on, got 2 images/);
    expect(await refusal([file], { split: 0.001 })).toMatch(/images on both sides, got 0 of 100/);
  });

  it("refuses test images of another shape or class", async () => {
    const train = { name: "train.csv", bytes: bytes("label,a,b,c,d\n0,1,2,3,4\n1,2,3,4,5\n") };
    const csv = (text: string) => ({ name: "test.csv", bytes: bytes(text) });
    expect(await refusal([train, csv("label,a,b,c,d,e,f,g,h,i\n0,1,2,3,4,5,6,7,8,9\n")])).toMatch(
      /of shape \[2, 2, 1\] as in training, got \[3, 3, 1\]/,
    );
    expect(await refusal([train, csv("label,a,b,c,d\n2,1,2,3,4\n")])).toMatch(/labels from 0 to 1, got 2 at index 0/);
  });

  it("says what it takes where it knows nothing of a file", async () => {
    expect(await refusal([])).toBe("readData: expected files of data, got none");
    const hidden = ["a/.b", "a/.git/c", "__MACOSX/d"].map((name) => ({ name, bytes: bytes("x") }));
    expect(await refusal(hidden)).toMatch(/got only hidden ones/);
    expect(await refusal([{ name: "a.bin", bytes: Uint8Array.of(1, 2, 3) }])).toBe(
      'readData: expected files of one known format (IDX, .npy, .npz, HDF5, safetensors, CSV, CIFAR, or pictures), got "a.bin"',
    );
    expect(await refusal([...inputs("plain.csv"), ...inputs("stored.npz")])).toMatch(
      /got 1 csv \("plain.csv"\), 1 archive/,
    );
    // @ts-expect-error: from plain JavaScript
    await expect(readData("x")).rejects.toThrow(/expected a list of files, got string/);
    // @ts-expect-error: from plain JavaScript
    await expect(readData([{ name: "x", bytes: "text" }])).rejects.toThrow(/expected bytes as a Uint8Array/);
  });

  it("leaves out small tables beside images of other formats, and says so", async () => {
    const map = { name: "kmnist_classmap.csv", bytes: bytes("index,codepoint,char\n0,U+304A,\u304a\n") };
    const { train, format, notes } = await readData([...inputs("stored.npz"), map]);
    expect([format, train?.length]).toEqual(["NumPy", 6]);
    expect(notes).toEqual(['left out 1 other file ("kmnist_classmap.csv")']);
  });

  it("refuses a file that is called as data is and holds none, or leaves it out", async () => {
    const empty = { name: "test.csv", bytes: new Uint8Array(0) };
    const noise = { name: "test.npz", bytes: Uint8Array.of(200, 1, 2, 3) };
    expect(await refusal([...inputs("plain.csv"), empty])).toBe(
      'readData: expected files that can be read, got 1 empty ("test.csv"); --skip-broken (skipBroken) leaves such files out',
    );
    expect(await refusal([...inputs("stored.npz"), noise])).toMatch(/got 1 not what it is called \("test.npz"\)/);
    const { train, notes } = await readData([...inputs("plain.csv"), empty], { skipBroken: true });
    expect(train?.length).toBe(8);
    expect(notes).toContain('left out what cannot be read: 1 empty ("test.csv")');
  });

  it("reads the same of each training label, whatever the format", async () => {
    for (const name of ["stored.npz", "other-names.h5", "cifar-10.tar.gz"]) {
      const { train } = await readData(inputs(name));
      expect([...(train?.labels ?? [])], name).toEqual(TRAIN_LABELS);
    }
  });
});
