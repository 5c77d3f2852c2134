import { describe, expect, it } from "vitest";
import { alignedSize } from "../../src/engine/plan.ts";
import type { Operation, Tape } from "../../src/engine/tape.ts";
import { residual } from "../../src/graph/residual.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { ema, swa } from "../../src/training/averaging.ts";
import type { CompileOptions } from "../../src/training/compile-options.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { adam, rmsprop, sgd } from "../../src/training/optimizers.ts";
import { HOST_ENGINES } from "../engines.ts";
import { expectDifferences } from "./differences.ts";
import { barImages, CLASSES, compiled, created, EXACT, stage, trainedNames, weightBytes } from "./networks.ts";

const N = 6;
const data = barImages(N);

/** `everyLayer` with some frozen, compiled with Adam unless said; the layers given, where they are. */
async function frozen(
  prefixes: readonly string[],
  options: CompileOptions & { layers?: readonly Layer[]; seed?: number } = {},
): Promise<Model> {
  const { layers, seed, ...rest } = options;
  const model = created(layers, seed);
  for (const prefix of prefixes) model.freeze(prefix);
  await model.compile({ engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: N, ...rest });
  return model;
}

/** The calls of a training step. */
function stepOf(model: Model): readonly Operation[] {
  const operations: Operation[] = [];
  const { engine } = model.network;
  const run = engine.run;
  engine.run = (tape: Tape) => {
    operations.push(...tape.operations);
    run.call(engine, tape);
  };
  stage(model, data);
  model.network.trainStep(N, 1, 0, false);
  engine.run = run;
  return operations;
}

describe.each(HOST_ENGINES)("frozen layers on %s", (engine) => {
  it.each([
    ["first", "second"],
    ["second", "block/conv2d", "hidden"],
    ["depthwise", "down/shortcut", "first"],
    ["out"],
  ])("leave all other gradients as they are: %s %s %s", async (...prefixes) => {
    const [all, some] = [
      await compiled({ engine, batchSize: N }),
      await frozen(prefixes, { engine, optimizer: "sgd" }),
    ];
    for (const model of [all, some]) stepOf(model);
    const [names, rest] = [trainedNames(all), trainedNames(some)];
    const isFrozen = (name: string) => prefixes.some((prefix) => name.startsWith(`${prefix}/`));
    expect([...rest].sort()).toEqual(names.filter((name) => !isFrozen(name)).sort());
    expect(rest.length).toBeLessThan(names.length);
    for (const name of rest) expect(some.network.gradient(name), name).toEqual(all.network.gradient(name));
    expect(() => some.network.gradient(names.find(isFrozen) ?? "")).toThrow("gradient: expected a trained parameter");
  });
});

describe("the weights and statistics of frozen layers", () => {
  const optimizers = [
    sgd({ learningRate: 0.05 }),
    sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
    rmsprop({ learningRate: 0.01, weightDecay: 0.1 }),
    adam({ learningRate: 0.01, weightDecay: 0.1, clipNorm: 0.5 }),
  ];
  const runs = optimizers.flatMap((optimizer) =>
    [undefined, ema({ decay: 0.9 }), swa({ startEpoch: 1 })].map((averaging) => ({ optimizer, averaging })),
  );

  it.each(runs)("keep their bits with $optimizer.config and $averaging", async ({ optimizer, averaging }) => {
    const prefixes = ["second", "norm", "block", "out"];
    const model = await frozen(prefixes, { optimizer });
    model.setWeight("out/bias", [-0, 1, 2]);
    const isFrozen = (name: string) => prefixes.some((prefix) => name.startsWith(`${prefix}/`));
    const names = [...model.weights().keys()];
    const before = new Map(names.map((name) => [name, model.getWeight(name)]));
    await model.fit(barImages(20, 2), { epochs: 2, ...(averaging && { averaging }) });
    for (const [name, values] of before) {
      // Object.is tells -0 from 0.
      const same = model.getWeight(name).every((value, i) => Object.is(value, values[i]));
      expect(same, name).toBe(isFrozen(name));
    }
  });

  it("leave the trained ones the same bits on one thread and three", async () => {
    const [one, three] = [
      await frozen(["norm", "block"], { threads: 1 }),
      await frozen(["norm", "block"], { threads: 3 }),
    ];
    for (const model of [one, three]) await model.fit(barImages(20, 2), { epochs: 2 });
    expect(weightBytes(three)).toEqual(weightBytes(one));
    three.dispose();
  });

  it("take no memory for gradients and the optimizer", async () => {
    const [all, some] = [await frozen([]), await frozen(["first", "block", "hidden"])];
    const isFrozen = (name: string) => /^(first|block|hidden)\//.test(name);
    const { bytes, total } = some.network.memory();
    const saved = [...some.weights()]
      .filter(([name]) => isFrozen(name) && !name.includes("moving"))
      .reduce((sum, [, shape]) => sum + alignedSize(shape.reduce((a, b) => a * b)), 0);
    expect(all.network.memory().bytes.optimizer - bytes.optimizer).toBe(2 * 4 * saved);
    expect(all.network.memory().bytes.parameters).toBe(bytes.parameters);
    const gradients = some.network.regions.filter(({ kind }) => kind === "gradients").map(({ name }) => name);
    expect(gradients.length).toBeGreaterThan(5);
    expect(gradients.filter(isFrozen)).toEqual([]);
    const options = { engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: N } as const;
    expect(some.planMemory(options)).toMatchObject({ bytes, total });
  });
});

