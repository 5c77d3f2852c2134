// Models that Keras wrote (make-keras.py, make-tf-keras.py), with Keras' outputs.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { dataFile } from "../../src/data/read/data-file.ts";
import { readZip } from "../../src/data/read/zip.ts";
import { type ImportedModel, type ImportOptions, importModel } from "../../src/importing/import-model.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { zip } from "../cli/zip-writer.ts";

useFiles();

interface Golden {
  readonly models: Readonly<
    Record<string, { readonly endings: readonly string[]; readonly outputs: readonly (readonly number[])[] }>
  >;
}

function goldenOf(name: string): Golden["models"] {
  const golden: Golden = JSON.parse(readFileSync(new URL(`${name}.golden.json`, import.meta.url), "utf8"));
  return golden.models;
}

const fileOf = (name: string) => fileURLToPath(new URL(`files/keras/${name}`, import.meta.url));

const made: ImportedModel[] = [];
afterEach(() => {
  for (const { model } of made.splice(0)) model.dispose();
});

async function imported(file: string, options: ImportOptions = {}): Promise<ImportedModel> {
  const result = await importModel(fileOf(file), { engine: "js", threads: 1, input: "raw", batchSize: 1, ...options });
  made.push(result);
  return result;
}

/** One image as Keras has it, in our order of axes. */
function pixels({ model, notes }: ImportedModel): Float32Array {
  const { shape } = model.architecture.input;
  const [h, w, c] = shape;
  const isPlanar = notes.some((note) => note.startsWith("images have channels first"));
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const place = isPlanar ? (i % c) * h * w + Math.floor(i / c) : i;
    return Math.fround(((place * 37) % 101) / 101);
  });
}

describe("models of Keras", () => {
  const files = Object.entries({ ...goldenOf("keras"), ...goldenOf("tf-keras") }).flatMap(
    ([name, { endings, outputs }]) =>
      endings.filter((ending) => ending !== "weights.h5").map((ending) => ({ file: `${name}.${ending}`, outputs })),
  );

  it.each(files)("give Keras' outputs: $file", async ({ file, outputs }) => {
    const result = await imported(file);
    const { model, missing, unused, pairs } = result;
    expect([missing, unused]).toEqual([[], []]);
    expect(pairs.length).toBeGreaterThan(0);
    const ours = Object.values(await model.predictOutputs(pixels(result)));
    expect(ours.map(({ length }) => length)).toEqual(outputs.map(({ length }) => length));
    outputs.forEach((theirs, i) => {
      theirs.forEach((value, j) => {
        expect(Math.abs(ours[i][j] - value)).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
      });
    });
  });

  it("take over the scaling of pixels, frozen layers, loss and optimizer, and say what they leave out", async () => {
    const { model, notes } = await imported("chain.keras", { input: "unit", training: true });
    const { input, layers } = model.architecture;
    const scale = Math.fround(1 / 255 / 2);
    expect(input.scale.map(Math.fround)).toEqual([scale, scale]);
    expect(input.offset.map((value) => Number(value.toFixed(9)))).toEqual([0.1, -0.1]);
    expect(layers[0].config.name).toBe("first.conv");
    expect(layers.filter(({ config }) => config.trainable === false).map(({ config }) => config.name)).toEqual([
      "dense",
    ]);
    expect(model.network.loss?.config).toEqual({ type: "softmaxCrossEntropy", labelSmoothing: 0.1 });
    expect(model.network.optimizer?.config).toMatchObject({ type: "sgd", momentum: 0.9, nesterov: true });
    expect(notes).toEqual([
      "random_flip: RandomFlip acts in training only and is left out; fit's option augment is for that",
      "batch_normalization_1: Keras trains no gamma there; here it is one, 1 to begin with",
      "batch_normalization_1: Keras trains no beta there; here it is one, 0 to begin with",
      "conv2d_transpose: kernel_regularizer left out; the optimizer's weightDecay is for all layers",
      "gaussian_dropout: GaussianDropout becomes dropout of the same rate; predictions are the same, training differs",
    ]);
  });

  it("have the settings of old files too", async () => {
    const { model } = await imported("version-1-tf.h5", { training: true });
    expect(model.network.loss?.config.type).toBe("softmaxCrossEntropy");
    expect(model.network.optimizer?.config).toMatchObject({ type: "sgd", learningRate: 0.01, momentum: 0.9 });
    const { model: sigmoid } = await imported("rows.keras");
    expect(sigmoid.network.loss?.config.type).toBe("sigmoidBinaryCrossEntropy");
    const { model: second } = await imported("version-2.h5", { training: true });
    expect(second.network.optimizer?.config).toMatchObject({ type: "adam", learningRate: expect.closeTo(0.002, 6) });
  });
});

