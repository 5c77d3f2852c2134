import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { ListOptions } from "../../src/model/forms.ts";
import { createModel } from "../../src/training/create-model.ts";
import { adam, sgd } from "../../src/training/optimizers.ts";
import {
  barImages,
  CLASSES,
  compiled,
  created,
  SHAPE,
  stage,
  trainedNames,
  weightBytes,
  withTargets,
} from "../model/networks.ts";

const data = barImages(23);

describe("evaluate", () => {
  it("is what predict gives, counted", async () => {
    const model = await compiled({ batchSize: 5 });
    await model.fit(data, { epochs: 3 });
    const scores = await model.predict(data.images);
    let loss = 0;
    let correct = 0;
    for (let image = 0; image < data.length; image++) {
      const row = Array.from(scores.subarray(image * CLASSES, (image + 1) * CLASSES));
      const label = data.labels?.[image] ?? -1;
      loss -= Math.log(row[label]) / data.length;
      correct += row.indexOf(Math.max(...row)) === label ? 1 : 0;
    }
    const evaluation = await model.evaluate(data);
    expect(evaluation.loss).toBeCloseTo(loss, 5);
    expect(evaluation.accuracy).toBe(correct / data.length);
    expect(evaluation.images).toBe(data.length);
  });

  it("hands out every batch of predictions", async () => {
    const model = await compiled({ batchSize: 5 });
    const scores: number[] = [];
    const counts: [number, number][] = [];
    await model.evaluate(data, {
      onBatch(batch) {
        counts.push([batch.begin, batch.count]);
        scores.push(...batch.scores);
      },
    });
    expect(counts).toEqual([
      [0, 5],
      [5, 5],
      [10, 5],
      [15, 5],
      [20, 3],
    ]);
    expect(Float32Array.from(scores)).toEqual(await model.predict(data.images));
  });

  it("leaves weights, statistics and moments alone", async () => {
    const model = await compiled({ batchSize: 5, optimizer: "adam" });
    await model.fit(data);
    const regions = model.network.regions.filter(({ kind }) => kind === "parameters" || kind === "optimizer");
    const copy = () => regions.map(({ offset, size }) => Array.from(model.network.view(offset, size)));
    const before = copy();
    await model.evaluate(data);
    await model.predict(data.images);
    expect(copy()).toEqual(before);
  });

  it("ends when its signal says so", async () => {
    const model = await compiled({ batchSize: 5 });
    const controller = new AbortController();
    const batches: number[] = [];
    const onBatch = ({ begin }: { begin: number }) => {
      batches.push(begin);
      controller.abort();
    };
    await expect(model.evaluate(data, { onBatch, signal: controller.signal })).rejects.toThrow(/abort/i);
    expect(batches).toEqual([0]);
  });

  it("has no accuracy where the loss knows no classes", async () => {
    const model = await compiled({ batchSize: 5, loss: "meanSquaredError" });
    const { loss, accuracy } = await model.evaluate(withTargets(data, CLASSES));
    expect(loss).toBeGreaterThan(0);
    expect(accuracy).toBeNaN();
  });
});

describe("predict", () => {
  it.each(["simd", "js"] as const)("takes bytes and floats alike on %s", async (engine) => {
    const model = await compiled({ engine, batchSize: 5 });
    expect(await model.predict(Float32Array.from(data.images))).toEqual(await model.predict(data.images));
  });

  it("scales as the input says", async () => {
    const layers = [flatten(), dense({ name: "d", units: 1, useBias: false })];
    const image = Uint8Array.of(10, 200, 30, 40);
    const predict = async (input: ListOptions["input"], pixels: Uint8Array | Float32Array) => {
      const model = createModel({ input, layers });
      await model.compile({ engine: "js", precision: "float64" });
      model.setWeight("d/kernel", [1, 10, 100, 1000]);
      return (await model.predict(pixels))[0];
    };
    const scaled = (a: number, b: number, a2 = a, b2 = b) =>
      10 * a + b + 10 * (200 * a2 + b2) + 100 * (30 * a + b) + 1000 * (40 * a2 + b2);
    expect(await predict([2, 1, 2], image)).toBeCloseTo(scaled(1, 0), 2);
    expect(await predict({ shape: [2, 1, 2], scale: 0.5, offset: -3 }, image)).toBeCloseTo(scaled(0.5, -3), 2);
    const perChannel = { shape: [2, 1, 2], mean: [8, 20], deviation: [2, 4] } as const;
    expect(await predict(perChannel, image)).toBeCloseTo(scaled(0.5, -4, 0.25, -5), 2);
    expect(await predict(perChannel, Float32Array.from(image))).toBeCloseTo(scaled(0.5, -4, 0.25, -5), 2);
  });

  it("wants whole images", async () => {
    const model = await compiled({});
    const expected = (got: number) => `predict: expected whole images of 126 values, got ${got} values`;
    await expect(model.predict(new Uint8Array(125))).rejects.toThrow(new RangeError(expected(125)));
    await expect(model.predict(new Float32Array(0))).rejects.toThrow(new RangeError(expected(0)));
    const list: Uint8Array = JSON.parse("[1, 2]");
    await expect(model.predict(list)).rejects.toThrow(
      new TypeError("predict: expected images as a Uint8Array, Uint8ClampedArray or Float32Array, got Array"),
    );
  });
});

