import { describe, expect, it } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits/dataset.ts";
import { parametersOf } from "../../src/graph/graph.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { findNetwork, findRecipe, NETWORKS, NOTEBOOKS, RECIPES } from "../../src/recipes/index.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { figureOf, recipeArchitecture, runRecipe } from "../../src/recipes/run.ts";
import { Model } from "../../src/training/model.ts";

function recipe(name: string): Recipe {
  const found = findRecipe(name);
  if (found === undefined) throw new Error(`no recipe ${name}`);
  return found;
}

/** A recipe's model before its first step. */
async function initial(of: Recipe): Promise<Model> {
  const model = new Model(recipeArchitecture(of), 1);
  await model.compile({ engine: "js" });
  return model;
}

/** Colour images of two bright quarters, which are the class. */
function colourImages(count: number): Dataset {
  const stream = RandomStream.from(1, "colours");
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = Uint8Array.from({ length: count * 3072 }, (_, i) => {
    const [image, row, channel] = [Math.floor(i / 3072), Math.floor(i / 96) % 32, i % 3];
    const bright = Math.floor(row / 4) === labels[image] % 8 && channel === (labels[image] < 8 ? 0 : 2);
    return stream.integer(i, 100) + (bright ? 150 : 0);
  });
  return createDataset({ name: "colours", shape: [32, 32, 3], images, labels, classes: 10 });
}

describe("the lists", () => {
  it("have every name once, and a line for each", () => {
    for (const list of [RECIPES, NETWORKS]) {
      expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
      for (const { description } of list) expect(description).toMatch(/^\S.{10,110}$/);
    }
    expect(RECIPES[0]).toBe(NETWORKS[0]);
    expect(NOTEBOOKS.map(({ name }) => name)).toEqual(["strided", "batchnorm", "conv8", "conv5", "conv10"]);
    expect(findRecipe("keras")).toBeUndefined();
    expect(findNetwork("keras")).toBeDefined();
  });

  it("give the same shapes to a notebook's recipe and the network of its name", () => {
    for (const notebook of NOTEBOOKS) {
      const network = findNetwork(notebook.name);
      if (network === undefined) throw new Error(notebook.name);
      const shapes = (of: Recipe) =>
        recipeArchitecture(of).graph.nodes.map(({ layer, output }) => [layer.type, ...output.shape]);
      expect(shapes(notebook), notebook.name).toEqual(shapes(network));
    }
  });
});

/** A normal distribution's deviation, from its draws. */
function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe("the notebooks' initial weights", () => {
  // From the notebooks' descriptions: shapes and deviations.
  it.each<[string, Record<string, [shape: number[], deviation: number]>]>([
    [
      "strided",
      {
        "conv2d/kernel": [[3, 3, 1, 32], 1 / 3],
        "conv2d/bias": [[13, 13, 32], 1 / Math.sqrt(32)],
        "conv2d_1/kernel": [[3, 3, 32, 64], 1 / Math.sqrt(288)],
        "conv2d_1/bias": [[6, 6, 64], 1 / 8],
        "dense/kernel": [[2304, 128], 1 / 48],
        "dense/bias": [[128], 1 / Math.sqrt(128)],
        "dense_1/kernel": [[128, 10], 1 / Math.sqrt(128)],
        "dense_1/bias": [[10], 1 / Math.sqrt(10)],
      },
    ],
    [
      "batchnorm",
      {
        "conv2d/kernel": [[3, 3, 1, 16], 0.1],
        "conv2d_1/kernel": [[4, 4, 16, 18], 0.1],
        "dense/kernel": [[3042, 20], 0.1],
        "dense_1/kernel": [[20, 10], 0.1],
        "dense_1/bias": [[10], 0],
      },
    ],
    [
      "conv8",
      {
        "conv2d/kernel": [[3, 3, 1, 8], 1 / 9],
        "dense/kernel": [[1352, 10], 1 / 1352],
        "dense/bias": [[10], 0],
      },
    ],
    [
      "conv5",
      {
        "conv2d/kernel": [[5, 5, 1, 5], 1 / 5],
        "dense/kernel": [[2880, 10], 1 / 28],
        "dense/bias": [[10], 1 / Math.sqrt(10)],
      },
    ],
    [
      "conv10",
      {
        // Uniform from 0 to 1, whose mean square is 1 / 3, and from -1 to 1.
        "conv2d/kernel": [[3, 3, 1, 10], Math.sqrt(1 / 3)],
        "conv2d/bias": [[10], Math.sqrt(1 / 3)],
        "dense/kernel": [[1960, 10], Math.sqrt(1 / 3)],
        "dense/bias": [[10], Math.sqrt(1 / 3)],
      },
    ],
  ])("of %s", async (name, wanted) => {
    const start = await initial(recipe(name));
    const names = [...start.weights().keys()].filter((weight) => !/moving|gamma|beta/.test(weight));
    expect(names).toEqual(Object.keys(wanted));
    for (const [weight, [shape, spread]] of Object.entries(wanted)) {
      expect(start.weights().get(weight), weight).toEqual(shape);
      const values = start.getWeight(weight);
      // Four standard errors of a deviation.
      const bound = spread * (4 / Math.sqrt(2 * values.length));
      expect(Math.abs(deviation(values) - spread), weight).toBeLessThanOrEqual(bound);
    }
  });

  it("of conv10 are positive in the convolution", async () => {
    const model = await initial(recipe("conv10"));
    for (const name of ["conv2d/kernel", "conv2d/bias", "dense/bias"]) {
      for (const value of model.getWeight(name)) expect(value).toBeGreaterThanOrEqual(0);
    }
    expect(Math.min(...model.getWeight("dense/kernel"))).toBeLessThan(-0.9);
  });
});

