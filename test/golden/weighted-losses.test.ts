import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { parseLoss } from "../../src/training/losses.ts";
import { describeEngines, expectNear, readGolden } from "./golden.ts";

const { images, kernel, bias, outputs, logits, cases } = readGolden<{
  readonly images: readonly number[];
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
  readonly outputs: number;
  readonly logits: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly loss: { readonly type: string; readonly ignoreIndex?: number };
    /** Mean over the batch. */
    readonly mean: number;
    /** The same without weights of classes, where it differs from the mean. */
    readonly evaluated?: number;
    readonly targets?: readonly number[];
    readonly labels?: readonly number[];
    readonly sampleWeight?: readonly number[];
    readonly classWeight?: readonly number[];
    readonly kernel: readonly number[];
    readonly bias: readonly number[];
  }[];
}>("weighted-losses");

const INPUTS = kernel.length / outputs;
const IMAGES = images.length / INPUTS;

/** The sums of dense forward and of its gradients, and an exponential, a logarithm and a power between. */
const ROUNDINGS = INPUTS + IMAGES + 40;

describeEngines("losses with weights on $name, against PyTorch", ({ options, tolerance }) => {
  it.each(cases)("$name", async ({ loss, mean, evaluated, ...wanted }) => {
    const { labels, targets, sampleWeight, classWeight } = wanted;
    const data = createDataset({
      shape: [1, INPUTS, 1],
      images: Float32Array.from(images),
      ...(labels && { labels: Uint8Array.from(labels) }),
      ...(targets && { targets: Float32Array.from(targets) }),
      ...(sampleWeight && { sampleWeight: Float32Array.from(sampleWeight) }),
    });
    const model = createModel({ input: data.shape, layers: [flatten(), dense({ units: outputs })] });
    await model.compile({ ...options, batchSize: IMAGES, optimizer: "sgd", loss: parseLoss(loss) });
    model.setWeight("dense/kernel", kernel);
    model.setWeight("dense/bias", bias);
    const allowed = tolerance(ROUNDINGS);
    if (classWeight === undefined || evaluated !== undefined) {
      const { loss: found, images: counted, accuracy } = await model.evaluate(data);
      expectNear("evaluated", [found], [evaluated ?? mean], allowed);
      if (labels !== undefined) {
        const counting = [...labels.keys()].filter((i) => labels[i] !== loss.ignoreIndex);
        const right = counting.filter((i) => {
          const row = logits.slice(i * outputs, (i + 1) * outputs);
          return row.indexOf(Math.max(...row)) === labels[i];
        });
        expect([counted, accuracy]).toEqual([counting.length, right.length / counting.length]);
      }
    }
    const events = model.fitEvents(data, { classWeight, shuffle: false });
    const { value: step } = await events.next();
    if (step === undefined || !("loss" in step)) throw new Error("no step");
    expectNear("loss", [step.loss], [mean], allowed);
    expectNear("gradient of the kernel", model.network.gradient("dense/kernel"), wanted.kernel, allowed);
    expectNear("gradient of the bias", model.network.gradient("dense/bias"), wanted.bias, allowed);
    await events.return({ epochs: [], reports: [], end: "interrupted" });
    model.dispose();
  });
});
