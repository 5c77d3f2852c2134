import { describe, expect, it } from "vitest";
import { operandsOf } from "../../../src/engine/operands.ts";
import { runTape } from "../../../src/engine/program.ts";
import type { Tape } from "../../../src/engine/tape.ts";
import { cutByParts } from "../../../src/engine/threads/bands.ts";
import { residual } from "../../../src/graph/residual.ts";
import { relu } from "../../../src/layers/activation.ts";
import { batchNormalization } from "../../../src/layers/batch-normalization.ts";
import { conv2d } from "../../../src/layers/conv2d.ts";
import { dense } from "../../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../../src/layers/depthwise-conv2d.ts";
import { globalAveragePooling2d } from "../../../src/layers/global-average-pooling2d.ts";
import type { Layer } from "../../../src/layers/layer.ts";
import { Architecture } from "../../../src/model/architecture.ts";
import { planLayout } from "../../../src/model/memory-plan.ts";
import { Tapes } from "../../../src/model/tapes.ts";
import { softmaxCrossEntropy } from "../../../src/training/losses.ts";
import { sgd } from "../../../src/training/optimizers.ts";
import { barImages, CLASSES, compiled, everyLayer, SHAPE, weightBytes } from "../../model/networks.ts";
import { TapeChecker } from "../tape-checker.ts";

/** Every kind of convolution, with what is fused and what is not. */
const convolutions = (): Layer[] => [
  conv2d({ filters: 8, kernelSize: 3, padding: 1, activation: "relu" }),
  depthwiseConv2d({ kernelSize: 3, padding: 1, biasInitializer: "ones" }),
  conv2d({ filters: 16, kernelSize: 1, activation: "hardSwish" }),
  conv2d({ filters: 17, kernelSize: 3, padding: 1, untiedBias: true }),
  batchNormalization(),
  relu({ maxValue: 6 }),
  residual([conv2d({ filters: 17, kernelSize: 1 }), batchNormalization(), relu()]),
  conv2d({ filters: 9, kernelSize: 3, strides: 2, padding: 1, activation: "silu" }),
  globalAveragePooling2d(),
  dense({ units: CLASSES }),
];

const NETWORKS: Record<string, () => Layer[]> = { "every layer": everyLayer, convolutions };

const data = barImages(7);

describe.each(Object.entries(NETWORKS))("one image of a network of %s, in parts", (_, layers) => {
  it.each(["simd", "js"] as const)("is trained and evaluated to the bits of a whole one by %s", async (engine) => {
    const results = [];
    for (const slices of [1, 2, 3, 5]) {
      const model = await compiled({ layers: layers(), batchSize: 1, optimizer: "adam", engine, seed: 3 });
      const network = model.network;
      const { kernels } = network.engine;
      network.engine.run = (tape) => runTape(kernels, slices === 1 ? tape : cutByParts(tape, 0), slices, 1);
      await model.fit(data);
      results.push([weightBytes(model), await model.evaluate(data)]);
      model.dispose();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it.each([true, false])("touches what it may, where memory serves twice: %s", (compact) => {
    const architecture = new Architecture({ input: SHAPE, layers: layers() });
    for (const optimizer of [undefined, sgd()]) {
      const options = { batchSize: 3, loss: softmaxCrossEntropy(), optimizer, compact };
      const { layout } = planLayout(architecture, options, 3);
      const tapes = new Tapes(architecture, options, layout);
      const run = (tape: Tape) => {
        const checker = new TapeChecker(layout.plan.regions, 3, () => true);
        const cut = cutByParts(tape, 0);
        checker.check(cut);
        return cut.operations.filter(({ axis }) => axis === "part").length;
      };
      expect(run(tapes.evaluation(1, "bytes", "inference", false, false).tape)).toBeGreaterThan(3);
      if (optimizer !== undefined) expect(run(tapes.training(1, "bytes", false, false).tape)).toBeGreaterThan(6);
    }
  });
});

it("leaves small images and larger batches whole", () => {
  const architecture = new Architecture({ input: SHAPE, layers: convolutions() });
  const options = { batchSize: 2, loss: softmaxCrossEntropy() };
  const { layout } = planLayout(architecture, options, 2);
  const tapes = new Tapes(architecture, options, layout);
  const [one, two] = [1, 2].map((n) => tapes.evaluation(n, "bytes", "inference", false, false).tape);
  expect(cutByParts(one)).toBe(one);
  expect(cutByParts(two, 0)).toBe(two);
  expect(two.operations.every((operation) => operandsOf(operation).length > 0)).toBe(true);
});
