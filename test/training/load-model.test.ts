import { describe, expect, it } from "vitest";
import { decodeSafetensors, type SafetensorsTensor } from "../../src/formats/safetensors.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { loadModel } from "../../src/training/load-model.ts";
import { softmaxCrossEntropy } from "../../src/training/losses.ts";
import type { Model } from "../../src/training/model.ts";
import { adamw, sgd } from "../../src/training/optimizers.ts";
import { changedFile } from "../formats/changed.ts";
import { barImages, CLASSES, compiled, created, weightBytes } from "../model/networks.ts";

const data = barImages(20);

/** A small model, quick to change. */
function small(): Promise<Model> {
  const layers = [flatten(), dense({ name: "out", units: CLASSES })];
  return compiled({ layers, batchSize: 8, optimizer: sgd({ learningRate: 0.01, momentum: 0.5 }) });
}

interface Parts {
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Record<string, string>;
  /** The metadata that is JSON. */
  readonly model: { input: object; layers: object[]; [key: string]: unknown };
  readonly settings: Record<string, unknown>;
}

/** A file of the small model, changed. */
async function changed(change: (parts: Parts) => void): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors((await small()).save());
  const parts = { tensors, metadata, model: JSON.parse(metadata.model), settings: JSON.parse(metadata.settings) };
  const before = JSON.stringify([metadata.model, metadata.settings]);
  change(parts);
  // A change to the text itself stays.
  if (JSON.stringify([metadata.model, metadata.settings]) === before) {
    metadata.model = JSON.stringify(parts.model);
    metadata.settings = JSON.stringify(parts.settings);
  }
  return changedFile(tensors, metadata);
}

function tensor(shape: number[], value = 0): SafetensorsTensor {
  return { dtype: "F32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) };
}

describe("a saved model", () => {
  it("loads with the same weights, settings and predictions", async () => {
    const loss = softmaxCrossEntropy({ labelSmoothing: 0.125 });
    const optimizer = adamw({ learningRate: 0.01, weightDecay: 0.125, clipNorm: 3, beta1: 0.75 });
    const model = await compiled({ batchSize: 8, optimizer, loss, seed: 12 });
    model.classNames = ["low", "middle", "high"];
    await model.fit(data, { epochs: 2 });
    const file = model.save();

    const loaded = await loadModel(file, { engine: "simd" });
    expect(loaded.architecture.toJson()).toEqual(model.architecture.toJson());
    expect(weightBytes(loaded)).toEqual(weightBytes(model));
    expect(await loaded.predict(data.images)).toEqual(await model.predict(data.images));
    expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data));
    expect([loaded.seed, loaded.network.batchSize]).toEqual([12, 8]);
    expect(loaded.classNames).toEqual(["low", "middle", "high"]);
    expect(loaded.network.loss?.config).toEqual({ type: "softmaxCrossEntropy", labelSmoothing: 0.125 });
    expect(loaded.network.optimizer).toBeUndefined();
    await expect(loaded.fit(data)).rejects.toThrow(
      new TypeError("fit: expected a model compiled with an optimizer, got none"),
    );

    const trained = await loadModel(file, { engine: "simd", training: true, batchSize: 5 });
    expect(trained.network.optimizer?.config).toEqual(optimizer.config);
    expect(trained.network.batchSize).toBe(5);
    expect(await trained.predict(data.images)).toEqual(await model.predict(data.images));
    expect((await trained.fit(data)).end).toBe("completed");
    // What was loaded is a copy.
    expect(weightBytes(loaded)).toEqual(weightBytes(model));
    expect(loaded.save()).toEqual((await loadModel(file, { engine: "js" })).save());
  });

  it("loads without a loss and an optimizer too", async () => {
    const model = created([flatten(), dense({ units: CLASSES }), softmax()]);
    await model.compile({ engine: "simd" });
    const loaded = await loadModel(model.save());
    expect(loaded.network.loss).toBeUndefined();
    const predictions = await loaded.predict(data.images.subarray(0, 126));
    expect(predictions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    await expect(loadModel(model.save(), { training: true })).rejects.toThrow(
      new TypeError("model: expected a file with an optimizer, got none"),
    );
    await expect(loaded.evaluate(data)).rejects.toThrow("evaluate: expected a model compiled with a loss, got none");
  });

  it("may have layers named as parts of a checkpoint are", async () => {
    const layers = [
      flatten(),
      dense({ name: "optimizer", units: 2 }),
      dense({ name: "callback", units: 2 }),
      dense({ name: "__metadata__", units: CLASSES }),
    ];
    const model = await compiled({ layers, batchSize: 4, optimizer: "adam" });
    const trainer = model.trainer(data);
    await trainer.run().next();
    const loaded = await loadModel(model.checkpoint(trainer), { engine: "simd" });
    expect(weightBytes(loaded)).toEqual(weightBytes(model));
  });
});

