import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { gelu } from "../../src/layers/smooth-activation.ts";
import { createModel } from "../../src/training/create-model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { describeEngines, expectNear, type GoldenStep, readGolden, setWeights, stage } from "./golden.ts";

const golden = readGolden<GoldenStep>("options");

const data = createDataset({
  shape: [15, 14, 2],
  images: Float32Array.from(golden.images.values),
  labels: Uint8Array.from(golden.labels),
  classes: 3,
});

/** The network of make-golden.py. */
function layers() {
  return [
    conv2d({ name: "stem", filters: 6, kernelSize: 3 }),
    gelu({ approximate: true }),
    maxPooling2d({ poolSize: 3, strides: 1, padding: 1, dilationRate: 2 }),
    averagePooling2d({ poolSize: 3, strides: 2, padding: 1, ceilMode: true, countIncludePad: true }),
    conv2d({ name: "mid", filters: 5, kernelSize: 3, padding: 1 }),
    gelu({ approximate: true }),
    averagePooling2d({ poolSize: 2, dilationRate: 3, strides: 2, padding: 1, countIncludePad: true }),
    flatten({ axis: 2 }),
    conv2d({ name: "rows", filters: 4, kernelSize: 1, activation: "tanh" }),
    flatten(),
    dense({ name: "out", units: 3 }),
  ];
}

/** The sums of stem, both means, mid, rows and out, forward and back, and that over all positions in a gradient of stem. */
const ROUNDINGS = 2 * (18 + 9 + 54 + 4 + 15 + 12) + 3 * 13 * 12;

describeEngines("options of pooling, GELU and flatten on $name, against PyTorch", (engine) => {
  it("give the same losses and gradients", async () => {
    const model = createModel({ input: data.shape, layers: layers() });
    const loss = "softmaxCrossEntropy";
    await model.compile({ ...engine.options, batchSize: data.length, optimizer: sgd(), loss });
    setWeights(model, golden.weights);
    stage(model, data);
    const { network } = model;
    const tolerance = engine.tolerance(ROUNDINGS);
    network.trainStep(data.length, 1, 0, false);
    expectNear("losses", network.results(data.length).losses, golden.losses, tolerance);
    for (const [name, { values }] of Object.entries(golden.gradients)) {
      expectNear(`gradient of ${name}`, network.gradient(name), values, tolerance);
    }
    expect(Object.keys(golden.gradients)).toHaveLength(8);
    model.dispose();
  });
});