describe("a training step", () => {
  it("computes nothing backward below the lowest trained layer", async () => {
    const operations = stepOf(await frozen(["first", "second", "norm", "block", "depthwise"]));
    const loss = operations.findIndex(({ kernel }) => kernel === "softmax_cross_entropy");
    const layers = new Set(operations.slice(loss + 1).map(({ layer }) => layer));
    expect([...layers].filter((layer) => layer !== "").sort()).toEqual([
      "down/conv2d",
      "down/shortcut/conv2d",
      "down/tanh",
      "dropout_1",
      "hidden",
      "out",
    ]);
    // Nor is anything on the way down from there.
    const data = operations
      .slice(loss + 1)
      .filter(({ layer, kernel }) => /^down/.test(layer) && /backward_data/.test(kernel));
    expect(data).toEqual([]);
    expect(
      operations.some(({ kernel, layer }) => kernel === "pack_backward" && /second|depthwise|down/.test(layer)),
    ).toBe(false);
  });

  it("packs frozen weights once, and again where they or their panels were written", async () => {
    const model = await frozen(["second", "norm", "hidden"]);
    const packed = () =>
      stepOf(model).filter(
        ({ kernel, layer }) => /^(second|norm|hidden)/.test(layer) && /pack|fold|filters/.test(kernel),
      ).length;
    const all = packed();
    expect(all).toBeGreaterThan(3);
    expect(packed()).toBe(0);
    model.setWeight("second/kernel", model.getWeight("second/kernel"));
    expect([packed(), packed()]).toEqual([all, 0]);
    await model.evaluate(data);
    expect([packed(), packed()]).toEqual([all, 0]);
  });

  it("gives the same weights with evaluations in between, which pack frozen ones in another way", async () => {
    const [some, others] = [await frozen(["second", "norm", "hidden"]), await frozen(["second", "norm", "hidden"])];
    await some.fit(barImages(20, 2), { epochs: 3 });
    await others.fit(barImages(20, 2), { epochs: 3, validation: data });
    expect(weightBytes(others)).toEqual(weightBytes(some));
  });

  it("passes gradients on through frozen layers", async () => {
    const operations = stepOf(await frozen(["norm", "block", "depthwise", "down", "hidden", "out"]));
    const kernels = operations.map(({ kernel, layer }) => `${layer} ${kernel}`);
    for (const call of [
      "out dense_backward_data",
      "hidden dense_backward_data",
      "block/conv2d conv2d_backward_data",
      "norm batch_norm_backward_data",
    ])
      expect(kernels).toContain(call);
    for (const layer of ["block/conv2d", "depthwise", "hidden", "out"])
      expect(kernels.filter((call) => call.startsWith(`${layer} `) && /weights|bias_backward|sgd/.test(call))).toEqual(
        [],
      );
    expect(
      kernels.filter((call) => /batch_norm_(moments|statistics|running|backward_sums|backward_parameters)/.test(call)),
    ).toEqual([]);
  });
});

describe("frozen batch normalisation", () => {
  const image = (relu: boolean) => [
    conv2d({ name: "below", filters: 5, kernelSize: 3, strides: 2, ...(!relu && { activation: "tanh" as const }) }),
    batchNormalization({ name: "norm", trainable: false }),
    ...(relu ? [conv2d({ name: "above", filters: 3, kernelSize: 2 })] : []),
    flatten(),
    batchNormalization({ name: "vector", trainable: false }),
    dense({ name: "out", units: CLASSES }),
  ];

  /** With statistics that are not those of the data. */
  async function made(layers: readonly Layer[], options: CompileOptions): Promise<Model> {
    const model = await compiled({ layers, batchSize: N, ...options });
    for (const [name, [size]] of model.weights()) {
      const draw = (i: number) => ((i * 7 + name.length * 3) % 11) / 11;
      if (name.endsWith("movingMean") || name.endsWith("beta"))
        model.setWeight(
          name,
          Array.from({ length: size }, (_, i) => draw(i) - 0.5),
        );
      if (name.endsWith("movingVariance") || name.endsWith("gamma"))
        model.setWeight(
          name,
          Array.from({ length: size }, (_, i) => 0.25 + 2 * draw(i)),
        );
    }
    return model;
  }

  function loss({ network }: Model, mode: "training" | "inference" | "batchStatistics" | "calibration"): number {
    network.parametersChanged();
    network.evaluate(N, mode, true);
    return Array.from(network.results(N).losses).reduce((sum, value) => sum + value, 0) / N;
  }

  const cases = [
    ["alone", () => image(false)],
    ["before a convolution", () => image(true)],
    [
      "with a ReLU",
      () => [
        conv2d({ name: "below", filters: 5, kernelSize: 3 }),
        batchNormalization({ name: "norm", trainable: false }),
        residual([conv2d({ filters: 5, kernelSize: 3, padding: "same", activation: "relu" }), batchNormalization()], {
          trainable: false,
        }),
        flatten(),
        dense({ name: "out", units: CLASSES }),
      ],
    ],
  ] as const;

  it.each(cases)("passes on the gradient that central differences give, %s", async (_, layers) => {
    const model = await made(layers(), EXACT);
    const { network } = model;
    stage(model, data);
    network.trainStep(N, 1, 0, false);
    const names = trainedNames(model);
    expect(names).toContain("below/kernel");
    expect(names.some((name) => name.includes("norm"))).toBe(false);
    expectDifferences(model, () => loss(model, "inference"));
  });

  it.each(cases)("works by its running statistics in every mode, %s", async (_, layers) => {
    const model = await made(layers(), { engine: "simd" });
    stage(model, data);
    const wanted = loss(model, "inference");
    for (const mode of ["training", "batchStatistics", "calibration"] as const)
      expect(loss(model, mode), mode).toBeCloseTo(wanted, 5);
  });
});