describe("the notebooks' settings", () => {
  it.each<[string, object, object]>([
    [
      "strided",
      { type: "sgd", learningRate: 0.0001 },
      { batchSize: 1, epochs: 10, input: { scale: 1 }, split: { validation: 1000 } },
    ],
    [
      "batchnorm",
      { type: "sgd", learningRate: 0.5 },
      { batchSize: "all", epochs: 50, input: { scale: 1 / 255 }, prediction: { batchStatistics: true } },
    ],
    ["conv8", { type: "sgd", learningRate: 0.005 }, { batchSize: 1, epochs: 3, averageEvery: 100 }],
    [
      "conv5",
      { type: "sgd", learningRate: 0.01 },
      { batchSize: 1, epochs: 50, sampling: "replacement", split: { train: [0, 3500] } },
    ],
    [
      "conv10",
      {
        ...{ type: "adam", learningRate: 0.005, beta1: 0.95, beta2: 0.99 },
        ...{ epsilon: 1e-7, epsilonInside: true, biasCorrection: false },
      },
      { batchSize: 32, epochs: 2 },
    ],
  ])("of %s", (name, optimizer, settings) => {
    const found = recipe(name);
    expect(found).toMatchObject(settings);
    expect({ ...found.optimizer.config }).toEqual(optimizer);
    expect(found).toMatchObject({ loss: "softmaxCrossEntropy", schedule: { type: "constant" } });
  });

  it("of conv10 with valid padding have the notebook's layer table", () => {
    const { graph } = recipeArchitecture({ ...recipe("conv10"), variables: { padding: 0 } });
    const table = graph.nodes
      .filter(({ layer }) => layer.type !== "relu")
      .map((node) => {
        const counts = parametersOf(node).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
        return [node.layer.type, node.output.shape.join(), counts.reduce((a, b) => a + b, 0)];
      });
    expect(table).toEqual([
      ["conv2d", "26,26,10", 100],
      ["maxPooling2d", "13,13,10", 0],
      ["flatten", "1690", 0],
      ["dense", "10", 16_910],
    ]);
  });
});

describe("conv8, one step after the other", () => {
  it("does what a hand-written training does", async () => {
    const data = digits({ count: 12, seed: 4 });
    const { images } = data;
    const labels = data.labels ?? new Uint8Array();
    const few: Recipe = { ...recipe("conv8"), split: {}, sampling: "sequential", epochs: 2 };
    const start = await initial(few);
    const kernel = Float64Array.from(start.getWeight("conv2d/kernel"));
    const weights = Float64Array.from(start.getWeight("dense/kernel"));
    const bias = new Float64Array(10);
    const lossesOfEpochs = [0, 0];
    for (let step = 0; step < 24; step++) {
      const image = step % 12;
      const x = Array.from(images.subarray(image * 784, (image + 1) * 784), (pixel) => pixel / 255 - 0.5);
      // Convolution and pooling; where each pooled value came from.
      const pooled = new Float64Array(1352).fill(Number.NEGATIVE_INFINITY);
      const from = new Int32Array(1352);
      for (let y = 0; y < 26; y++) {
        for (let column = 0; column < 26; column++) {
          for (let k = 0; k < 8; k++) {
            let sum = 0;
            for (let i = 0; i < 9; i++) {
              sum += x[(y + Math.floor(i / 3)) * 28 + column + (i % 3)] * kernel[i * 8 + k];
            }
            const at = (Math.floor(y / 2) * 13 + Math.floor(column / 2)) * 8 + k;
            if (sum > pooled[at]) [pooled[at], from[at]] = [sum, y * 26 + column];
          }
        }
      }
      const logits = bias.map((b, j) => pooled.reduce((sum, value, i) => sum + value * weights[i * 10 + j], b));
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      const error = logits.map((logit, j) => Math.exp(logit) / total - (j === labels[image] ? 1 : 0));
      lossesOfEpochs[Math.floor(step / 12)] -= (logits[labels[image]] - Math.log(total)) / 12;
      const dKernel = new Float64Array(72);
      for (let at = 0; at < 1352; at++) {
        let gradient = 0;
        for (let j = 0; j < 10; j++) {
          gradient += weights[at * 10 + j] * error[j];
          weights[at * 10 + j] -= 0.005 * pooled[at] * error[j];
        }
        const [y, column] = [Math.floor(from[at] / 26), from[at] % 26];
        for (let i = 0; i < 9; i++) {
          dKernel[i * 8 + (at % 8)] += gradient * x[(y + Math.floor(i / 3)) * 28 + column + (i % 3)];
        }
      }
      for (let i = 0; i < 72; i++) kernel[i] -= 0.005 * dKernel[i];
      for (let j = 0; j < 10; j++) bias[j] -= 0.005 * error[j];
    }
    const { model, history } = await runRecipe(
      few,
      { train: data, test: undefined },
      { seed: 1, engine: "js", precision: "float64" },
    );
    for (const [i, { trainLoss }] of history.epochs.entries()) expect(trainLoss).toBeCloseTo(lossesOfEpochs[i], 6);
    const expectAll = (name: string, wanted: Float64Array) => {
      const { offset, size } = model.network.parameters.get(name).value;
      const got = model.network.view(offset, size);
      for (const [i, value] of wanted.entries()) expect(Math.abs(got[i] - value), `${name}[${i}]`).toBeLessThan(1e-9);
    };
    expectAll("conv2d/kernel", kernel);
    expectAll("dense/kernel", weights);
    expectAll("dense/bias", bias);
  });
});