describe("compile", () => {
  it("again keeps the weights, not the optimizer's state", async () => {
    const model = await compiled({ batchSize: 5, optimizer: "adam" });
    await model.fit(data);
    const before = weightBytes(model);
    await model.compile({ engine: "js", batchSize: 9, optimizer: "sgd", loss: "softmaxCrossEntropy" });
    expect(weightBytes(model)).toEqual(before);
    await model.compile({ engine: "simd", batchSize: 5, optimizer: "adam", loss: "softmaxCrossEntropy" });
    expect(weightBytes(model)).toEqual(before);
    const moments = model.network.regions.filter(({ kind }) => kind === "optimizer");
    expect(moments).toHaveLength(2);
    for (const { offset, size } of moments) {
      expect(Array.from(model.network.view(offset, size)).every((value) => value === 0)).toBe(true);
    }
  });

  it("wants a loss with an optimizer, and known names", async () => {
    const model = created();
    await expect(model.compile({ optimizer: "adam" })).rejects.toThrow(
      new TypeError("compile: expected a loss with the optimizer, got none"),
    );
    const options = { loss: "softmaxCrossEntropy" } as const;
    // Plain JavaScript may pass anything.
    await expect(model.compile({ ...options, ...JSON.parse('{ "optimizer": "lion" }') })).rejects.toThrow(
      'optimizer: expected one of sgd, rmsprop, adam, adamw, got "lion"',
    );
    await expect(model.compile(JSON.parse('{ "loss": "hinge" }'))).rejects.toThrow(/^loss: expected one of /);
    await expect(model.compile(JSON.parse('{ "engine": "gpu" }'))).rejects.toThrow(
      /^compile: expected engine to be one of auto, js, simd, relaxed, wide, got "gpu"$/,
    );
    await expect(model.compile({ engine: "simd", precision: "float64" })).rejects.toThrow(
      new RangeError("engine: expected the js engine for float64, got simd"),
    );
  });

  it("comes before everything else, and after dispose again", async () => {
    const model = created();
    const missing = new TypeError("model: expected compile() to be called first, got no call");
    const expectMissing = async () => {
      await expect(model.fit(data)).rejects.toThrow(missing);
      await expect(model.evaluate(data)).rejects.toThrow(missing);
      await expect(model.predict(data.images)).rejects.toThrow(missing);
      expect(() => model.fitEvents(data)).toThrow(missing);
      expect(() => model.save()).toThrow(missing);
      expect(() => model.getWeight("out/bias")).toThrow(missing);
      expect(() => model.setWeight("out/bias", [1, 2, 3])).toThrow(missing);
    };
    await expectMissing();
    await model.compile({ engine: "js", loss: "softmaxCrossEntropy" });
    const fresh = weightBytes(model);
    model.setWeight("out/bias", [1, 2, 3]);
    model.dispose();
    await expectMissing();
    expect(model.summary()).not.toMatch(/Memory/);
    await model.compile({ engine: "js", loss: "softmaxCrossEntropy" });
    expect(weightBytes(model)).toEqual(fresh);
  });
});

