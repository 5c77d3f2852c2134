import { describe, expect, it } from "vitest";
import type { Operation, Tape } from "../../src/engine/tape.ts";
import { residual } from "../../src/graph/residual.ts";
import { relu } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { Probe } from "../../src/model/probe.ts";
import type { CompileOptions } from "../../src/training/compile-options.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { HOST_ENGINES } from "../engines.ts";
import { barImages, CLASSES, compiled, EXACT, SHAPE, stage } from "./networks.ts";

const N = 5;
const data = barImages(N);

/** A layer of each kind of kernel with a normalisation after it, and with what it applies itself of what follows. */
const NETWORKS: Readonly<Record<string, () => readonly Layer[]>> = {
  "narrow, with ReLU": () => [conv2d({ filters: 6, kernelSize: 3, padding: "same" }), batchNormalization(), relu()],
  "narrow, with pooling and ReLU": () => [
    conv2d({ filters: 5, kernelSize: 2, useBias: false }),
    batchNormalization(),
    relu(),
    maxPooling2d({ poolSize: 2 }),
  ],
  direct: () => [
    conv2d({ filters: 6, kernelSize: 3, padding: 1 }),
    conv2d({ filters: 10, kernelSize: 3, strides: 2 }),
    batchNormalization({ epsilon: 0.1 }),
  ],
  "of groups, without bias": () => [
    conv2d({ filters: 6, kernelSize: 1 }),
    conv2d({ filters: 9, kernelSize: 2, groups: 3, useBias: false }),
    batchNormalization(),
    relu(),
  ],
  "with a bias for each position": () => [
    conv2d({ filters: 3, kernelSize: 3, untiedBias: true }),
    batchNormalization(),
  ],
  Winograd: () => [
    conv2d({ filters: 16, kernelSize: 1 }),
    conv2d({ filters: 20, kernelSize: 3, padding: "same" }),
    batchNormalization(),
    relu(),
  ],
  depthwise: () => [
    conv2d({ filters: 5, kernelSize: 1 }),
    depthwiseConv2d({ kernelSize: 3 }),
    batchNormalization(),
    relu(),
  ],
  dense: () => [flatten(), dense({ units: 11 }), batchNormalization(), relu()],
  "in a residual block": () => [
    conv2d({ filters: 4, kernelSize: 3 }),
    residual([conv2d({ filters: 7, kernelSize: 3, strides: 2, padding: "same" }), batchNormalization()], {
      shortcut: [conv2d({ filters: 7, kernelSize: 1, strides: 2, useBias: false }), batchNormalization()],
    }),
    relu(),
  ],
};

/** A trained model, with biases and statistics that are not those of the beginning. */
async function made(layers: readonly Layer[], options: CompileOptions): Promise<Model> {
  const model = await compiled({ layers: [...layers, flatten(), dense({ units: CLASSES })], batchSize: N, ...options });
  for (const [name, shape] of model.weights()) {
    const size = shape.reduce((a, b) => a * b);
    const draw = (i: number) => ((i * 7 + name.length * 3) % 11) / 11;
    const [least, range] = /gamma|Variance/.test(name) ? [0.25, 2] : /beta|Mean|bias/.test(name) ? [-0.5, 1] : [0, 0];
    if (range > 0)
      model.setWeight(
        name,
        Array.from({ length: size }, (_, i) => least + range * draw(i)),
      );
  }
  return model;
}

/** Evaluates the images, and returns predictions with all calls that were made. */
function inferred(model: Model): { readonly outputs: Float64Array; readonly operations: readonly Operation[] } {
  const operations: Operation[] = [];
  const { network } = model;
  const { engine } = network;
  const { run } = engine;
  engine.run = (tape: Tape) => {
    operations.push(...tape.operations);
    return run.call(engine, tape);
  };
  stage(model, data);
  network.evaluate(N, "inference", true);
  engine.run = run;
  return { outputs: Float64Array.from(network.predictions(N)), operations };
}

