import { describe, expect, it } from "vitest";
import {
  adamw,
  batchNormalization,
  conv2d,
  createDataset,
  createModel,
  dense,
  featuresOf,
  fineTune,
  fitHead,
  flatten,
  globalAveragePooling2d,
  maxPooling2d,
  type OptimizerOption,
  relu,
  residual,
  sgd,
  transferModel,
} from "../../src/index.ts";
import { blocksOf, tunedLayers } from "../../src/model/blocks.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";

const random = RandomStream.from(1, "pictures");
const labels = Uint8Array.from({ length: 24 }, (_, i) => i % 2);
const images = Uint8Array.from(
  { length: 24 * 64 },
  (_, i) => random.integer(i, 120) + 100 * labels[Math.floor(i / 64)],
);
const data = createDataset({ shape: [8, 8, 1], images, labels, classNames: ["dark", "light"] });

function chain() {
  const layers = [
    conv2d({ filters: 3, kernelSize: 3, activation: "relu", name: "first" }),
    conv2d({ filters: 4, kernelSize: 3, name: "second" }),
    flatten(),
    dense({ units: 2, name: "third" }),
  ];
  return createModel({ input: { shape: [8, 8, 1], scale: 1 / 255 }, layers, seed: 5 });
}

/** The change of each weight by one step on all images. */
async function changesBy(optimizer: OptimizerOption) {
  const model = chain();
  await model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: 24, engine: "simd", threads: 1 });
  const names = [...model.weights().keys()];
  const before = names.map((name) => model.getWeight(name));
  await model.fit(data, { epochs: 1 });
  return new Map(names.map((name, i) => [name, model.getWeight(name).map((value, j) => value - before[i][j])]));
}

const decay = (layerDecay?: number) => (layerDecay === undefined ? {} : { layerDecay });

describe("layerDecay", () => {
  it.each([
    ["sgd", (layerDecay?: number) => sgd({ learningRate: 0.1, ...decay(layerDecay) })],
    ["momentum, cut gradients", (layerDecay?: number) => sgd({ momentum: 0.9, clipNorm: 0.01, ...decay(layerDecay) })],
    ["adamw", (layerDecay?: number) => adamw({ learningRate: 0.01, epsilon: 1e-5, ...decay(layerDecay) })],
  ])("lets each layer learn so much slower than the one after it: %s", async (_, optimizer) => {
    const [even, decayed] = [await changesBy(optimizer()), await changesBy(optimizer(0.5))];
    for (const [layer, factor] of Object.entries({ first: 0.25, second: 0.5, third: 1 })) {
      for (const name of [`${layer}/kernel`, `${layer}/bias`]) {
        const [whole, part] = [even.get(name) ?? [], decayed.get(name) ?? []];
        const most = Math.max(...whole.map(Math.abs));
        expect(most).toBeGreaterThan(1e-6);
        // The weights themselves are rounded to float32.
        for (const [i, change] of whole.entries()) expect(Math.abs(part[i] - factor * change)).toBeLessThan(1e-6);
      }
    }
  });

  it("goes into model files and back", async () => {
    expect(sgd({ layerDecay: 0.9 }).config).toEqual({ type: "sgd", layerDecay: 0.9 });
    expect(() => sgd({ layerDecay: -0.1 })).toThrow("layerDecay");
    expect(() => sgd({ layerDecay: 1 })).toThrow("layerDecay");
  });
});

describe("blocks", () => {
  const blocksIn = (name: string) => {
    const network = findNetwork(name);
    if (network === undefined) throw new Error(name);
    return blocksOf(recipeArchitecture(network, { classes: 10 }).graph).length;
  };

  it("are the residual blocks and bottlenecks of known networks, and what comes before and after them", () => {
    // ResNet-18: stem, 8 blocks, last layer. EfficientNet-Lite0: 16 blocks, the first with the stem, last convolution, last layer.
    expect([blocksIn("resnet18"), blocksIn("efficientnetLite0"), blocksIn("mobilenetV2")]).toEqual([10, 18, 19]);
    // SqueezeNet: stem, 8 fire modules, and the convolution that gives the classes. MobileNetV3-Small: 11 blocks, a convolution, two dense layers.
    expect([blocksIn("squeezenet"), blocksIn("mobilenetV3Small")]).toEqual([10, 14]);
  });

  it("end at poolings in plain chains", () => {
    const layers = [
      conv2d({ filters: 2, kernelSize: 3, padding: "same", activation: "relu" }),
      conv2d({ filters: 2, kernelSize: 3, padding: "same", activation: "relu" }),
      maxPooling2d(),
      residual([conv2d({ filters: 2, kernelSize: 3, padding: "same" }), batchNormalization()]),
      relu(),
      globalAveragePooling2d(),
      dense({ units: 2 }),
    ];
    const { graph } = createModel({ input: { shape: [8, 8, 1] }, layers }).architecture;
    expect(tunedLayers(graph, 1, "who")).toEqual({
      trained: ["residual/conv2d", "dense"],
      frozen: ["conv2d", "conv2d_1", "residual/batchNormalization"],
      blocks: 1,
    });
    expect(tunedLayers(graph, undefined, "who").frozen).toEqual(["residual/batchNormalization"]);
    expect(() => tunedLayers(graph, 3, "who")).toThrow("who: expected at most 2, the blocks of the backbone, got 3");
  });
});

describe("fineTune", () => {
  it("trains the last blocks and the head, and ends with the best weights", async () => {
    const backbone = createModel({
      input: { shape: [8, 8, 1], scale: 1 / 255 },
      layers: [
        conv2d({ filters: 4, kernelSize: 3, activation: "relu", name: "low" }),
        maxPooling2d(),
        conv2d({ filters: 6, kernelSize: 3, name: "high" }),
        batchNormalization({ name: "norm" }),
        relu(),
        globalAveragePooling2d(),
        dense({ units: 5 }),
      ],
      seed: 2,
    });
    await backbone.compile({ threads: 1 });
    const model = await transferModel(backbone, { classes: ["dark", "light"], threads: 1 });
    await fitHead(model, await featuresOf(model, data), { epochs: 2 });
    const before = new Map([...model.weights().keys()].map((name) => [name, model.getWeight(name)]));
    const { epochs } = await fineTune(model, data, { blocks: 1, epochs: 3, validation: data, threads: 1 });
    const changed = [...before].filter(([name, values]) =>
      model.getWeight(name).some((value, i) => value !== values[i]),
    );
    expect(changed.map(([name]) => name).sort()).toEqual(["head/bias", "head/kernel", "high/bias", "high/kernel"]);
    const least = Math.min(...epochs.map(({ valLoss }) => valLoss ?? Number.NaN));
    expect((await model.evaluate(data)).loss).toBeCloseTo(least, 5);
    await expect(fineTune(model, data, { blocks: 9 })).rejects.toThrow(
      "fineTune: expected at most 2, the blocks of the backbone, got 9",
    );
    // @ts-expect-error: there is no such option.
    await expect(fineTune(model, data, { block: 1 })).rejects.toThrow("block");
  });
});
