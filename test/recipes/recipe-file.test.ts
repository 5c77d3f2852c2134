import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import type { ImageShape } from "../../src/data/pixels.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { findRecipe, NETWORKS, RECIPES } from "../../src/recipes/index.ts";
import type { Recipe, Variables } from "../../src/recipes/recipe.ts";
import { readRecipe, recipeToJson } from "../../src/recipes/recipe-file.ts";
import { recipeArchitecture, runRecipe } from "../../src/recipes/run.ts";

/** Images and numbers with which a step of a deep network takes a moment. */
const SMALLER: Readonly<Record<string, { readonly shape: ImageShape; readonly variables?: Variables }>> = {
  resnet18: { shape: [16, 16, 3], variables: { filters: 8 } },
  mobilenetV2: { shape: [96, 96, 3], variables: { width: 0.25 } },
  mobilenetV3Small: { shape: [64, 64, 3], variables: { width: 0.25 } },
  shufflenetV2: { shape: [64, 64, 3], variables: { width: 0.5 } },
  squeezenet: { shape: [32, 32, 3] },
  efficientnetLite0: { shape: [96, 96, 3] },
  densenet: { shape: [16, 16, 3], variables: { depth: 10, growth: 4 } },
};

function noise(shape: ImageShape, count: number): Dataset {
  const stream = RandomStream.from(1, "recipe files");
  const images = Uint8Array.from({ length: count * sizeOf(shape) }, (_, i) => stream.integer(i, 256));
  return createDataset({ shape, images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10), classes: 10 });
}

/** The weights after two epochs of two steps, by all that the recipe says of them. */
async function trained(recipe: Recipe, shape: ImageShape): Promise<string> {
  const data = noise(shape, 8);
  const short: Recipe = {
    ...recipe,
    epochs: 2,
    batchSize: recipe.batchSize === "all" ? "all" : Math.min(recipe.batchSize, 4),
    split: undefined,
    evaluations: [],
    prediction: undefined,
    ...(recipe.averaging && { averaging: { ...recipe.averaging, every: 1 } }),
  };
  const { model } = await runRecipe(short, { train: data, test: undefined }, { seed: 3, engine: "simd" });
  const hash = weightsSha256(model);
  model.dispose();
  return hash;
}

