import { createDataset, type Dataset } from "../data/dataset.ts";
import { generateDigits } from "../data/digits/generate.ts";
import type { ImageShape } from "../data/pixels.ts";
import { trains, wantedGradients } from "../graph/gradients.ts";
import { inputShapes } from "../graph/graph.ts";
import type { Architecture } from "../model/architecture.ts";
import type { NetworkOptions } from "../model/layout.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import { lossOf } from "../training/losses.ts";
import { DEFAULT_SHAPE } from "./kernel-table.ts";

/** A network at a batch size, with images for it. */
export interface Subject {
  readonly recipe: Recipe;
  readonly architecture: Architecture;
  readonly options: NetworkOptions & { readonly loss: NonNullable<NetworkOptions["loss"]> };
  readonly data: Dataset;
}

/** Images that the batches are drawn from. */
const IMAGES = 256;

const CLASSES = 10;

/** Generated digits where they fit, else noise: the speed of kernels does not depend on the pixels. */
function images(shape: ImageShape): Dataset {
  if (shape.join() === DEFAULT_SHAPE.join()) {
    return createDataset({ name: "bench", shape, classes: CLASSES, ...generateDigits({ count: IMAGES, seed: 1 }) });
  }
  return noiseImages(shape, IMAGES);
}

/** Images of random pixels. */
export function noiseImages(shape: ImageShape, count: number): Dataset {
  const stream = RandomStream.from(1, "bench images");
  const [h, w, c] = shape;
  const images = Uint8Array.from({ length: count * h * w * c }, (_, i) => stream.integer(i, 256));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  return createDataset({ name: "noise", shape, classes: CLASSES, images, labels });
}

/** A recipe's network at a batch size. */
export function createSubject(recipe: Recipe, batchSize: number): Subject {
  const { shape = recipe.input.shape ?? DEFAULT_SHAPE, optimizer, loss } = recipe;
  const architecture = recipeArchitecture(recipe, { shape, classes: CLASSES });
  return {
    recipe,
    architecture,
    options: { batchSize, seed: 1, loss: lossOf(loss), optimizer },
    data: images(architecture.input.shape),
  };
}

/**
 * Operations per image. Only products of convolutions and dense layers count, a multiply-add as two: in inference those
 * of the forward pass; in training also those of the gradients of trained weights, and of the data gradients of all
 * layers after one with weights.
 */
export function operationsPerImage(architecture: Architecture, mode: "train" | "infer"): number {
  if (mode === "infer") return 2 * architecture.multiplyAdds();
  const { graph } = architecture;
  const wanted = wantedGradients(graph, false);
  return graph.nodes.reduce((sum, node) => {
    const passes = 1 + (trains(node) ? 1 : 0) + (node.inputs.some(({ id }) => wanted.has(id)) ? 1 : 0);
    return sum + 2 * passes * node.layer.multiplyAdds(inputShapes(node));
  }, 0);
}