/** The predictions of the layers one by one. */
async function unfolded(model: Model): Promise<Float64Array> {
  const probe = await Probe.create(model.network);
  const size = SHAPE.reduce((product: number, extent) => product * extent, 1);
  const outputs: number[] = [];
  for (let i = 0; i < N; i++) {
    const scores = probe.run(data.images.subarray(i * size, (i + 1) * size)).at(-1)?.values ?? [];
    const largest = Math.max(...scores);
    const exps = Array.from(scores, (score) => Math.exp(score - largest));
    const sum = exps.reduce((a, b) => a + b);
    outputs.push(...exps.map((value) => value / sum));
  }
  return Float64Array.from(outputs);
}

describe.each(Object.entries(NETWORKS))("a normalisation after a layer, %s", (_, layers) => {
  it.each(HOST_ENGINES)("is part of that layer's weights in inference, on %s", async (engine) => {
    const model = await made(layers(), { engine });
    const { outputs, operations } = inferred(model);
    // On images none; on the biases of a layer one, in packing.
    expect(operations.filter(({ kernel, axis }) => /batch_norm/.test(kernel) && axis === "sample")).toEqual([]);
    expect(operations.some(({ kernel }) => kernel === "batch_norm_fold")).toBe(true);
    expect(operations.filter(({ kernel }) => /^relu/.test(kernel)).length).toBe(
      layers().some(({ block }) => block) ? 1 : 0,
    );
    const wanted = await unfolded(await made(layers(), EXACT));
    const exact = inferred(await made(layers(), EXACT)).outputs;
    outputs.forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(3e-6);
      // Float64 rounds to less than what activations, which are float32, tell.
      expect(Math.abs(exact[i] - wanted[i])).toBeLessThan(3e-7);
    });
  });

  it("gives the same figures while training and of a file, and after other modes", async () => {
    const model = await made(layers(), { engine: "simd" });
    await model.fit(data, { epochs: 2 });
    const figures = await model.evaluate(data);
    const loaded = await loadModel(model.save(), { engine: "simd" });
    expect(await loaded.evaluate(data)).toEqual(figures);
    const batch = await model.evaluate(data, { batchStatistics: true });
    expect(batch.loss).not.toBe(figures.loss);
    expect((await loaded.evaluate(data, { batchStatistics: true })).loss).toBeCloseTo(batch.loss, 5);
    expect(await model.evaluate(data)).toEqual(figures);
    expect(await loaded.evaluate(data)).toEqual(figures);
  });
});

it("stays by itself where others take what it normalises, or what is before it has no weights", async () => {
  const model = await made(
    [
      conv2d({ name: "a", filters: 4, kernelSize: 3 }),
      batchNormalization({ name: "taken" }),
      conv2d({ name: "c", filters: 4, kernelSize: 1, inputs: "a" }),
      batchNormalization({ name: "folded" }),
      add({ inputs: ["taken", "folded"] }),
      batchNormalization({ name: "after-a-sum" }),
      conv2d({ name: "activated", filters: 4, kernelSize: 1, activation: "tanh" }),
      batchNormalization({ name: "after-tanh" }),
    ],
    {},
  );
  const { operations } = inferred(model);
  const alone = operations.filter(({ kernel, axis }) => kernel === "batch_norm_forward" && axis === "sample");
  expect(alone.map(({ layer }) => layer)).toEqual(["taken", "after-a-sum", "after-tanh"]);
});

it("adds no second copy of packed weights to a model that only predicts", async () => {
  const layers = NETWORKS.Winograd();
  const plain = await made(
    layers.filter(({ type }) => type !== "batchNormalization"),
    {},
  );
  const folded = await made(layers, {});
  const packed = ({ network }: Model) =>
    network.regions.filter(({ kind }) => kind === "packed").map(({ name }) => name);
  expect(packed(folded).filter((name) => !name.includes("/folded"))).toEqual(packed(plain));
});