describe("a model file that is wrong is refused", () => {
  const bomb = (depth: number): object =>
    depth === 0 ? { type: "relu" } : { type: "residual", layers: [bomb(depth - 1)] };

  it.each<[string, (parts: Parts) => void, string | RegExp]>([
    [
      "a missing tensor",
      ({ tensors }) => tensors.delete("out/bias"),
      'model: expected weights "out/bias" [3], got none',
    ],
    [
      "a tensor of another shape",
      ({ tensors }) => tensors.set("out/kernel", tensor([CLASSES, 126])),
      'model: expected weights "out/kernel" of shape [126,3], got [3,126]',
    ],
    [
      "a tensor that no layer has",
      ({ tensors }) => tensors.set("out/gamma", tensor([3])),
      'model: expected weights that a layer has, got "out/gamma"',
    ],
    [
      "NaN weights",
      ({ tensors }) => tensors.set("out/bias", tensor([3], Number.NaN)),
      'model: expected finite weights "out/bias", got NaN at index 0',
    ],
    [
      "infinite weights",
      ({ tensors }) => tensors.set("out/bias", tensor([3], Number.NEGATIVE_INFINITY)),
      'model: expected finite weights "out/bias", got -Infinity at index 0',
    ],
    [
      "another program's file",
      ({ metadata }) => {
        metadata.format = "pt";
      },
      "model: expected a model that convasm saved, got a safetensors file without its metadata",
    ],
    [
      "a later version",
      ({ metadata }) => {
        metadata.version = "2";
      },
      'model: expected version 1 of the model format, got "2"',
    ],
    [
      "no architecture",
      ({ metadata }) => {
        delete metadata.model;
      },
      'model: expected metadata "model", got none',
    ],
    [
      "an architecture that is not JSON",
      ({ metadata }) => {
        metadata.model = `{"layers": ${"[".repeat(100_000)}`;
      },
      /^model: expected metadata "model" to be JSON, got \{"layers": \[{1,40}$/,
    ],
    [
      "settings that are no object",
      ({ metadata }) => {
        metadata.settings = "[1]";
      },
      "model: expected settings to be an object, got object",
    ],
    [
      "an unknown key",
      ({ model }) => {
        model.trainer = 1;
      },
      'model: expected only the keys input, layers, outputs, got "trainer"',
    ],
    [
      "an unknown key of a layer",
      ({ model }) => {
        model.layers[1] = { type: "dense", name: "out", units: 3, rank: 2 };
      },
      'layers[1] (dense "out"): expected only the keys units, activation, useBias, kernelInitializer, biasInitializer, name, inputs, trainable, got "rank"',
    ],
    [
      "an unknown layer",
      ({ model }) => {
        model.layers[0] = { type: "attention" };
      },
      /^layers\[0\]: expected type to be one of .*, got "attention"$/,
    ],
    [
      "residuals without end",
      ({ model }) => {
        model.layers[0] = bomb(2000);
      },
      /expected at most 8 nested residuals, got more$/,
    ],
    [
      "layers without end",
      ({ model }) => {
        model.layers = Array.from({ length: 200_000 }, () => ({ type: "relu" }));
      },
      "layers: expected at most 20000 layers in all, got 200000",
    ],
    [
      "two layers of one name",
      ({ model }) => {
        model.layers[0] = { type: "flatten", name: "out" };
      },
      'layers: expected every name once, got "out" twice',
    ],
    [
      "a layer of a thousand million outputs",
      ({ model }) => {
        model.layers[1] = { type: "dense", name: "out", units: 1e9 };
      },
      'model: expected weights "out/kernel" of shape [126,1000000000], got [126,3]',
    ],
    [
      "images that fit into no memory",
      ({ model, tensors }) => {
        model.input = { shape: [8192, 8192, 1] };
        model.layers[0] = { type: "globalAveragePooling2d" };
        tensors.set("out/kernel", tensor([1, CLASSES]));
      },
      /^engine: expected a model that fits into 4 GiB, got one of 6\.0 GiB; try a smaller batch$/,
    ],
    [
      "a batch that fits into no memory",
      ({ model, settings }) => {
        model.layers.splice(0, 0, ...Array.from({ length: 10 }, () => ({ type: "relu" })));
        settings.batchSize = 2 ** 20;
      },
      /^engine: expected a model that fits into 4 GiB, got one of \S+ GiB; try a smaller batch$/,
    ],
    [
      "a batch of nothing",
      ({ settings }) => {
        settings.batchSize = 0;
      },
      "model: expected batchSize to be a whole number at least 1 and at most 1048576, got 0",
    ],
    [
      "a batch size of text",
      ({ settings }) => {
        settings.batchSize = "8";
      },
      'model: expected batchSize to be a whole number at least 1 and at most 1048576, got "8"',
    ],
    [
      "a negative seed",
      ({ settings }) => {
        settings.seed = -1;
      },
      "model: expected seed to be a whole number at least 0 and at most 9007199254740991, got -1",
    ],
    [
      "an unknown loss",
      ({ settings }) => {
        settings.loss = { type: "hinge" };
      },
      'loss: expected one of softmaxCrossEntropy, sigmoidBinaryCrossEntropy, meanSquaredError, distillation, categoricalFocalCrossentropy, binaryFocalCrossentropy, meanAbsoluteError, huber, got "hinge"',
    ],
    [
      "an unknown option of the loss",
      ({ settings }) => {
        settings.loss = { type: "meanSquaredError", labelSmoothing: 0.1 };
      },
      'meanSquaredError: expected no options, got "labelSmoothing"',
    ],
    [
      "an unknown optimizer",
      ({ settings }) => {
        settings.optimizer = { type: "lion" };
      },
      'optimizer: expected one of sgd, rmsprop, adam, adamw, got "lion"',
    ],
    [
      "class names that are no texts",
      ({ settings }) => {
        settings.classNames = ["a", 2, "c"];
      },
      "model: expected classNames[1] to be a text, got 2",
    ],
  ])("%s", async (_, change, message) => {
    const file = await changed(change);
    const load = loadModel(file, { engine: "simd", training: true });
    await expect(load).rejects.toThrow(message);
    await expect(load).rejects.toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
  });

  it("at any length it is cut to", async () => {
    const file = (await small()).save();
    for (const length of [0, 7, 8, 100, file.length - 1]) {
      await expect(loadModel(file.slice(0, length))).rejects.toThrow(RangeError);
    }
  });
});
