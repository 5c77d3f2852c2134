import { describe, expect, it } from "vitest";
import { runTape } from "../../src/engine/program.ts";
import type { Tape } from "../../src/engine/tape.ts";
import { relu, tanh } from "../../src/layers/activation.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import type { Optimizer } from "../../src/model/contracts.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { HOST_ENGINES } from "../engines.ts";
import { barImages, CLASSES, compiled, trainedNames, weightBytes } from "./networks.ts";

const data = barImages(6);

/** Dense layers after all that may stand before them. */
const NETWORKS: Readonly<Record<string, () => readonly Layer[]>> = {
  "after a ReLU, pooling and dropout": () => [
    conv2d({ filters: 5, kernelSize: 3, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.5 }),
    dense({ units: 21, activation: "relu" }),
    dense({ units: CLASSES }),
  ],
  "after tanh": () => [
    conv2d({ filters: 4, kernelSize: 3, activation: "tanh" }),
    flatten(),
    dense({ units: 6 }),
    tanh(),
    dense({ units: CLASSES }),
  ],
  "after dropout without a ReLU": () => [
    conv2d({ filters: 4, kernelSize: 3 }),
    flatten(),
    dropout({ rate: 0.5 }),
    dense({ units: CLASSES }),
  ],
  // The first layer's weights are the next to be computed: nothing stands between them and the data gradient.
  "right after a first layer": () => [
    conv2d({ filters: 8, kernelSize: 3 }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: CLASSES }),
  ],
  "in a row, and first": () => [flatten(), dense({ units: 9 }), dense({ units: 8 }), relu(), dense({ units: CLASSES })],
};

/** Plain SGD, and the same in separate passes: a bound on the norm that is never reached needs the gradients first. */
const FUSED = sgd({ learningRate: 0.05 });
const SEPARATE = sgd({ learningRate: 0.05, clipNorm: 1e30 });

describe.each(HOST_ENGINES)("training on single images on %s", (engine) => {
  describe.each(Object.entries(NETWORKS))("with dense layers %s", (_, layers) => {
    // Plain JavaScript keeps the gradient in float64 where it is not written.
    it.skipIf(engine === "js")("gives the bits of gradients and updates in separate passes", async () => {
      const [fused, separate] = [
        await compiled({ engine, layers: layers(), batchSize: 1, optimizer: FUSED }),
        await compiled({ engine, layers: layers(), batchSize: 1, optimizer: SEPARATE }),
      ];
      for (const model of [fused, separate]) await model.fit(data, { epochs: 2 });
      expect(weightBytes(fused)).toEqual(weightBytes(separate));
      for (const name of trainedNames(fused)) {
        expect(fused.network.gradient(name), name).toEqual(separate.network.gradient(name));
      }
    });

    it.skipIf(engine === "js")("gives the bits of one thread on three", async () => {
      const settings = { engine, layers: layers(), batchSize: 1, optimizer: FUSED };
      const [one, three] = [await compiled(settings), await compiled({ ...settings, threads: 3 })];
      for (const model of [one, three]) await model.fit(data, { epochs: 2 });
      expect(weightBytes(three)).toEqual(weightBytes(one));
      three.dispose();
    });

    it("still knows the step's gradients after an evaluation", async () => {
      const model = await compiled({ engine, layers: layers(), batchSize: 1, optimizer: FUSED });
      const other = await compiled({ engine, layers: layers(), batchSize: 1, optimizer: FUSED });
      for (const trained of [model, other]) await trained.fit(data);
      await model.evaluate(barImages(3, 2));
      for (const name of trainedNames(model)) {
        expect(model.network.gradient(name), name).toEqual(other.network.gradient(name));
        expect(model.network.gradient(name).some((value) => value !== 0)).toBe(true);
      }
    });
  });
});

async function kernelsOf(batchSize: number, optimizer: Optimizer): Promise<ReadonlySet<string>> {
  const model = await compiled({ layers: NETWORKS["after tanh"](), batchSize, optimizer });
  const { engine } = model.network;
  const kernels = new Set<string>();
  engine.run = (tape: Tape) => {
    for (const { kernel } of tape.operations) kernels.add(kernel);
    runTape(engine.kernels, tape);
  };
  await model.fit(data);
  return kernels;
}

it("updates a dense kernel in the pass that computes its gradient, with plain SGD on single images only", async () => {
  const single = await kernelsOf(1, FUSED);
  expect(single).toContain("dense_backward_sgd");
  expect(single).not.toContain("dense_backward_weights");
  for (const kernels of [await kernelsOf(2, FUSED), await kernelsOf(1, sgd({ momentum: 0.9 }))]) {
    expect(kernels).not.toContain("dense_backward_sgd");
    expect(kernels).toContain("dense_backward_weights");
  }
});