describe("weights of Keras in a network that is given", () => {
  /** The network of a whole model's file, and its outputs. */
  async function whole(file: string) {
    const result = await imported(file);
    return { result, network: result.model.architecture, outputs: await result.model.predict(pixels(result)) };
  }

  it.each([
    ["chain.keras", "chain.weights.h5"],
    ["chain.keras", "chain.h5"],
    ["chain.h5", "chain.keras"],
    ["version-1-tf.h5", "version-1-tf.h5"],
    ["version-2.keras", "version-2-weights.h5"],
  ])("of %s, from %s", async (file, weights) => {
    const { result, network, outputs } = await whole(file);
    const { model, missing, unused } = await imported(weights, { input: undefined, network, partial: true });
    // Keras has no scale and shift of that layer.
    const without = ["batch_normalization_1/gamma", "batch_normalization_1/beta"];
    expect(missing).toEqual(file.startsWith("chain") ? without : []);
    expect(unused).toEqual([]);
    for (const name of missing) model.setWeight(name, result.model.getWeight(name));
    expect(await model.predict(pixels(result))).toEqual(outputs);
  });

  it("takes names where the order is not known, and asks where it has none", async () => {
    const { result, network, outputs } = await whole("version-2.keras");
    const mapping = Object.fromEntries([
      ["inner.depthwise_conv2d", "functional/depthwise_conv2d"],
      ["inner.batch_normalization", "functional/batch_normalization"],
      ["inner.conv2d_1", "functional/conv2d"],
      ["frozen.conv2d_2", "sequential/conv2d"],
      ["frozen.batch_normalization_1", "sequential/batch_normalization"],
    ] as const);
    const { model } = await imported("version-2.weights.h5", { input: undefined, network, mapping, partial: true });
    expect(await model.predict(pixels(result))).toEqual(outputs);
    const twice = {
      input: { shape: [8, 8, 2] as const },
      layers: [conv2d({ name: "mine", filters: 2, kernelSize: 5 })],
    };
    await expect(imported("version-2.weights.h5", { input: undefined, network: twice })).rejects.toThrow(
      /^importModel ".*": expected one tensor for each weight, in Keras's shapes, got none for mine/,
    );
  });
});

describe("files of Keras that are refused in one line", () => {
  type Layer = { class_name: string; config: Record<string, unknown> };
  type File = { class_name: string; config: { layers: Layer[] } };

  /** `rows.keras` after a change of its configuration. */
  async function changed(change: (model: File) => void): Promise<Uint8Array> {
    const entries = await readZip(dataFile({ name: "rows.keras", bytes: readFileSync(fileOf("rows.keras")) }));
    const contents = await Promise.all(entries.map(async (entry) => [entry.name, await entry.bytes()] as const));
    const files = Object.fromEntries(contents);
    const model: File = JSON.parse(new TextDecoder().decode(files["config.json"]));
    change(model);
    return zip({ ...files, "config.json": new TextEncoder().encode(JSON.stringify(model)) });
  }

  it.each<readonly [string, (model: File) => void, RegExp]>([
    [
      "an unknown layer",
      ({ config: { layers } }) => Object.assign(layers[2], { class_name: "Conv3D" }),
      /^importModel: layer "conv2d_2" \(Conv3D\): expected a supported layer, got Conv3D; the nearest is Conv2D$/,
    ],
    [
      "a program",
      ({ config: { layers } }) => Object.assign(layers[2], { class_name: "Lambda" }),
      /got Lambda; the nearest is a layer of Keras' own, as a Lambda is a program$/,
    ],
    [
      "a misspelt layer",
      ({ config: { layers } }) => Object.assign(layers[2], { class_name: "Conv2d" }),
      /got Conv2d; the nearest is Conv2D$/,
    ],
    [
      "a class of one's own",
      (model) => Object.assign(model, { class_name: "MyModel" }),
      /Functional model, got MyModel; /,
    ],
    [
      "a wrong option",
      ({ config: { layers } }) => Object.assign(layers[2].config, { padding: "causal" }),
      /^importModel: layer "conv2d_2" \(Conv2D\): conv2d "conv2d_2": expected padding to be "valid", .*, got "causal"$/,
    ],
    [
      "an unknown activation",
      ({ config: { layers } }) => Object.assign(layers[2].config, { activation: "exponential" }),
      /^importModel: layer "conv2d_2" \(Conv2D\): expected an activation of linear, .*, got "exponential"$/,
    ],
    [
      "other sizes than the arrays'",
      ({ config: { layers } }) => Object.assign(layers[2].config, { filters: 3 }),
      /array .*: expected \[3, 3, 1, 3\] for "conv2d_2\/kernel", got \[3, 3, 1, 2\]$/,
    ],
    [
      "weights of eight bits",
      ({ config: { layers } }) => Object.assign(layers[2].config, { dtype: "int8_from_float32" }),
      /expected weights that are floats, got a policy of int8_from_float32$/,
    ],
    ["a list of nothing", (model) => Object.assign(model.config, { layers: 3 }), /expected a list, got 3$/],
    [
      "an open shape",
      ({ config: { layers } }) => Object.assign(layers[0].config, { batch_shape: [null, null, null] }),
      /expected the shape of images, which the file leaves open, got none; the option shape says it$/,
    ],
  ])("%s", async (_, change, message) => {
    await expect(importModel(await changed(change), { engine: "js", input: "raw" })).rejects.toThrow(message);
  });

  it("a file without the scaling of pixels, and one that is no Keras file", async () => {
    await expect(imported("rows.keras", { input: undefined })).rejects.toThrow(/the scaling of pixels .*, got none; /);
    const bytes = readFileSync(fileURLToPath(new URL("../data/read/files/floats.h5", import.meta.url)));
    await expect(importModel(bytes)).rejects.toThrow(/expected a whole model of Keras, got no model_config; /);
  });
});
