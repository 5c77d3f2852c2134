import { describe, expect, it } from "vitest";
import { planBench } from "../../src/cli/bench/plan.ts";
import { chooseNetwork } from "../../src/cli/network-option.ts";
import { createDataset } from "../../src/data/dataset.ts";
import type { ImageShape } from "../../src/data/pixels.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { findNetwork, SMALL_NETWORKS } from "../../src/recipes/index.ts";
import type { Recipe, Variables } from "../../src/recipes/recipe.ts";
import { recipeArchitecture, runRecipe } from "../../src/recipes/run.ts";

function network(name: string, variables?: Variables): Recipe {
  const found = findNetwork(name);
  if (found === undefined) throw new Error(name);
  return variables === undefined ? found : { ...found, variables };
}

/** Noise with two classes. */
function images(shape: ImageShape, count: number) {
  const stream = RandomStream.from(1, "deep networks");
  const pixels = Uint8Array.from({ length: count * sizeOf(shape) }, (_, i) => stream.integer(i, 256));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return createDataset({ name: "noise", shape, images: pixels, labels, classes: 2 });
}

/** Floats that are trained, and multiply-adds of an image. */
function counts(recipe: Recipe, shape: ImageShape, classes: number): [parameters: number, multiplyAdds: number] {
  const architecture = recipeArchitecture(recipe, { shape, classes });
  const trained = architecture.parameters().filter(({ role }) => role !== "statistic");
  return [trained.reduce((sum, spec) => sum + sizeOf(spec.shape), 0), architecture.multiplyAdds()];
}

describe("deep networks", () => {
  // torchvision 0.29's models; resnet18 and densenet for CIFAR-10 are its own with another first convolution and no pooling.
  it.each<[string, Variables | undefined, ImageShape, number, number]>([
    ["resnet18", undefined, [224, 224, 3], 1000, 11_689_512],
    ["resnet18", undefined, [32, 32, 3], 10, 11_689_512 - 990 * 513 - 64 * 3 * (49 - 9)],
    ["mobilenetV2", undefined, [224, 224, 3], 1000, 3_504_872],
    ["mobilenetV2", { width: 0.35 }, [96, 96, 3], 1000, 1_677_128],
    ["mobilenetV2", { width: 1.4 }, [160, 192, 3], 1000, 6_108_776],
    ["mobilenetV3Small", undefined, [224, 224, 3], 1000, 2_542_856],
    ["shufflenetV2", { width: 0.5 }, [224, 224, 3], 1000, 1_366_792],
    ["shufflenetV2", undefined, [224, 224, 3], 1000, 2_278_604],
    ["squeezenet", undefined, [224, 224, 3], 1000, 1_235_496],
    ["densenet", undefined, [32, 32, 3], 10, 176_122],
    // Huang et al., 2017, Table 2: 0.8 million.
    ["densenet", { depth: 100, growth: 12 }, [32, 32, 3], 10, 769_162],
  ])("%s with %o on %o and %i classes has %i parameters", (name, variables, shape, classes, parameters) => {
    expect(counts(network(name, variables), shape, classes)[0]).toBe(parameters);
  });

  it("take as many multiply-adds as their papers say", () => {
    const millions = (name: string) => counts(network(name), network(name).shape ?? [0, 0, 0], 1000)[1] / 1e6;
    // He et al., Table 1: 1.8 billion; Sandler et al., Table 4: 300 million; Howard et al., Table 4: 56; Ma et al., Table 8: 146.
    expect(millions("resnet18")).toBeCloseTo(1814, -1);
    expect(millions("mobilenetV2")).toBeCloseTo(300, -1);
    expect(millions("mobilenetV3Small")).toBeCloseTo(56, -1);
    expect(millions("shufflenetV2")).toBeCloseTo(146, -1);
  });

  it.each<[string, Variables | undefined, ImageShape]>([
    ["resnet18", { filters: 5 }, [8, 7, 1]],
    ["resnet18", { filters: 8 }, [65, 66, 3]],
    ["mobilenetV2", { width: 0.25 }, [96, 97, 3]],
    ["mobilenetV3Small", { width: 0.25 }, [64, 65, 3]],
    ["shufflenetV2", { width: 0.5 }, [65, 64, 3]],
    ["squeezenet", undefined, [37, 30, 3]],
    ["densenet", { depth: 10, growth: 4 }, [9, 8, 3]],
  ])("%s with %o trains on images of %o", async (name, variables, shape) => {
    const train = images(shape, 4);
    const recipe = { ...network(name, variables), batchSize: 2, epochs: 1 };
    const { model, history } = await runRecipe(recipe, { train, test: undefined }, { engine: "simd" });
    expect(history.end).toBe("completed");
    expect(Number.isFinite(history.epochs[0].trainLoss)).toBe(true);
    model.dispose();
  });

  it("say which images they take, and which numbers", async () => {
    const build = async (model: string, set: string | undefined, shape: ImageShape) =>
      (await chooseNetwork({ model, ...(set !== undefined && { set: [set] }) })).build(images(shape, 2));
    await expect(build("mobilenetV2", undefined, [96, 95, 3])).rejects.toThrow(
      /^mobilenetV2: expected images of at least 96 x 96, got 96 x 95; --model may be one of .*resnet18, mobilenetV3Small, shufflenetV2, squeezenet, /,
    );
    await expect(build("squeezenet", undefined, [16, 40, 3])).rejects.toThrow(
      /of 17 x 17 they fit; --model may be one/,
    );
    await expect(build("mobilenetV2", "width=0", [96, 96, 3])).rejects.toThrow(
      "mobilenetV2: expected a width above 0, got 0",
    );
    await expect(build("shufflenetV2", "width=0.75", [96, 96, 3])).rejects.toThrow(
      "shufflenetV2: expected a width of 0.5, 1, 1.5, 2, got 0.75",
    );
    await expect(build("densenet", "depth=41", [32, 32, 3])).rejects.toThrow(
      "densenet: expected a depth of 4 and a multiple of 6, such as 40, got 41",
    );
    expect((await build("mobilenetV2", "width=0.5", [96, 96, 3])).parameterCount()).toBeLessThan(2e6);
  });

  it("are measured by the benchmark where they are named, and only there", async () => {
    const names = async (options: { net?: string[]; all?: boolean }) => {
      const { networks } = await planBench({ ...options, engine: ["simd"] });
      return networks.map(({ recipe, batch }) => `${recipe.name} ${batch}`);
    };
    const deep = ["resnet18", "mobilenetV2", "mobilenetV3Small", "shufflenetV2", "squeezenet", "densenet"];
    expect(await names({ net: deep })).toContain("resnet18 32");
    expect(new Set((await names({ net: deep })).map((name) => name.split(" ")[0]))).toEqual(new Set(deep));
    const all = new Set((await names({ all: true })).map((name) => name.split(" ")[0]));
    expect(all).toEqual(new Set(SMALL_NETWORKS.map(({ name }) => name)));
  });
});
