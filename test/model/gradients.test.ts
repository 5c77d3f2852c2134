import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { softmax } from "../../src/layers/softmax.ts";
import type { Loss } from "../../src/model/contracts.ts";
import { meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "../../src/training/losses.ts";
import type { Model } from "../../src/training/model.ts";
import { expectDifferences } from "./differences.ts";
import { barImages, CLASSES, compiled, EXACT, everyLayer, stage, trainedNames, withTargets } from "./networks.ts";

/** Less than the batch that the networks are planned for. */
const N = 3;
const BATCH = 5;

const classes = barImages(N);
const targets = withTargets(classes, CLASSES);

const beginning = () => [
  conv2d({ filters: 3, kernelSize: 3, strides: 2, activation: "gelu" }),
  flatten(),
  dense({ units: 5, activation: "tanh" }),
];

/** The mean loss of the staged batch in training mode, with the dropout of the last step. */
function meanLoss({ network }: Model): number {
  network.parametersChanged();
  network.evaluate(N, "training", true);
  return Array.from(network.results(N).losses).reduce((sum, loss) => sum + loss, 0) / N;
}

function expectGradients(model: Model, data: Dataset): void {
  const { network } = model;
  stage(model, data);
  network.trainStep(N, 1, 0, false);
  const names = trainedNames(model);
  expect(names.length).toBeGreaterThan(1);
  expectDifferences(model, () => meanLoss(model));
}

describe("the gradients of a whole network are those that central differences of its loss give", () => {
  const cases: { name: string; loss: () => Loss; data: Dataset; layers: Layer[] }[] = [
    { name: "every layer, cross-entropy", loss: softmaxCrossEntropy, data: classes, layers: everyLayer() },
    {
      name: "a last softmax folded into cross-entropy with label smoothing",
      loss: () => softmaxCrossEntropy({ labelSmoothing: 0.25 }),
      data: classes,
      layers: [...beginning(), dense({ units: CLASSES, activation: "softmax" })],
    },
    {
      name: "a softmax before the last layer, not folded",
      loss: softmaxCrossEntropy,
      data: classes,
      layers: [...beginning(), softmax(), dense({ units: CLASSES })],
    },
    {
      name: "a last ReLU fused under cross-entropy",
      loss: softmaxCrossEntropy,
      data: classes,
      layers: [...beginning(), dense({ units: CLASSES, biasInitializer: "ones", activation: "relu" })],
    },
    {
      name: "mean squared error of a softmax, not folded",
      loss: meanSquaredError,
      data: targets,
      layers: [...beginning(), dense({ units: CLASSES, activation: "softmax" })],
    },
    {
      name: "mean squared error of a sigmoid, not folded",
      loss: meanSquaredError,
      data: targets,
      layers: [...beginning(), dense({ units: CLASSES, activation: "sigmoid" })],
    },
    {
      name: "mean squared error of linear outputs",
      loss: meanSquaredError,
      data: targets,
      layers: [...beginning(), dense({ units: CLASSES })],
    },
    {
      name: "a last sigmoid folded into binary cross-entropy",
      loss: sigmoidBinaryCrossEntropy,
      data: targets,
      layers: [...beginning(), dense({ units: CLASSES, activation: "sigmoid" })],
    },
    {
      name: "binary cross-entropy of a tanh",
      loss: sigmoidBinaryCrossEntropy,
      data: targets,
      layers: [...beginning(), dense({ units: CLASSES, activation: "tanh" })],
    },
    {
      name: "mean squared error of an image",
      loss: meanSquaredError,
      data: withTargets(classes, 5 * 4 * 2),
      layers: [
        conv2d({ filters: 3, kernelSize: 1 }),
        conv2d({ filters: 2, kernelSize: 2, strides: 2, padding: "same" }),
      ],
    },
  ];

  it.each(cases)("$name", async ({ loss, data, layers }) => {
    expectGradients(await compiled({ ...EXACT, batchSize: BATCH, layers, loss: loss() }), data);
  });

  it("down to the pixels", async () => {
    // The first layer hands its input on, plus an untied bias: what the bias's gradient is, the input's is.
    const layers = [
      conv2d({ name: "identity", filters: 2, kernelSize: 1, untiedBias: true }),
      conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dense({ units: CLASSES }),
    ];
    const model = await compiled({ ...EXACT, batchSize: 1, layers });
    model.setWeight("identity/kernel", [1, 0, 0, 1]);
    const data = barImages(1);
    stage(model, data);
    const { network } = model;
    network.trainStep(1, 1, 0, false);
    const gradient = Float64Array.from(network.gradient("identity/bias"));
    const scale = model.architecture.input.scale[0];
    const valueAt = (point: Float64Array) => {
      network.stageImages(Float32Array.from(point), 1, 0);
      network.evaluate(1, "training", true);
      return network.results(1).losses[0];
    };
    // Pixels are float32: a step of 1/16 is exact, and its error of second order is told from a wrong gradient.
    const pixels = Float64Array.from(data.images);
    const step = 1 / 16;
    const numeric = pixels.map((_, i) => {
      const at = (shift: number) => valueAt(pixels.map((pixel, j) => (j === i ? pixel + shift : pixel)));
      return (at(step) - at(-step)) / (2 * step);
    });
    const largest = Math.max(...gradient.map(Math.abs)) * scale;
    numeric.forEach((value, i) => {
      expect(Math.abs(value - gradient[i] * scale), `pixel ${i}`).toBeLessThan(1e-3 * largest);
    });
  });
});

describe("a network's predictions", () => {
  const predict = async (last: Layer[], loss: Loss) => {
    const layers = [...beginning(), ...last];
    const model = await compiled({ ...EXACT, batchSize: BATCH, layers, loss });
    stage(model, loss.classes ? classes : targets);
    model.network.evaluate(N, "inference", false);
    return Array.from(model.network.predictions(N));
  };
  const out = (activation: "linear" | "softmax" | "sigmoid") => [dense({ name: "out", units: CLASSES, activation })];

  it("are the same with a last softmax as without, under cross-entropy", async () => {
    const without = await predict(out("linear"), softmaxCrossEntropy());
    expect(await predict(out("softmax"), softmaxCrossEntropy())).toEqual(without);
    for (let image = 0; image < N; image++) {
      const sum = without.slice(image * CLASSES, (image + 1) * CLASSES).reduce((total, share) => total + share, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it("are the same with a last sigmoid as without, under binary cross-entropy", async () => {
    const without = await predict(out("linear"), sigmoidBinaryCrossEntropy());
    expect(await predict(out("sigmoid"), sigmoidBinaryCrossEntropy())).toEqual(without);
    const plain = await predict(out("linear"), meanSquaredError());
    without.forEach((value, i) => {
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-plain[i])), 12);
    });
  });
});
