import { describe, expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { residual } from "../../src/graph/residual.ts";
import { relu } from "../../src/layers/activation.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { createModel } from "../../src/training/create-model.ts";

function describeLayers(layers: Layer[], input: readonly [number, number, number] = [28, 28, 1]) {
  return createModel({ input, layers }).describe();
}

/** The convnet of Keras' MNIST example; its page prints these figures. */
const KERAS = [
  conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
  maxPooling2d({ poolSize: 2 }),
  conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
  maxPooling2d({ poolSize: 2 }),
  flatten(),
  dropout({ rate: 0.5 }),
  dense({ units: 10, activation: "softmax" }),
];

describe("a summary's numbers", () => {
  it("are those that Keras prints for its MNIST convnet", () => {
    const { layers, parameters, trainable } = describeLayers(KERAS);
    expect(layers.map(({ name, output, parameters: count }) => [name, output.join(" x "), count])).toEqual([
      ["conv2d", "26 x 26 x 32", 320],
      ["conv2d/relu", "26 x 26 x 32", 0],
      ["maxPooling2d", "13 x 13 x 32", 0],
      ["conv2d_1", "11 x 11 x 64", 18_496],
      ["conv2d_1/relu", "11 x 11 x 64", 0],
      ["maxPooling2d_1", "5 x 5 x 64", 0],
      ["flatten", "1600", 0],
      ["dropout", "1600", 0],
      ["dense", "10", 16_010],
      ["dense/softmax", "10", 0],
    ]);
    expect([parameters, trainable]).toEqual([34_826, 34_826]);
  });

  it("are those of LeNet-5 and of PyTorch's MNIST example", () => {
    const lenet = [
      conv2d({ filters: 6, kernelSize: 5, padding: 2, activation: "tanh" }),
      averagePooling2d(),
      conv2d({ filters: 16, kernelSize: 5, activation: "tanh" }),
      averagePooling2d(),
      flatten(),
      dense({ units: 120, activation: "tanh" }),
      dense({ units: 84, activation: "tanh" }),
      dense({ units: 10 }),
    ];
    expect(describeLayers(lenet).parameters).toBe(61_706);
    const torch = [
      conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dense({ units: 128, activation: "relu" }),
      dense({ units: 10 }),
    ];
    expect(describeLayers(torch).parameters).toBe(1_199_882);
  });

  it("count statistics as parameters that are not trained, as Keras does", () => {
    const { layers, parameters, trainable } = describeLayers([
      conv2d({ filters: 64, kernelSize: 7, strides: 2, padding: "same", useBias: false }),
      batchNormalization(),
    ]);
    expect(layers.map((layer) => layer.parameters)).toEqual([3136, 256]);
    expect([parameters, trainable]).toEqual([3392, 3264]);
  });

  it("count what is inside a residual, depthwise and untied", () => {
    const { layers, parameters, multiplyAdds } = describeLayers(
      [
        residual([conv2d({ filters: 8, kernelSize: 3, padding: 1 })], {
          shortcut: [conv2d({ filters: 8, kernelSize: 1 })],
        }),
        depthwiseConv2d({ kernelSize: 3, padding: 1, untiedBias: true }),
      ],
      [6, 5, 4],
    );
    // 3 3 4 8 + 8 and 4 8 + 8; 3 3 8 and a bias for each of 6 5 8 outputs.
    expect(layers.map((layer) => layer.parameters)).toEqual([296, 40, 0, 72 + 240]);
    expect(parameters).toBe(648);
    expect(layers.map((layer) => layer.multiplyAdds)).toEqual([30 * 8 * 36, 30 * 8 * 4, 0, 30 * 8 * 9]);
    expect(multiplyAdds).toBe(9600 + 2160);
  });
});

describe("a summary's text", () => {
  it("has a line for each layer and the totals", () => {
    expect(
      createModel({ input: [28, 28, 1], layers: KERAS })
        .summary()
        .split("\n"),
    ).toEqual([
      "Layer           Type          Output shape  Parameters  Multiply-adds",
      "─".repeat(69),
      "input                         [28, 28, 1]            0              0",
      "conv2d          conv2d        [26, 26, 32]         320        194,688",
      "conv2d/relu     relu          [26, 26, 32]           0              0",
      "maxPooling2d    maxPooling2d  [13, 13, 32]           0              0",
      "conv2d_1        conv2d        [11, 11, 64]      18,496      2,230,272",
      "conv2d_1/relu   relu          [11, 11, 64]           0              0",
      "maxPooling2d_1  maxPooling2d  [5, 5, 64]             0              0",
      "flatten         flatten       [1600]                 0              0",
      "dropout         dropout       [1600]                 0              0",
      "dense           dense         [10]              16,010         16,000",
      "dense/softmax   softmax       [10]                   0              0",
      "─".repeat(69),
      "Parameters: 34,826",
      "Forward pass: 2,440,960 multiply-adds per image",
    ]);
  });

  it("has a column of inputs where the network is no chain", () => {
    const layers = readLayers(
      [
        { type: "conv2d", filters: 4, kernelSize: 1, name: "left", activation: "relu" },
        { type: "conv2d", filters: 4, kernelSize: 3, padding: "same", name: "right", inputs: "input" },
        { type: "add", inputs: ["left", "right"] },
        { type: "flatten" },
      ],
      "layers",
    );
    expect(
      createModel({ input: [6, 5, 2], layers })
        .summary()
        .split("\n"),
    ).toEqual([
      "Layer      Type     Output shape  Parameters  Multiply-adds  Inputs",
      "─".repeat(77),
      "input               [6, 5, 2]              0              0",
      "left       conv2d   [6, 5, 4]             12            240  input",
      "left/relu  relu     [6, 5, 4]              0              0  left",
      "right      conv2d   [6, 5, 4]             76          2,160  input",
      "add        add      [6, 5, 4]              0              0  left/relu, right",
      "flatten    flatten  [120]                  0              0  add",
      "─".repeat(77),
      "Parameters: 88",
      "Forward pass: 2,400 multiply-adds per image",
    ]);
  });

  it("has the layers of a residual block one by one, each with what it takes", () => {
    const around = [conv2d({ filters: 3, kernelSize: 1, name: "way" })];
    const layers = [residual([conv2d({ filters: 3, kernelSize: 1 }), relu()], { shortcut: around }), relu()];
    const lines = createModel({ input: [2, 2, 1], layers })
      .summary()
      .split("\n");
    const column = lines[0].indexOf("Inputs");
    expect(lines.slice(3, 8).map((line) => [line.split(" ")[0], line.slice(column)])).toEqual([
      ["residual/conv2d", "input"],
      ["residual/relu", "residual/conv2d"],
      ["residual/shortcut/way", "input"],
      ["residual", "residual/relu, residual/shortcut/way"],
      ["relu", "residual"],
    ]);
  });

  it("tells trained parameters and, once compiled, memory", async () => {
    const model = createModel({ input: [8, 8, 1], layers: [batchNormalization(), flatten(), dense({ units: 2 })] });
    expect(model.summary()).toMatch(/^Parameters: 134, of which 132 are trained$/m);
    expect(model.summary()).not.toMatch(/Memory/);
    await model.compile({ engine: "js", batchSize: 4, optimizer: "adam", loss: "softmaxCrossEntropy" });
    const { memory } = model.describe();
    // Gradients and two moments of what is trained; the moments' padding is theirs.
    expect(memory?.bytes).toMatchObject({ parameters: 134 * 4, gradients: 132 * 4, optimizer: 2 * (128 + 16 * 3) * 4 });
    expect(model.summary()).toMatch(/^Memory: [\d.]+ KiB for batches of up to 4 on the js engine$/m);
    expect(model.summary()).toMatch(/\(parameters 0\.5 KiB, gradients 0\.5 KiB, optimizer 1\.4 KiB, input /);
  });
});