describe("weights by name", () => {
  it("have the shapes that the layers give them", async () => {
    const model = created();
    expect(Object.fromEntries(model.weights())).toEqual({
      "first/kernel": [3, 3, 2, 5],
      "first/bias": [5],
      "second/kernel": [3, 3, 5, 6],
      "norm/gamma": [6],
      "norm/beta": [6],
      "norm/movingMean": [6],
      "norm/movingVariance": [6],
      "block/conv2d/kernel": [3, 3, 2, 6],
      "block/conv2d/bias": [6],
      "block/batchNormalization/gamma": [6],
      "block/batchNormalization/beta": [6],
      "block/batchNormalization/movingMean": [6],
      "block/batchNormalization/movingVariance": [6],
      "depthwise/kernel": [3, 2, 1, 6],
      "depthwise/bias": [3, 3, 6],
      "down/conv2d/kernel": [2, 2, 6, 4],
      "down/conv2d/bias": [4],
      "down/shortcut/conv2d/kernel": [1, 1, 6, 4],
      "down/shortcut/conv2d/bias": [4],
      "hidden/kernel": [16, 9],
      "hidden/bias": [9],
      "out/kernel": [9, 3],
      "out/bias": [3],
    });
    await model.compile({ engine: "js", optimizer: "sgd", loss: "softmaxCrossEntropy" });
    expect(trainedNames(model).sort()).toEqual(
      [...model.weights().keys()].filter((name) => !name.includes("moving")).sort(),
    );
  });

  it("are read as copies, and what is set is used", async () => {
    const model = await compiled({ batchSize: 4 });
    const bias = model.getWeight("out/bias");
    const before = await model.predict(data.images);
    bias[1] = 50;
    expect(model.getWeight("out/bias")).toEqual(new Float32Array(3));
    model.setWeight("out/bias", bias);
    expect(model.getWeight("out/bias")).toEqual(bias);
    const after = await model.predict(data.images);
    expect(after).not.toEqual(before);
    expect(after[1]).toBeCloseTo(1, 5);
    // A kernel is packed before it is used.
    model.setWeight("out/kernel", new Float32Array(27));
    model.setWeight("out/bias", new Float32Array(3));
    expect((await model.predict(data.images))[0]).toBeCloseTo(1 / 3, 6);
  });

  it("have to be there, and of the right number", async () => {
    const model = await compiled({});
    expect(() => model.getWeight("out/beta")).toThrow(/^weights: expected one of first\/kernel, .*, got "out\/beta"$/);
    expect(() => model.setWeight("out/bias", [1, 2])).toThrow(
      new RangeError('weights: expected 3 values for "out/bias", got 2'),
    );
  });
});

describe("data that does not fit the model", () => {
  const shaped = (shape: readonly [number, number, number], classes: number) =>
    createDataset({
      name: "other",
      shape,
      images: new Uint8Array(shape[0] * shape[1] * shape[2]),
      labels: Uint8Array.of(0),
      classes,
    });

  it("is refused by evaluate and fit, and as validation data", async () => {
    const model = await compiled({ optimizer: sgd() });
    const wrong = shaped([7, 9, 2], CLASSES);
    const shape = "expected images of shape [9,7,2], got [7,9,2] in other";
    await expect(model.evaluate(wrong)).rejects.toThrow(new RangeError(`evaluate: ${shape}`));
    await expect(model.fit(wrong)).rejects.toThrow(new RangeError(`fit: ${shape}`));
    await expect(model.fit(data, { validation: wrong })).rejects.toThrow(new RangeError(`fit: validation: ${shape}`));
    await expect(model.fit(shaped(SHAPE, CLASSES + 1))).rejects.toThrow(
      new RangeError("fit: expected at most 3 classes, the model's outputs, got 4"),
    );
    await expect(model.fit(withTargets(data, CLASSES))).rejects.toThrow(
      new TypeError(
        "fit: expected class labels, or targets from 0 on that are 1 together, for the loss softmaxCrossEntropy, got [0.921, 0.802, 0.199] of image 0 in targets",
      ),
    );
    // Fewer classes than outputs are fine.
    await expect(model.evaluate(shaped(SHAPE, 2))).resolves.toHaveProperty("images", 1);
  });

  it("is refused by losses of values", async () => {
    const model = await compiled({ optimizer: adam(), loss: "sigmoidBinaryCrossEntropy" });
    await expect(model.fit(data)).rejects.toThrow(
      new TypeError("fit: expected targets for the loss sigmoidBinaryCrossEntropy, got class labels in bars"),
    );
    await expect(model.fit(withTargets(data, 2))).rejects.toThrow(
      new RangeError("fit: expected 3 targets per image, the model's outputs, got 2"),
    );
  });
});

describe("a model's seed", () => {
  it.each([-1, 0.5, Number.NaN, 2 ** 53])("may not be %d", (seed) => {
    expect(() => created(undefined, seed)).toThrow(/^createModel: expected seed to be a whole number at least 0/);
  });
});

describe("a loss over part of the memory", () => {
  it("is that of the staged images alone", async () => {
    const model = await compiled({ batchSize: 8 });
    stage(model, data, 8);
    model.network.evaluate(8, "inference", true);
    const eight = Array.from(model.network.results(8).losses);
    stage(model, data, 3);
    model.network.evaluate(3, "inference", true);
    expect(Array.from(model.network.results(3).losses)).toEqual(eight.slice(0, 3));
  });
});
