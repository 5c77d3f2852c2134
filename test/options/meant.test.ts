// Errors say our name of an option or a type where that of another library, or another spelling, was given.

import { describe, expect, it } from "vitest";
import { digits } from "../../src/data/digits/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { INITIALIZER_NAMES } from "../../src/layers/initializers.ts";
import { FOREIGN_NAMES, useForeignNames } from "../../src/node/foreign-names.ts";
import { setForeignNames } from "../../src/options/meant.ts";
import { SCHEMAS } from "../../src/schemas.ts";
import { createModel } from "../../src/training/create-model.ts";
import { adam } from "../../src/training/optimizers.ts";
import { parsePlan } from "../../src/training/plan.ts";

/** Calls as plain JavaScript makes them, where no type says what is wrong. */
function call<Options>(make: (options: Options) => unknown, options: object): unknown {
  return make(JSON.parse(JSON.stringify(options)));
}

function model() {
  return createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
}

describe("with the names of other libraries", () => {
  useForeignNames();

  it.each<[() => unknown, string | RegExp]>([
    [
      () => call(conv2d, { filters: 1, kernel_size: 3 }),
      /^conv2d: expected only the keys .*got "kernel_size"; did you mean kernelSize\?$/,
    ],
    [() => call(conv2d, { out_channels: 1 }), /got "out_channels"; did you mean filters\?$/],
    [() => call(conv2d, { filters: 1, kernelSize: 3, padding: "SAME" }), /got "SAME"; did you mean same\?$/],
    [() => call(conv2d, { filters: 1, kernelSize: 3, stride: 2 }), /; did you mean strides\?$/],
    [() => call(conv2d, { filters: 1, kernelSize: 3, activation: "ReLU" }), /; did you mean relu\?$/],
    [() => call(conv2d, { filters: 1, kernelSize: 3, kernelInitializer: "he_normal" }), /; did you mean heNormal\?$/],
    [() => call(dense, { out_features: 1 }), /; did you mean units\?$/],
    [() => call(dropout, { p: 0.5 }), /; did you mean rate\?$/],
    [() => call(adam, { lr: 0.1 }), /^adam: expected only the keys .*got "lr"; did you mean learningRate\?$/],
    [() => call(adam, { learning_rate: 0.1 }), /; did you mean learningRate\?$/],
    [() => parsePlan({ optimizer: "Adam", loss: "softmaxCrossEntropy" }), /got "Adam"; did you mean adam\?$/],
    [() => parsePlan({ optimizer: "adam", loss: "categorical_crossentropy" }), /; did you mean softmaxCrossEntropy\?$/],
    [
      () => call(createModel, { layers: [], optimizer: "adam" }),
      /^createModel: .*got "optimizer"; optimizer belongs to compile$/,
    ],
    [() => call(createModel, { layers: [], epochs: 3 }), /; epochs belongs to fit$/],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it.each<[object, RegExp]>([
    [{ epochs: 3 }, /^compile: expected only the keys .*, got "epochs"; epochs belongs to fit$/],
    [{ metrics: ["accuracy"] }, /; metrics belongs to fit$/],
    [{ learning_rate: 0.1 }, /; learningRate belongs to the optimizer$/],
    [{ batch_size: 8 }, /; did you mean batchSize\?$/],
  ])("compile(%j)", async (options, message) => {
    await expect(model().compile(options)).rejects.toThrow(message);
  });

  it.each<[object, RegExp]>([
    [{ batchSize: 8 }, /^fit: expected only the keys .*, got "batchSize"; batchSize belongs to compile$/],
    [{ optimizer: "adam" }, /; optimizer belongs to compile$/],
    [{ validationData: 1 }, /; did you mean validation\?$/],
    [{ validation_split: 0.1 }, /; did you mean validation\?$/],
    [{ lr: 0.1 }, /; learningRate belongs to the optimizer$/],
    [{ verbose: 1 }, /got "verbose"$/],
  ])("fit(%j)", async (options, message) => {
    const made = model();
    await made.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", engine: "js" });
    await expect(made.fit(digits({ count: 4 }), options)).rejects.toThrow(message);
  });

  it("means options and types that there are", () => {
    const known = new Set<string>(
      Object.values(SCHEMAS).flatMap((types) =>
        Object.entries(types).flatMap(([type, schema]) => [type, ...Object.keys(schema)]),
      ),
    );
    for (const name of INITIALIZER_NAMES) known.add(name);
    expect(FOREIGN_NAMES.length).toBeGreaterThan(40);
    for (const [theirs, ours] of FOREIGN_NAMES) {
      expect(known.has(ours), `${theirs} -> ${ours}`).toBe(true);
      expect(theirs).toMatch(/^[a-z0-9]+$/);
    }
  });
});

it("knows other spellings without these names, as in pages", () => {
  setForeignNames(new Map());
  expect(() => call(conv2d, { kernel_size: 3 })).toThrow(/; did you mean kernelSize\?$/);
  expect(() => call(adam, { lr: 0.1 })).toThrow(/got "lr"$/);
});
