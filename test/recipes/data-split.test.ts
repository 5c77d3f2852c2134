import { describe, expect, it } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import { type DataSplit, readRange, readTestRange } from "../../src/recipes/data-split.ts";
import { batchOf, splitData } from "../../src/recipes/split-data.ts";

/** Images of one pixel, which tells where they come from. */
function numbered(name: string, count: number, first: number): Dataset {
  const images = Uint8Array.from({ length: count }, (_, i) => first + i);
  return createDataset({ name, shape: [1, 1, 1], images, labels: new Uint8Array(count), classes: 2 });
}

const data = { train: numbered("train", 20, 0), test: numbered("test", 8, 100) };

function parts(split: DataSplit) {
  const { train, validation, test, used } = splitData(data, split);
  return [train, validation, test, used].map((part) => part && [...part.images].join(" "));
}

const list = (begin: number, end: number) => Array.from({ length: end - begin }, (_, i) => begin + i).join(" ");

describe("a data split", () => {
  it.each<[DataSplit, (string | undefined)[]]>([
    [{}, [list(0, 20), undefined, list(100, 108), list(0, 20)]],
    [{ train: [2, 5] }, [list(2, 5), undefined, list(100, 108), list(2, 5)]],
    [{ train: [0, 10], validation: 3 }, [list(0, 7), list(7, 10), list(100, 108), list(0, 10)]],
    [{ validation: 0.25 }, [list(0, 15), list(15, 20), list(100, 108), list(0, 20)]],
    [{ train: [0, 5], test: { of: "train", range: [5, 9] } }, [list(0, 5), undefined, list(5, 9), list(0, 5)]],
    [
      { test: { of: "test", range: [2, 4] }, validation: "test" },
      [list(0, 20), list(102, 104), list(102, 104), list(0, 20)],
    ],
    // What lies beyond the last image does not count.
    [{ train: [15, 1000] }, [list(15, 20), undefined, list(100, 108), list(15, 20)]],
  ])("%j", (split, wanted) => {
    expect(parts(split)).toEqual(wanted);
  });

  it("draws per class where asked, or where images of a class lie together", () => {
    const labels = Uint8Array.from({ length: 20 }, (_, i) => Math.floor(i / 10));
    const sorted = { train: createDataset({ ...data.train, labels }), test: undefined };
    const mixed = { train: createDataset({ ...data.train, labels: labels.map((_, i) => i % 2) }), test: undefined };
    const counts = ({ labels: some = [] }: { readonly labels?: ArrayLike<number> | undefined }) =>
      [0, 1].map((label) => Array.from(some).filter((each) => each === label).length);
    for (const [parts, split] of [
      [sorted, { limit: 10, validation: 4 }],
      [mixed, { limit: 10, validation: 0.4, draw: "classes" }],
    ] satisfies [typeof sorted, DataSplit][]) {
      const { used, train, validation } = splitData(parts, split);
      expect([used, train, validation].map((part) => part && counts(part))).toEqual([
        [5, 5],
        [3, 3],
        [2, 2],
      ]);
      expect(splitData(parts, split)).toEqual(splitData(parts, split));
      expect(splitData(parts, { ...split, seed: 1 }).used.images).not.toEqual(used.images);
    }
    expect([...splitData(mixed, { limit: 3, validation: 1 }).train.images]).toEqual([0, 1]);
    expect([...(splitData(sorted, { limit: 3, validation: 1, draw: "order" }).validation?.images ?? [])]).toEqual([2]);
  });

  it.each<[DataSplit, string]>([
    [{ train: [20, 30] }, "data split: train: expected images within the 20 of train, got 20 to 29"],
    [{ test: { of: "test", range: [8, 9] } }, "data split: test: expected images within the 8 of test, got 8 to 8"],
    [
      { train: [0, 3], validation: 3 },
      'splitDataset "train": expected a fraction below 1 or a number from 1 to 2, got 3',
    ],
  ])("%j is refused", (split, message) => {
    expect(() => splitData(data, split)).toThrow(message);
  });

  it("needs images to test on where it speaks of them", () => {
    const bare = { train: data.train, test: undefined };
    expect(splitData(bare).test).toBeUndefined();
    expect(splitData(bare, { test: { of: "train", range: [0, 2] } }).test?.length).toBe(2);
    expect(() => splitData(bare, { validation: "test" })).toThrow(TypeError);
    expect(() => splitData(bare, { test: { of: "test", range: [0, 2] } })).toThrow(TypeError);
  });

  it("is checked where it comes from a file", () => {
    expect(readRange("x", [0, 5])).toEqual([0, 5]);
    expect(readTestRange("x", { of: "train", range: [1, 2] })).toEqual({ of: "train", range: [1, 2] });
    for (const wrong of [[5, 5], [-1, 2], [0.5, 2], [1], "0:5", null]) {
      expect(() => readRange("x", wrong)).toThrow(/^x: expected /);
    }
    expect(() => readTestRange("x", { of: "all", range: [1, 2] })).toThrow(RangeError);
  });

  it("gives full batches for all", () => {
    expect([batchOf("all", 50), batchOf(32, 50), batchOf(64, 50)]).toEqual([50, 32, 50]);
  });
});