describe("a recipe as a file", () => {
  const all = [...new Set([...RECIPES, ...NETWORKS])].map((recipe): [string, Recipe] => [
    `${RECIPES.includes(recipe) ? "recipe" : "network"} ${recipe.name}`,
    recipe,
  ]);

  it.each(all)("%s says the same as the recipe, and trains to the same weights", async (_, built) => {
    const { shape = built.shape ?? [28, 28, 1], variables = built.variables } = SMALLER[built.name] ?? {};
    const recipe = { ...built, variables };
    const json = recipeToJson(recipe, shape);
    const read = readRecipe(JSON.parse(JSON.stringify(json)));
    // Options within options are there with their defaults once they were read.
    expect(recipeToJson(read)).toMatchObject(json);
    for (const classes of [2, 10]) {
      const [ours, theirs] = [recipe, read].map((each) => recipeArchitecture(each, { shape, classes }));
      expect(theirs.outputShapes).toEqual(ours.outputShapes);
      expect(theirs.parameterCount()).toBe(ours.parameterCount());
    }
    const { split, figures, notes, whitening, batchSize, epochs } = recipe;
    expect(read).toMatchObject(JSON.parse(JSON.stringify({ split, figures, notes, whitening, batchSize, epochs })));
    expect(await trained(read, shape)).toBe(await trained(recipe, shape));
  });

  it("may leave out all but the layers", () => {
    const recipe = readRecipe([{ type: "flatten" }, { type: "dense", units: "classes" }], "mine");
    expect(recipe).toMatchObject({ name: "mine", epochs: 3, batchSize: 64, input: { scale: 1 / 255 } });
    expect(recipe.optimizer.config.type).toBe("adam");
    expect(recipeArchitecture(recipe, { shape: [4, 4, 3], classes: 7 }).output).toEqual([7]);
  });

  it("may say the images' shape, and several outputs", () => {
    const layers = [
      { type: "flatten" },
      { type: "dense", name: "a", units: 2 },
      { type: "dense", name: "b", units: 3, inputs: "flatten" },
    ];
    const recipe = readRecipe({ input: { shape: [5, 6, 3], mean: [1, 2, 3] }, layers, outputs: ["a", "b"] });
    const { input, outputShapes } = recipeArchitecture(recipe, { shape: [8, 8, 3], classes: 2 });
    expect(input).toEqual({ shape: [5, 6, 3], scale: [1, 1, 1], offset: [-1, -2, -3] });
    expect([...outputShapes.keys()]).toEqual(["a", "b"]);
  });

  const dense = { type: "dense", units: 10 };
  it.each<[unknown, string | RegExp]>([
    [5, "recipe: expected an object, got 5"],
    [{}, "recipe: expected layers to be a list of layers, got nothing"],
    [{ layers: [dense], epoch: 3 }, /^recipe: expected only the keys name, .*, got "epoch"$/],
    [{ layers: [dense], batch_size: 3 }, /got "batch_size"; did you mean batchSize\?$/],
    [
      { layers: [{ type: "conv2d", kernel_size: 3, filters: 4 }] },
      /^layers\[0\] \(conv2d\): .*; did you mean kernelSize\?$/,
    ],
    [[dense, { type: "Max_Pooling2D" }], /^layers\[1\]: .*got "Max_Pooling2D"; did you mean maxPooling2d\?$/],
    [[{ type: "conv2d", filters: 4, kernelSize: 3, padding: "SAME" }], /got "SAME"; did you mean same\?$/],
    [[{ ...dense, units: "class" }], 'layers[0] (dense): expected units to be a whole number at least 1, got "class"'],
    [{ layers: [dense], optimizer: "SGD" }, /^optimizer: expected one of sgd, .*; did you mean sgd\?$/],
    [
      { layers: [dense], split: { train: [5, 2] } },
      "recipe: split: train: expected end to be a whole number above 5, got 2",
    ],
    [{ layers: [dense], figures: [{ value: 1 }] }, /^recipe: figures\[0\]: expected figure to be one of trainLoss, /],
    [{ layers: [dense], input: { scale: "1" } }, /^recipe: input: expected scale to be a finite number/],
  ])("is refused as %j", (json, message) => {
    expect(() => readRecipe(json)).toThrow(message);
  });

  it("is bounded where a file nests blocks without end", () => {
    let layer: object = { type: "relu" };
    for (let i = 0; i < 5000; i++) layer = { type: "residual", layers: [layer] };
    expect(() => readRecipe([layer])).toThrow(/at most 8 nested residuals/);
  });

  it("trains as docs/RECIPES.md changes one", async () => {
    const docs = readFileSync("docs/RECIPES.md", "utf8");
    const [, layers, plan] = [...docs.matchAll(/```json\n([^`]*)```/g)].map(([, text]) =>
      text.trim().replace(/,$/, ""),
    );
    const conv5 = findRecipe("conv5");
    if (conv5 === undefined) throw new Error("no conv5");
    const json = recipeToJson(conv5);
    const rest = Array.isArray(json.layers) ? json.layers.slice(1) : [];
    const mine = readRecipe({ ...json, layers: [...JSON.parse(`[${layers}]`), ...rest], ...JSON.parse(`{${plan}}`) });
    expect(mine).toMatchObject({ epochs: 5, batchSize: 32, split: { train: [0, 3500] } });
    expect(recipeArchitecture(mine).parameterCount()).toBe(25 * 12 + 12 + 12 * 12 * 12 * 10 + 10);
    expect(await trained(mine, [28, 28, 1])).toMatch(/^[0-9a-f]{64}$/);
  });

  it("keeps what depends on the number of classes where it is the number itself", () => {
    const conv5 = findRecipe("conv5");
    if (conv5 === undefined) throw new Error("no conv5");
    const { layers } = recipeToJson(conv5);
    expect(JSON.stringify(layers)).toContain('"units":"classes"');
  });
});
