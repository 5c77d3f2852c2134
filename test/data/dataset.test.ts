import { describe, expect, it } from "vitest";
import { createDataset, sliceDataset, takeDataset } from "../../src/data/dataset.ts";
import { splitDataset } from "../../src/data/split.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** `n` images of 2 x 1 x 3 whose values tell the image: 6 i, 6 i + 1, ... */
function numbered(n: number) {
  return createDataset({
    name: "train",
    shape: [2, 1, 3],
    images: Uint8Array.from({ length: 6 * n }, (_, i) => i),
    labels: Uint8Array.from({ length: n }, (_, i) => i % 4),
    classes: 10,
  });
}

function regression() {
  return createDataset({
    shape: [1, 1, 1],
    images: Float32Array.of(1, 2, 3),
    targets: Float32Array.of(1, 10, 2, 20, 3, 30),
  });
}

describe("createDataset", () => {
  it("takes labels, and counts classes by the option, the names or the highest label", () => {
    const init = { shape: [1, 1, 1] as const, images: new Uint8Array(3), labels: Uint16Array.of(0, 700, 2) };
    expect(createDataset(init)).toMatchObject({ length: 3, classes: 701, targets: undefined, name: "data" });
    expect(createDataset({ ...init, classes: 1000 }).classes).toBe(1000);
    const classNames = ["a", "b", "c"];
    expect(createDataset({ ...init, labels: Uint8Array.of(0, 0, 1), classNames })).toMatchObject({
      classes: 3,
      classNames,
    });
  });

  it("takes targets", () => {
    expect(regression()).toMatchObject({ length: 3, classes: 2, labels: undefined });
  });

  it("keeps the arrays", () => {
    const images = new Uint8Array(4);
    expect(createDataset({ shape: [2, 2, 1], images, labels: new Uint8Array(1) }).images).toBe(images);
  });

  const good = { name: "train", shape: [1, 2, 1] as const, images: new Uint8Array(8), labels: new Uint8Array(4) };
  const wrong: [string, Parameters<typeof createDataset>[0], string][] = [
    [
      "label outside the classes",
      { ...good, labels: Uint8Array.of(0, 9, 1, 12), classes: 10 },
      'dataset "train": expected labels from 0 to 9, got 12 at index 3',
    ],
    ["no class", { ...good, classes: 0 }, "expected classes to be a whole number at least 1, got 0"],
    ["too few labels", { ...good, labels: new Uint8Array(3) }, "expected 4 labels, one per image, got 3"],
    ["no image", { ...good, images: new Uint8Array(0), labels: new Uint8Array(0) }, "at least one image, got none"],
    ["half an image", { ...good, images: new Uint8Array(7) }, "whole images of 1 x 2 x 1 = 2 values, got 7 values"],
    [
      "empty shape",
      { ...good, shape: [0, 2, 1] },
      "height, width and channels, whole numbers from 1 to 16777216, got [0,2,1]",
    ],
    [
      "broken shape",
      { ...good, shape: [1.5, 2, 1] },
      "height, width and channels, whole numbers from 1 to 16777216, got [1.5,2,1]",
    ],
    [
      "NaN pixel",
      { ...good, images: Float32Array.of(0, 1, 2, Number.NaN, 0, 0, 0, 0) },
      "expected finite pixels, got NaN at index 3 (image 1)",
    ],
    [
      "infinite target",
      { ...good, labels: undefined, targets: Float32Array.of(0, 0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY, 0) },
      "expected finite targets, got -Infinity at index 6 (image 3)",
    ],
    ["uneven targets", { ...good, labels: undefined, targets: new Float32Array(6) }, "got 6 values"],
    ["other targets", { ...good, labels: undefined, targets: new Float32Array(8), classes: 3 }, "3 for each, got 8"],
    ["too few names", { ...good, classes: 3, classNames: ["a"] }, "expected 3 class names, got 1"],
  ];
  it.each(wrong)("refuses: %s", (_, init, message) => {
    expect(() => createDataset(init)).toThrow(RangeError);
    expect(() => createDataset(init)).toThrow(message);
  });

  it("refuses neither of labels and targets, and takes both, which are a teacher's", () => {
    expect(() => createDataset({ ...good, labels: undefined })).toThrow(
      new TypeError('dataset "train": expected labels or targets, got neither'),
    );
    const { labels = [], classes } = createDataset(good);
    const targets = new Float32Array(labels.length * classes);
    expect(createDataset({ ...good, targets })).toMatchObject({ labels, targets, classes });
    expect(() => createDataset({ ...good, targets: targets.subarray(1) })).toThrow("expected targets for");
  });
});

describe("sliceDataset", () => {
  it("views the same memory", () => {
    const whole = numbered(10);
    const part = sliceDataset(whole, 2, 5);
    expect(part.length).toBe(3);
    expect([...part.images]).toEqual(Array.from({ length: 18 }, (_, i) => 12 + i));
    expect([...(part.labels ?? [])]).toEqual([2, 3, 0]);
    expect(part.images.buffer).toBe(whole.images.buffer);
    expect([...(sliceDataset(regression(), 1).targets ?? [])]).toEqual([2, 20, 3, 30]);
  });

  it.each([
    [-1, 2],
    [0, 11],
    [3, 3],
    [0.5, 2],
    [Number.NaN, 2],
  ])("refuses %d to %d of 10", (begin, end) => {
    expect(() => sliceDataset(numbered(10), begin, end)).toThrow(RangeError);
  });
});

describe("takeDataset", () => {
  it("copies the images in the order asked for", () => {
    const part = takeDataset(numbered(10), [7, 0, 7]);
    expect([...part.images]).toEqual([42, 43, 44, 45, 46, 47, 0, 1, 2, 3, 4, 5, 42, 43, 44, 45, 46, 47]);
    expect([...(part.labels ?? [])]).toEqual([3, 0, 3]);
    expect([...(takeDataset(regression(), [2, 0]).targets ?? [])]).toEqual([3, 30, 1, 10]);
  });

  it.each([[[]], [[10]], [[-1]], [[0.5]]])("refuses indices %j", (indices) => {
    expect(() => takeDataset(numbered(10), indices)).toThrow(RangeError);
  });
});

describe("splitDataset", () => {
  it("holds the last images out", () => {
    const { rest, heldOut } = splitDataset(numbered(10), 3);
    expect([rest.length, heldOut.length, heldOut.images[0]]).toEqual([7, 3, 42]);
    expect(splitDataset(numbered(10), 0.25).heldOut.length).toBe(3);
    expect(splitDataset(numbered(10), 0.001).heldOut.length).toBe(1);
  });

  it("draws the images from a stream, each once, the same ones again", () => {
    const draw = () => splitDataset(numbered(10), 4, RandomStream.from(1, "validation"));
    const { rest, heldOut } = draw();
    const firsts = [...rest.images, ...heldOut.images].filter((_, i) => i % 6 === 0);
    expect(firsts.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => 6 * i));
    expect(draw()).toEqual({ rest, heldOut });
  });

  it.each([0, 10, 11, 0.99, -0.5, Number.NaN, 1.5])("refuses %d of 10", (part) => {
    expect(() => splitDataset(numbered(10), part)).toThrow(RangeError);
  });
});
