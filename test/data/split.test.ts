import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { lieTogether } from "../../src/data/draw.ts";
import { splitDataset, splitStratified } from "../../src/data/split.ts";

const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 2 : i % 3 === 0 ? 1 : 0));
const images = Float32Array.from(labels, (_, i) => i);
const data = createDataset({ shape: [1, 1, 1], images, labels });

describe("splitStratified", () => {
  it("holds out the same share of each class, every image once, in order", () => {
    const { rest, heldOut } = splitStratified(data, 0.2, 3);
    const of = (part: typeof data, label: number) => [...(part.labels ?? [])].filter((each) => each === label).length;
    for (const label of [0, 1, 2]) expect(of(heldOut, label)).toBe(Math.round(0.2 * of(data, label)));
    const order = [...rest.images, ...heldOut.images];
    expect([...order].sort((a, b) => a - b)).toEqual([...images]);
    expect([...heldOut.images]).toEqual([...heldOut.images].sort((a, b) => a - b));
    expect([...heldOut.images].every((value, i) => labels[value] === heldOut.labels?.[i])).toBe(true);
  });

  it("draws by its seed", () => {
    expect(splitStratified(data, 0.1, 1).heldOut.images).toEqual(splitStratified(data, 0.1, 1).heldOut.images);
    expect(splitStratified(data, 0.1, 1).heldOut.images).not.toEqual(splitStratified(data, 0.1, 2).heldOut.images);
  });

  it("refuses shares that leave a side empty, and targets", () => {
    for (const share of [0, 1, -1, Number.NaN])
      expect(() => splitStratified(data, share)).toThrow(/share above 0 and below 1/);
    expect(() => splitStratified(data, 0.0001)).toThrow(/images on both sides/);
    const targets = createDataset({
      shape: [1, 1, 1],
      images: images.subarray(0, 4),
      targets: new Float32Array(4).fill(0.5),
    });
    expect(() => splitStratified(targets, 0.5)).toThrow(/expected images with labels, got targets/);
  });
});

/** Images in the order of their classes, as folders of pictures give them. */
function sorted(counts: readonly number[]) {
  const sortedLabels = Uint8Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const pixels = Float32Array.from(sortedLabels, (_, i) => i);
  return createDataset({ shape: [1, 1, 1], images: pixels, labels: sortedLabels, classes: counts.length });
}

const countsIn = ({ labels: some = new Uint8Array(), classes }: typeof data) =>
  Array.from({ length: classes }, (_, label) => [...some].filter((each) => each === label).length);

describe("a number of images", () => {
  it.each<[counts: number[], part: number, wanted: number[]]>([
    [[40, 40, 40], 30, [10, 10, 10]],
    [[40, 40, 40], 31, [11, 10, 10]],
    [[100, 10, 1], 11, [10, 1, 0]],
    [[7, 5, 3], 5, [2, 2, 1]],
  ])("of classes with %j is shared out: %i are %j", (counts, part, wanted) => {
    const { rest, heldOut } = splitStratified(sorted(counts), part, 4);
    expect(countsIn(heldOut)).toEqual(wanted);
    expect([...rest.images, ...heldOut.images].sort((a, b) => a - b)).toEqual([...sorted(counts).images]);
  });
});

describe("splitDataset", () => {
  it("gives each class its share where images of one class lie together", () => {
    const pets = sorted([20, 20, 20]);
    expect(countsIn(splitDataset(pets, 0.1).heldOut)).toEqual([2, 2, 2]);
    expect(splitDataset(pets, 6)).toEqual(splitStratified(pets, 6));
    expect(countsIn(splitDataset(pets, 6, "order").heldOut)).toEqual([0, 0, 6]);
    // Three files of sorted images, one after the other.
    const thrice = createDataset({
      ...pets,
      labels: Uint8Array.from({ length: 60 }, (_, i) => Math.floor((i % 20) / 7)),
    });
    expect(countsIn(splitDataset(thrice, 3).heldOut)).toEqual([1, 1, 1]);
  });

  it("holds the last ones out where they are mixed", () => {
    expect([...splitDataset(data, 3).heldOut.images]).toEqual([997, 998, 999]);
  });

  it.each<[string, number[], boolean]>([
    ["sorted", [0, 0, 0, 0, 1, 1, 1, 1], true],
    ["in turns", [0, 1, 0, 1, 0, 1, 0, 1], false],
    ["mixed", [0, 0, 1, 0, 1, 1, 0, 1], false],
    ["of one class", [0, 0, 0, 0], false],
    ["a single one", [1], false],
  ])("finds images %s: %j", (_, some, together) => {
    expect(lieTogether({ labels: Uint8Array.from(some), classes: 2 })).toBe(together);
  });
});
