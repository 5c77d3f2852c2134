import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add } from "../../src/layers/add.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { input } from "../../src/model/input.ts";
import { readSafetensors } from "../../src/node/safetensors.ts";
import { createModel } from "../../src/training/create-model.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";
import { writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
const here = (...names: string[]) => join(cwd, ...names);
const run = (...words: string[]) => convasmHere(words, { cwd });

const LAYERS = [
  { type: "conv2d", name: "stem", filters: 4, kernelSize: 5, strides: 3, activation: "relu" },
  { type: "conv2d", name: "wide", filters: 4, kernelSize: 3, padding: "same" },
  { type: "add", name: "sum", inputs: ["wide", "stem"] },
  { type: "flatten" },
  { type: "dense", name: "scores", units: 10 },
];

beforeAll(() => {
  writeSmallData(here("small"), 100, 40);
  writeFileSync(here("branches.json"), JSON.stringify({ layers: LAYERS }));
});
afterAll(remove);

describe("a branching network on the command line", () => {
  it("is trained, inspected, tested and used, from a JSON file", async () => {
    const words = ["--model", "branches.json", "--epochs", "1", "--engine", "simd", "--out", "run", "--json"];
    const trained = await run("train", "small", ...words);
    expect(trained.stderr).toBe("");
    expect(trained.code).toBe(0);
    const [tested, inspected] = [await run("eval", "run", "--json"), await run("inspect", "run", "--json")];
    expect(tested.json().at(-1)).toMatchObject({ testImages: 40 });
    const { architecture, layers, weightsSha256 } = inspected.event("model");
    expect(weightsSha256).toBe(trained.event("done").weightsSha256);
    expect(layers).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "sum", inputs: ["wide", "stem/relu"] })]),
    );
    // The same file as the functional form makes.
    const x = input({ shape: [28, 28, 1], scale: 1 / 255 });
    const stem = conv2d({ name: "stem", filters: 4, kernelSize: 5, strides: 3, activation: "relu" }).apply(x);
    const wide = conv2d({ name: "wide", filters: 4, kernelSize: 3, padding: "same" }).apply(stem);
    const sum = add({ name: "sum" }).apply([wide, stem]);
    const outputs = dense({ name: "scores", units: 10 }).apply(flatten().apply(sum));
    expect(architecture).toEqual(createModel({ inputs: x, outputs }).architecture.toJson());
    expect((await readSafetensors(here("run", "model.safetensors"))).tensors.size).toBe(6);
  });

  it("may have several outputs, which say so where one is wanted", async () => {
    writeFileSync(here("two.json"), JSON.stringify({ layers: LAYERS, outputs: ["scores", "sum"] }));
    const trained = await run("train", "small", "--model", "two.json", "--epochs", "1");
    expect(trained.code).toBe(2);
    expect(trained.stderr).toBe("convasm: softmaxCrossEntropy: expected a model of one output, got scores, sum\n");
    const x = input([28, 28, 1]);
    const model = createModel({
      inputs: x,
      outputs: [flatten({ name: "a" }).apply(x), conv2d({ name: "b", filters: 1, kernelSize: 3 }).apply(x)],
    });
    await model.compile();
    writeFileSync(here("two.safetensors"), model.save());
    const [predicted, inspected, exported] = [
      await run("predict", "two.safetensors", join("small", "t10k-images-idx3-ubyte")),
      await run("inspect", "two.safetensors", "--json"),
      await run("export", "two.safetensors", "--to", "html", "-o", "two.html"),
    ];
    expect([predicted.code, inspected.code, exported.code]).toEqual([2, 0, 2]);
    expect(predicted.stderr).toBe(
      "convasm: predict: expected a model of one output, got a, b; the library's predictOutputs gives all\n",
    );
    expect(exported.stderr).toMatch(/^convasm: .*expected a model of one output, got a, b\n$/);
    expect(inspected.event("model").architecture).toMatchObject({ outputs: ["a", "b"] });
  });

  it("is refused in one line where it is no graph, before anything is written", async () => {
    const wrong: [string, unknown, string][] = [
      [
        "circle",
        [
          { type: "relu", name: "a", inputs: "b" },
          { type: "relu", name: "b" },
        ],
        '(relu "a"): expected no layer to take',
      ],
      [
        "name",
        [{ type: "flatten", inputs: "x" }],
        '(flatten "flatten"): expected inputs to be names of input, flatten, got "x"',
      ],
    ];
    for (const [name, layers, message] of wrong) {
      writeFileSync(here(`${name}.json`), JSON.stringify(layers));
      const { code, stderr } = await run("train", "small", "--model", `${name}.json`);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^convasm: .*\n$/);
      expect(stderr).toContain(message);
    }
  });
});
