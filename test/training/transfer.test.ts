import { beforeAll, describe, expect, it } from "vitest";
import {
  backboneModel,
  batchNormalization,
  conv2d,
  createDataset,
  createModel,
  type Dataset,
  dense,
  featuresOf,
  fitHead,
  flatten,
  globalAveragePooling2d,
  type Layer,
  loadModel,
  type Model,
  relu,
  transferModel,
} from "../../src/index.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** Images of 6 x 6 in which one half is lighter: the upper one, or for the second class the lower one. */
function halves(counts: readonly number[], seed: number): Dataset {
  const random = RandomStream.from(seed, "halves");
  const labels = Uint8Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const images = new Uint8Array(labels.length * 36);
  for (let i = 0; i < images.length; i++) {
    const isUpper = i % 36 < 18;
    images[i] = random.integer(i, 80) + (isUpper === (labels[Math.floor(i / 36)] === 0) ? 60 : 0);
  }
  return createDataset({ shape: [6, 6, 1], images, labels, classNames: ["up", "down"] });
}

const [train, test] = [halves([20, 20], 1), halves([10, 10], 2)];
let backbone: Model;

beforeAll(async () => {
  backbone = createModel({
    input: { shape: [6, 6, 1], scale: 1 / 255 },
    layers: [
      conv2d({ filters: 8, kernelSize: [6, 3] }),
      batchNormalization(),
      relu(),
      globalAveragePooling2d(),
      dense({ units: 10, name: "head" }),
    ],
    seed: 3,
  });
  await backbone.compile({ threads: 1 });
  backbone.setWeight("batchNormalization/movingMean", new Float32Array(8).fill(0.01));
  backbone.scaling = { base: 0, factor: 1, fit: "crop" };
});

describe("transferModel, featuresOf and fitHead", () => {
  it("make a model of the whole network that knows the classes", async () => {
    const model = await transferModel(backbone, { classes: ["up", "down"], threads: 1 });
    const done: number[] = [];
    const features = await featuresOf(model, train, { batchSize: 16, onProgress: (n) => done.push(n) });
    expect([features.shape, features.length, features.classNames, done]).toEqual([
      [1, 1, 8],
      40,
      train.classNames,
      [16, 32, 40],
    ]);
    const validation = await featuresOf(backbone, test);
    const { epochs } = await fitHead(model, features, { validation, epochs: 20 });
    expect(epochs.at(-1)?.valAccuracy).toBe(1);
    // What the head learned on standardised features is right for images.
    const { accuracy, loss } = await model.evaluate(test);
    expect(accuracy).toBe(1);
    expect(loss).toBeCloseTo(epochs.at(-1)?.valLoss ?? 0, 5);
    const file = model.save();
    const loaded = await loadModel(file, { threads: 1 });
    expect(await loaded.predict(test.images)).toEqual(await model.predict(test.images));
    expect([loaded.scaling, loaded.classNames]).toEqual([{ base: 0, factor: 1, fit: "crop" }, ["up", "down"]]);
    expect(loaded.getWeight("conv2d/kernel")).toEqual(backbone.getWeight("conv2d/kernel"));
  });

  it("give the features of images that come one by one", async () => {
    const eye = await backboneModel(backbone, { batchSize: 1, threads: 1 });
    const { images } = await featuresOf(backbone, test, { threads: 1 });
    expect(await eye.predict(test.images.subarray(0, 3 * 36))).toEqual(images.subarray(0, 3 * 8));
    await expect(backboneModel(backbone, { at: "pool" })).rejects.toThrow(
      "backboneModel: expected a layer at which to cut",
    );
  });

  it("repeat: the same seed gives the same head, and the backbone's own head plays no part", async () => {
    const heads = [];
    for (const classes of [2, 2]) {
      const model = await transferModel(backbone, { classes, engine: "js" });
      await fitHead(model, await featuresOf(model, train, { engine: "js" }), { epochs: 2, engine: "js" });
      heads.push(model.getWeight("head/kernel"));
    }
    expect(heads[0]).toEqual(heads[1]);
    const ten = await transferModel(backbone, { classes: 10, threads: 1 });
    expect(ten.getWeight("head/kernel")).not.toEqual(backbone.getWeight("head/kernel"));
  });

  it("train the whole with a frozen backbone as with features", async () => {
    const model = await transferModel(backbone, { classes: 2, optimizer: "adam", threads: 1 });
    const before = backbone.getWeight("batchNormalization/movingMean");
    await model.fit(train, { epochs: 1 });
    expect(model.getWeight("batchNormalization/movingMean")).toEqual(before);
    expect(model.getWeight("conv2d/kernel")).toEqual(backbone.getWeight("conv2d/kernel"));
  });

  it("weigh classes of which one is three times rarer, and take images where at names a layer that gives them", async () => {
    const uneven = halves([30, 5], 3);
    const model = await transferModel(backbone, { classes: uneven.classNames ?? 2, at: "conv2d", threads: 1 });
    const features = await featuresOf(model, uneven, { threads: 1 });
    expect(features.shape).toEqual([1, 1, 8]);
    expect((await featuresOf(backbone, uneven, { at: "conv2d" })).shape).toEqual([1, 4, 8]);
    const { epochs } = await fitHead(model, features, { epochs: 1 });
    expect(Object.keys(epochs[0].trainMetrics ?? {})).toEqual(["balancedAccuracy", "f1"]);
  });

  it("take images of another size, where the layers bear it", async () => {
    const trunk = (): Layer[] => [conv2d({ filters: 8, kernelSize: [6, 3] }), relu(), globalAveragePooling2d()];
    const at = async (side: number, layers = trunk()) => {
      const made = createModel({
        input: { shape: [side, side, 1] },
        layers: [...layers, dense({ units: 10 })],
        seed: 4,
      });
      await made.compile({ threads: 1 });
      return made;
    };
    const [small, large] = [await at(6), await at(9)];
    const model = await transferModel(small, { classes: 2, size: [9, 9], threads: 1 });
    expect(model.architecture.input.shape).toEqual([9, 9, 1]);
    const images = RandomStream.from(1, "sizes");
    const pixels = Float32Array.from({ length: 2 * 81 }, (_, i) => images.uniform(i));
    const features = async (one: Model) => (await backboneModel(one, { threads: 1 })).predict(pixels);
    large.setWeight("conv2d/kernel", small.getWeight("conv2d/kernel"));
    expect(await features(model)).toEqual(await features(large));
    const same = await transferModel(small, { classes: 2, size: [6, 6], threads: 1 });
    expect(same.architecture.input.shape).toEqual([6, 6, 1]);

    const refused = (size: [number, number], one: Model) => expect(transferModel(one, { classes: 2, size })).rejects;
    const flat = await at(6, [flatten(), dense({ units: 5 })]);
    await refused([9, 9], flat).toThrow(
      "transferModel: expected images of 6 x 6, as its layers fit no others, got 9 x 9",
    );
    await refused([5, 5], small).toThrow("transferModel: expected images of 6 x 6");
  });

  it("say what is wrong", async () => {
    const model = await transferModel(backbone, { classes: 2, threads: 1 });
    await expect(fitHead(model, train)).rejects.toThrow(
      "fitHead: expected a model whose last layer is dense and takes 36 features, got one that takes 8",
    );
    await expect(featuresOf(model, train, { at: "pool" })).rejects.toThrow("expected a layer at which to cut");
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(featuresOf(model, train, { signal: controller.signal })).rejects.toThrow("enough");
    // @ts-expect-error: classes are needed.
    await expect(transferModel(backbone, {})).rejects.toThrow("classes");
  });
});
