import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { splitStratified } from "../../src/data/split.ts";

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
    const targets = createDataset({ shape: [1, 1, 1], images: images.subarray(0, 4), targets: new Float32Array(4) });
    expect(() => splitStratified(targets, 0.5)).toThrow(/expected images with class labels, got targets/);
  });
});
