import { describe, expect, it } from "vitest";
import { trainArguments, trainOptions } from "../../src/cli/trial/train-settings.ts";
import { splitFold } from "../../src/data/folds.ts";

describe("settings of a trial", () => {
  it.each([
    [{ lr: 0.1, batchSize: 64 }, ["--lr=0.1", "--batch-size=64"]],
    [
      { augment: true, averaging: false, restoreBestWeights: false },
      ["--augment", "--no-averaging", "--no-restore-best-weights"],
    ],
    [{ augment: { shift: 2, horizontalFlip: true } }, ["--augment=shift=2,horizontalFlip"]],
    [{ optimizer: { type: "adam", beta1: 0.8 } }, ["--optimizer=adam:beta1=0.8"]],
    [{ "optimizer.beta1": 0.8, optimizer: "adam" }, ["--optimizer=adam:beta1=0.8"]],
    [{ "optimizer.beta1": 0.8 }, ["--set=optimizer.beta1=0.8"]],
    [
      { "conv2d_1.filters": 8, "layers.0.kernelSize": [3, 5] },
      ["--set=conv2d_1.filters=8", "--set=layers.0.kernelSize=3/5"],
    ],
    [{ size: [32, 48], trainRange: [0, 100] }, ["--size=32x48", "--train-range=0:100"]],
    [
      { metrics: ["f1", "top3"], freeze: ["conv2d", "dense"] },
      ["--metrics=f1,top3", "--freeze=conv2d", "--freeze=dense"],
    ],
    [{ validation: 0.2, momentum: null }, ["--validation=0.2"]],
  ])("%j are words of train", (settings, words) => {
    expect(trainArguments(settings)).toEqual(words);
  });

  it("are read as train reads them", () => {
    const read = trainOptions({ lr: 0.1, "conv2d.filters": 8, augment: false, metrics: ["f1"], batchSize: "all" });
    expect(read).toMatchObject({
      lr: 0.1,
      set: ["conv2d.filters=8"],
      augment: false,
      metrics: ["f1"],
      batchSize: "all",
    });
  });

  it.each([
    [{ out: "x" }, "train: expected settings of a training, got out"],
    [{ seed: 3 }, "got seed; the search has --seed and --seeds"],
    [
      { batchSize: "many" },
      'train: batchSize: expected what --batch-size takes, got "many"; Expected all or a whole number',
    ],
    [
      { momentum: 2 },
      "train: momentum: expected what --momentum takes, got 2; Expected a finite number at least 0 and below 1.",
    ],
  ])("%j are refused", (settings, message) => {
    expect(() => trainOptions(settings)).toThrow(message);
  });
});

describe("folds", () => {
  const labels = Uint8Array.from({ length: 53 }, (_, i) => (i % 10 < 6 ? 0 : i % 3));
  const images = Uint8Array.from({ length: 53 }, (_, i) => i);
  const data = {
    name: "data",
    length: 53,
    shape: [1, 1, 1],
    images,
    labels,
    targets: undefined,
    classes: 3,
    classNames: undefined,
  } as const;

  it("hold each image out once, with sizes and classes that differ by one at most, as StratifiedKFold's do", () => {
    const folds = Array.from({ length: 5 }, (_, index) => splitFold(data, { index, of: 5 }));
    const held = folds.map(({ heldOut }) => ("images" in heldOut ? [...heldOut.images] : []));
    expect(held.flat().sort((a, b) => a - b)).toEqual([...images]);
    const sizes = held.map((fold) => fold.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1);
    for (const label of [0, 1, 2]) {
      const counts = held.map((fold) => fold.filter((image) => labels[image] === label).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
    for (const { rest, heldOut } of folds) expect(rest.length + heldOut.length).toBe(53);
  });

  it("are others with another seed, and no more than there are images", () => {
    const first = (seed: number) => splitFold(data, { index: 0, of: 5 }, seed).heldOut.labels;
    expect(first(0)).toEqual(first(0));
    expect(splitFold(data, { index: 0, of: 5 }, 1).heldOut).not.toEqual(
      splitFold(data, { index: 0, of: 5 }, 0).heldOut,
    );
    expect(() => splitFold(data, { index: 0, of: 54 })).toThrow('folds of "data": expected at most 53, got 54');
  });
});