describe("freeze and unfreeze", () => {
  const frozenNames = (model: Model) =>
    model.architecture
      .parameters()
      .filter((parameter) => parameter.frozen)
      .map(({ name }) => name);

  it("hold for whole parts of a path", () => {
    const model = created([
      conv2d({ name: "conv1", filters: 4, kernelSize: 3 }),
      conv2d({ name: "conv10", filters: 4, kernelSize: 3 }),
      flatten(),
      dense({ units: CLASSES }),
    ]);
    model.freeze("conv1");
    expect(frozenNames(model)).toEqual(["conv1/kernel", "conv1/bias"]);
    expect(model.describe()).toMatchObject({ trainable: model.describe().parameters - 76 });
    expect(model.summary()).toContain("conv2d, frozen");
    for (const prefix of ["con", "conv1/kernel", "conv1/", "", "conv100"]) {
      expect(() => model.freeze(prefix)).toThrow(
        `freeze: expected a layer or block, one of conv1, conv10, dense, got "${prefix}"`,
      );
    }
    // @ts-expect-error from plain JavaScript
    expect(() => model.unfreeze(3)).toThrow(TypeError);
  });

  it("take single layers of a frozen block out", () => {
    const model = created();
    model.freeze("down");
    model.unfreeze("down/shortcut");
    expect(frozenNames(model)).toEqual(["down/conv2d/kernel", "down/conv2d/bias"]);
    model.freeze("down/shortcut/conv2d");
    model.unfreeze("down/conv2d");
    expect(frozenNames(model)).toEqual(["down/shortcut/conv2d/kernel", "down/shortcut/conv2d/bias"]);
    model.unfreeze("down");
    expect(frozenNames(model)).toEqual([]);
    expect(model.architecture.toJson()).toEqual(created().architecture.toJson());
  });

  it("are kept in the file, from before the next compile on, and weights stay", async () => {
    const model = await compiled({ batchSize: N });
    await model.fit(data);
    const weights = weightBytes(model);
    const figures = await model.evaluate(data);
    model.freeze("block");
    expect(await model.evaluate(data)).toEqual(figures);
    const loaded = await loadModel(model.save(), { engine: "simd", training: true });
    expect(loaded.architecture.toJson()).toEqual(model.architecture.toJson());
    expect(frozenNames(loaded).length).toBe(6);
    expect(trainedNames(loaded).some((name) => name.startsWith("block/"))).toBe(false);
    await model.compile({ engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: N });
    for (const other of [model, loaded]) expect(weightBytes(other)).toEqual(weights);
    model.unfreeze("block");
    await model.compile({ engine: "simd" });
    expect(weightBytes(model)).toEqual(weights);
  });

  it("want a compile before the next run, and no run under way", async () => {
    const model = await compiled({ batchSize: N });
    const events = model.fitEvents(data, { epochs: 2 });
    await events.next();
    expect(() => model.freeze("first")).toThrow("freeze: expected no run of the model under way");
    await events.return({ epochs: [], reports: [], end: "interrupted" });
    model.freeze("first");
    await expect(model.fit(data)).rejects.toThrow("fit: expected compile() after freeze()");
    model.unfreeze("first");
    await model.fit(data);
  });

  it("leave an optimizer something to train", async () => {
    const model = created([flatten(), dense({ units: CLASSES, trainable: false })]);
    const options = { optimizer: "adam", loss: "softmaxCrossEntropy" } as const;
    await expect(model.compile(options)).rejects.toThrow("compile: expected a layer to train, got all of them frozen");
    expect(() => model.planMemory(options)).toThrow("compile: expected a layer to train");
    await model.compile({ loss: "softmaxCrossEntropy" });
  });
});
