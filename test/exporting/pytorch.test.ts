// The state dict that is written for PyTorch, read again by our own reader. bench/export/check.py has PyTorch run the module.

import { describe, expect, it } from "vitest";
import type { ExportedFile } from "../../src/exporting/export-contract.ts";
import { exportModel } from "../../src/exporting/export-model.ts";
import type { ExportOptions } from "../../src/exporting/export-options.ts";
import { WRITERS } from "../../src/exporting/pytorch/layers.ts";
import { LAYER_TYPES } from "../../src/graph/layer-types.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, expectSameOutputs, FLATTENED_CASES, trainedNetwork } from "./models.ts";

const CASES = [...LAYER_CASES.filter(({ name }) => !name.startsWith("first layer")), ...FLATTENED_CASES];

/** Cases whose state dict has other tensors than the layer. */
const NOT_READ: readonly string[] = [
  "conv2d by Winograd, padding of each side, untied bias",
  "conv2d untied bias",
  "depthwiseConv2d relu, untied bias",
  "normalisation of samples without gamma or beta",
];

const files = (model: Model, options: Omit<ExportOptions, "format"> = {}): Promise<readonly ExportedFile[]> =>
  exportModel(model, { ...options, format: "pytorch" });

/** The state dict in the same network. */
async function readAgain(model: Model, options: Omit<ExportOptions, "format"> = {}): Promise<Model> {
  const [, { bytes }] = await files(model, options);
  const network = model.architecture;
  const { loss } = model.network;
  const facts = loss === undefined ? {} : { loss };
  return (await importModel(bytes, { network, engine: "js", batchSize: 4, ...facts })).model;
}

it("PyTorch has all layers; blocks are several", () => {
  expect([...WRITERS.keys(), "residual"].sort()).toEqual(Object.keys(LAYER_TYPES).sort());
});

describe("a state dict of PyTorch comes back", () => {
  it.each(CASES.map((each) => [each.name, each] as const))("%s", async (name, each) => {
    using model = await caseModel(each);
    if (model.weights().size === 0) return;
    if (NOT_READ.includes(name)) {
      await expect(readAgain(model)).rejects.toThrow("expected");
      return;
    }
    using again = await readAgain(model);
    for (const key of model.weights().keys()) expect(again.getWeight(key), key).toEqual(model.getWeight(key));
  });

  it("as a network of blocks, in half precision", async () => {
    const recipe = findNetwork("mobilenetV3Small");
    if (recipe === undefined) throw new Error("expected a network");
    using model = await trainedNetwork(recipe, 1);
    using again = await readAgain(model, { half: true });
    await expectSameOutputs(model, again, 0.02);
  });
});

describe("the source of PyTorch's module", () => {
  const source = async (model: Model, options: Omit<ExportOptions, "format"> = {}) =>
    new TextDecoder().decode((await files(model, options))[0].bytes);

  it("is small and readable, and says scaling, shape and class names", async () => {
    using model = createModel({
      input: { shape: [6, 5, 3], mean: [100, 120, 140], deviation: 50 },
      layers: [
        conv2d({ filters: 4, kernelSize: 3, padding: "same", strides: 2, activation: "relu", name: "import" }),
        flatten(),
        dense({ units: 2, name: "block.0" }),
      ],
    });
    model.classNames = ['a "cat"', "b\n"];
    await model.compile({ loss: "softmaxCrossEntropy", engine: "js" });
    const own = await source(model, { name: "pets" });
    expect(own).toContain(
      "Images are float32 [n, 3, 6, 5]: channels first. Pixels come as they are: the network scales them.",
    );
    expect(own).toContain("INPUT_SHAPE = (3, 6, 5)\nSCALE = [0.02, 0.02, 0.02]\nOFFSET = [-2.0, -2.4, -2.8]\n");
    expect(own).toContain('OUTPUTS = ["block.0"]\nCLASS_NAMES = ["a \\"cat\\"","b\\n"]\n');
    expect(own).toContain('with_name("pets-pytorch.safetensors")');
    expect(own).toContain(`
        self.layer_import = nn.Conv2d(3, 4, (3, 3), stride=(2, 2))
        self.block = nn.Module()
        self.block.layer_0 = nn.Linear(36, 2)

    def forward(self, x):
        x = x * self.scale + self.offset
        x = self.layer_import(F.pad(x, (1, 1, 0, 1)))
        x = F.relu(x)
        x = x.flatten(1)
        x = self.block.layer_0(x)
        softmax = F.softmax(x, -1)
        return softmax
`);
    const bare = await source(model, { withoutScaling: true, logits: true });
    expect(bare).toContain("Pixels are to be scaled before: times SCALE plus OFFSET");
    expect(bare).not.toMatch(/self\.scale|softmax/);
  });

  it("refuses weights of 8 bits, with what to do", async () => {
    using model = createModel({ input: [2, 2, 1], layers: [flatten(), dense({ units: 2 })] });
    await model.compile({ engine: "js" });
    await expect(files(model, { int8: true })).rejects.toThrow(
      "half makes its files half as large, or format onnx has it",
    );
  });
});
