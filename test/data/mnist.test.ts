import { describe, expect, it } from "vitest";
import { encodeIdx } from "../../src/data/idx.ts";
import { findIdxNames, MNIST_FILES, readIdxTrainTest } from "../../src/data/mnist.ts";

describe("findIdxNames", () => {
  const names = {
    images: "train-images-idx3-ubyte.gz",
    labels: "train-labels-idx1-ubyte.gz",
  };

  it("finds MNIST's names, packed or not, with a dash or a dot", () => {
    const test = { images: "t10k-images.idx3-ubyte", labels: "t10k-labels-idx1-ubyte" };
    const all = ["README.md", ...Object.values(names), ...Object.values(test), "train-images-idx3-ubyte.gz.part"];
    expect(findIdxNames(all)).toEqual({ train: names, test, lone: [], sets: [] });
    expect(findIdxNames(MNIST_FILES.map((file) => file.name)).train?.images).toBe("train-images-idx3-ubyte");
  });

  it("takes the plain file where both are there", () => {
    expect(findIdxNames([...Object.values(names), "train-images-idx3-ubyte"]).train).toEqual({
      images: "train-images-idx3-ubyte",
      labels: names.labels,
    });
  });

  it("leaves out what is not whole", () => {
    const lone = [names.images, "t10k-labels-idx1-ubyte"];
    expect(findIdxNames(lone)).toEqual({ train: undefined, test: undefined, lone, sets: [] });
    expect(findIdxNames([])).toEqual({ train: undefined, test: undefined, lone: [], sets: [] });
  });

  it("takes whatever stands before the names, as EMNIST has it, and folders of the same name, as Kaggle has them", () => {
    for (const prefix of ["emnist-letters-", "my.", "QMNIST_"]) {
      const all = ["train-images", "train-labels", "test-images", "test-labels"].map(
        (name, i) => `${prefix}${name}-idx${i % 2 ? 1 : 3}-ubyte`,
      );
      const [images, labels, testImages, testLabels] = all;
      expect(findIdxNames(all)).toMatchObject({
        train: { images, labels },
        test: { images: testImages, labels: testLabels },
      });
    }
    const nested = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"].map((name) => `${name}/${name}`);
    expect(findIdxNames(nested).train).toEqual({ images: nested[0], labels: nested[1] });
  });

  it("takes none of several data sets, but that without a prefix", () => {
    const named = (prefix: string) => [`${prefix}train-images-idx3-ubyte.gz`, `${prefix}train-labels-idx1-ubyte.gz`];
    const several = [...named("emnist-digits-"), ...named("emnist-letters-")];
    expect(findIdxNames(several)).toMatchObject({ train: undefined, sets: ["emnist-digits", "emnist-letters"] });
    expect(findIdxNames([...several, ...named("")]).train?.images).toBe("train-images-idx3-ubyte.gz");
  });
});

describe("readIdxTrainTest", () => {
  function files(part: string, labels: number[], width = 2) {
    const count = labels.length;
    return {
      images: { name: `${part}-images`, bytes: encodeIdx([count, 2, width], new Uint8Array(count * 2 * width)) },
      labels: { name: `${part}-labels`, bytes: encodeIdx([count], Uint8Array.from(labels)) },
    };
  }

  it("gives both parts the classes of the first", async () => {
    const { train, test } = await readIdxTrainTest(files("train", [0, 6]), files("t10k", [1, 5, 2]));
    expect([train.name, train.length, train.classes]).toEqual(["train", 2, 7]);
    expect([test?.name, test?.length, test?.classes]).toEqual(["test", 3, 7]);
    expect((await readIdxTrainTest(files("train", [0]), undefined)).test).toBeUndefined();
  });

  it("refuses a test label that is none of the classes, and a stray label", async () => {
    await expect(readIdxTrainTest(files("train", [0, 4]), files("t10k", [1, 5]))).rejects.toThrow(
      /expected labels from 0 to 4, got 5 at index 1/,
    );
    const stray = [...Array.from({ length: 130 }, (_, i) => i % 10), 12];
    await expect(readIdxTrainTest(files("train", stray), undefined)).rejects.toThrow(
      new RangeError('readIdx "train-labels": expected labels without gaps, got 12 but no image of class 10'),
    );
    // EMNIST's letters begin with class 1.
    const letters = Array.from({ length: 260 }, (_, i) => 1 + (i % 26));
    expect((await readIdxTrainTest(files("train", letters), undefined)).train.classes).toBe(27);
  });

  it("refuses test images of another shape", async () => {
    await expect(readIdxTrainTest(files("train", [0, 4]), files("t10k", [1], 3))).rejects.toThrow(
      new RangeError('readIdx "t10k-images": expected images of shape [2, 2, 1] as in training, got [2, 3, 1]'),
    );
  });
});