/** A recipe cut down to what a test has time for. */
function short(of: Recipe, images: number): Recipe {
  const { evaluations = [] } = of;
  const steps = of.batchSize === "all" ? 1 : Math.max(1, Math.floor(images / of.batchSize));
  return {
    ...of,
    epochs: 2,
    batchSize: of.batchSize === "all" ? "all" : Math.min(of.batchSize, images),
    split: { ...(of.split?.validation !== undefined && { validation: of.split.validation === "test" ? "test" : 4 }) },
    ...(of.averaging !== undefined && { averaging: { ...of.averaging, every: 1 } }),
    evaluations: evaluations.map(({ on }) => ({ on, every: steps, images: 3 })),
  };
}

describe("every recipe", () => {
  const data = { train: digits({ count: 24, seed: 1 }), test: digits({ count: 12, seed: 1, start: 5000 }) };

  it.each(RECIPES.map(({ name }) => name))(
    "%s gives the same weights again, with one thread and with two",
    async (name) => {
      const found = recipe(name);
      const isColour = found.shape?.[2] === 3;
      const used = isColour ? { train: colourImages(6), test: colourImages(3) } : data;
      const run = async (threads: number) => {
        const { model, history, test } = await runRecipe(short(found, used.train.length), used, {
          seed: 3,
          engine: "simd",
          threads,
        });
        expect(history.end).toBe("completed");
        expect(Number.isFinite(test?.loss)).toBe(true);
        const hash = weightsSha256(model);
        model.dispose();
        return hash;
      };
      const first = await run(1);
      expect(await run(1)).toBe(first);
      expect(await run(2)).toBe(first);
    },
  );

  it("is followed by figures of a kind that its run has", () => {
    for (const found of RECIPES) {
      for (const { figure, epoch, step, value } of found.figures ?? []) {
        expect(value).toBeGreaterThan(0);
        if (figure === "averageLoss") expect((step ?? 0) % (found.averageEvery ?? 0)).toBe(0);
        else if (figure !== "testAccuracy") expect(epoch).toBeLessThanOrEqual(found.epochs);
        if (figure.startsWith("val")) expect(found.split?.validation).toBeDefined();
      }
    }
  });
});

describe("figures of a run", () => {
  it("are those of the epoch or step that they speak of", async () => {
    const data = { train: digits({ count: 20, seed: 1 }), test: digits({ count: 10, seed: 1, start: 5000 }) };
    const found: Recipe = { ...short(recipe("conv8"), 20), averageEvery: 10 };
    const run = await runRecipe(found, data, { engine: "simd" });
    const kind = "published" as const;
    expect(figureOf({ figure: "trainLoss", epoch: 2, value: 1, kind }, run)).toBe(run.history.epochs[1].trainLoss);
    expect(figureOf({ figure: "averageLoss", step: 30, value: 1, kind }, run)).toBe(run.history.reports[2].loss);
    expect(figureOf({ figure: "testAccuracy", value: 1, kind }, run)).toBe(run.test?.accuracy);
    expect(figureOf({ figure: "trainLoss", epoch: 3, value: 1, kind }, run)).toBeUndefined();
    expect(figureOf({ figure: "valLoss", epoch: 1, value: 1, kind }, run)).toBeUndefined();
  });
});
