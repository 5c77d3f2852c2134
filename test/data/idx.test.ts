import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { encodeIdxPair, parseIdx, readIdx, readIdxImages, readIdxLabels, readIdxPair } from "../../src/data/idx.ts";

/** Bytes written out from the format's description: big-endian dimensions, then values that count up. */
function idxBytes(dims: number[], values: number, magic = [0, 0, 8, dims.length]): Uint8Array {
  const header = dims.flatMap((dim) => [dim >>> 24, (dim >>> 16) & 255, (dim >>> 8) & 255, dim & 255]);
  return Uint8Array.from([...magic, ...header, ...Array.from({ length: values }, (_, i) => i % 256)]);
}

function named(bytes: Uint8Array, name = "train-images") {
  return { name, bytes };
}

describe("readIdx", () => {
  it("reads images, grey or with channels, and labels", async () => {
    const grey = await readIdxImages(named(idxBytes([2, 3, 4], 24)));
    expect(grey).toMatchObject({ length: 2, shape: [3, 4, 1] });
    expect([...grey.images]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect((await readIdxImages(named(idxBytes([2, 3, 4, 3], 72)))).shape).toEqual([3, 4, 3]);
    expect([...(await readIdxLabels(named(idxBytes([5], 5))))]).toEqual([0, 1, 2, 3, 4]);
  });

  it("reads packed files, and files inside a larger buffer", async () => {
    const packed = await readIdx(named(gzipSync(idxBytes([2, 3, 4], 24))));
    expect(packed.dims).toEqual([2, 3, 4]);
    expect([...packed.data.subarray(22)]).toEqual([22, 23]);
    const inside = Uint8Array.from([9, 9, 9, ...idxBytes([5], 5)]).subarray(3);
    expect(parseIdx(named(inside)).dims).toEqual([5]);
  });

  const hostile: [string, Uint8Array, string][] = [
    ["too short", idxBytes([60_000, 28, 28], 984), 'readIdx "train-images": expected 47040016 bytes, got 1000'],
    ["trailing bytes", idxBytes([2, 3, 4], 25), "expected 40 bytes, got 41"],
    ["no images", idxBytes([0, 28, 28], 0), "expected at least one value, got dimensions 0 x 28 x 28"],
    ["images without pixels", idxBytes([3, 0, 28], 0), "got dimensions 3 x 0 x 28"],
    ["a header for 2^96 bytes", idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], 9), "at most 2147483647 bytes"],
    ["a header for 2 GiB", idxBytes([2 ** 31 - 1, 1, 1], 9), "at most 2147483647 bytes"],
    ["wrong magic", idxBytes([2, 3, 4], 24, [0, 1, 8, 3]), "(starting 0 0 8), got a start of 0 1 8 3"],
    ["floats", idxBytes([2, 3, 4], 96, [0, 0, 13, 3]), "got a start of 0 0 13 3"],
    ["two dimensions", idxBytes([2, 3], 6), "1 dimension (labels), 3 or 4 (images), got 2"],
    ["255 dimensions", idxBytes([2, 3, 4], 24, [0, 0, 8, 255]), "got 255"],
    ["half a header", idxBytes([2, 3, 4], 0).subarray(0, 11), "expected a header of 16 bytes, got 11"],
    ["nothing", new Uint8Array(0), "got a start of "],
    ["text", new TextEncoder().encode("label,a,b"), "got a start of 108 97 98 101"],
    ["a page", new TextEncoder().encode("<!doctype html><html>"), "got an HTML page"],
  ];
  it.each(hostile)("refuses: %s", async (_, bytes, message) => {
    await expect(readIdx(named(bytes))).rejects.toThrow(RangeError);
    await expect(readIdx(named(bytes))).rejects.toThrow(message);
  });
  it.each(hostile)("refuses packed: %s", async (_, bytes) => {
    await expect(readIdx(named(gzipSync(bytes)))).rejects.toThrow(RangeError);
  });

  it("unpacks no more than the header says", async () => {
    const long = gzipSync(Buffer.concat([idxBytes([10], 10), new Uint8Array(50_000_000)]));
    await expect(readIdx(named(long))).rejects.toThrow("expected at most 18 bytes unpacked, got more");
  });

  it("refuses a packed file that is cut off", async () => {
    const packed = gzipSync(idxBytes([200, 3, 4], 2400));
    for (const length of [8, 30, packed.length - 5]) {
      await expect(readIdx(named(packed.subarray(0, length)))).rejects.toThrow("corrupt or cut off");
    }
  });

  it("refuses labels for images and images for labels", async () => {
    await expect(readIdxImages(named(idxBytes([5], 5)))).rejects.toThrow("expected images (3 or 4 dimensions)");
    await expect(readIdxLabels(named(idxBytes([2, 3, 4], 24)))).rejects.toThrow("expected labels (1 dimension)");
  });
});

describe("readIdxPair", () => {
  const images = named(idxBytes([4, 2, 2], 16));
  const labels = (count: number) => named(idxBytes([count], count), "train-labels");

  it("makes a data set", async () => {
    const dataset = await readIdxPair(images, labels(4), { name: "train", classes: 10 });
    expect(dataset).toMatchObject({ name: "train", length: 4, shape: [2, 2, 1], classes: 10 });
    expect([...(dataset.labels ?? [])]).toEqual([0, 1, 2, 3]);
  });

  it.each([3, 5])("refuses %d labels for 4 images", async (count) => {
    await expect(readIdxPair(images, labels(count))).rejects.toThrow(
      new RangeError(`readIdx "train-labels": expected 4 labels, one per image, got ${count}`),
    );
  });

  it("refuses labels outside the classes", async () => {
    await expect(readIdxPair(images, labels(4), { name: "train", classes: 3 })).rejects.toThrow(
      new RangeError('dataset "train": expected labels from 0 to 2, got 3 at index 3'),
    );
  });
});

describe("encodeIdxPair", () => {
  const pixels = idxBytes([], 36, []);

  it("writes the bytes that the format describes", () => {
    const grey = createDataset({ shape: [3, 4, 1], images: pixels, labels: Uint8Array.of(0, 1, 2) });
    expect(encodeIdxPair(grey)).toEqual({ images: idxBytes([3, 3, 4], 36), labels: idxBytes([3], 3) });
    const colour = createDataset({ shape: [2, 2, 3], images: pixels, labels: Uint16Array.of(0, 1, 2) });
    expect(encodeIdxPair(colour).images).toEqual(idxBytes([3, 2, 2, 3], 36));
  });

  it("refuses what bytes cannot hold", () => {
    const labels = Uint16Array.of(0, 300, 1);
    expect(() => encodeIdxPair(createDataset({ shape: [3, 4, 1], images: pixels, labels }))).toThrow("301 classes");
    const floats = createDataset({ shape: [1, 1, 1], images: Float32Array.of(0.5), labels: Uint8Array.of(0) });
    expect(() => encodeIdxPair(floats)).toThrow("expected pixels as bytes, got floats");
  });
});
