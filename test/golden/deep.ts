/**
 * The deep networks beside torchvision's, whose figures make-deep.py wrote.
 *
 * @module
 */

import { expect } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import type { ImageShape } from "../../src/data/pixels.ts";
import { parametersOf } from "../../src/graph/graph.ts";
import { imageShape, sizeOf } from "../../src/layers/shape.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import type { Variables } from "../../src/recipes/recipe.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { expectNear, type GoldenEngine, readGolden, stage } from "./golden.ts";
import { type Digest, expectDigests, IMAGES, namesOf, pattern, setInitial, valuesOf } from "./patterns.ts";

/** A network, and PyTorch's losses of it. */
export interface DeepLosses {
  readonly network: string;
  readonly variables: Variables;
  readonly shape: ImageShape;
  /** Added to all shifts of normalisations. */
  readonly shift: number;
  /** Before each step. */
  readonly losses: readonly number[];
}

/** A network, and what PyTorch made of it. */
export interface DeepCase extends DeepLosses {
  /** Digests of the gradients of the first step. */
  readonly gradients: readonly Digest[];
  /** Digests of the parameters' changes by the steps. */
  readonly changes: readonly Digest[];
  /** Running ones, after the steps. */
  readonly statistics: readonly Digest[];
  /** By running statistics, after the steps. */
  readonly lossAfter: number;
  /** PyTorch's own errors in float32: of what the first step gives, and of what all leave. */
  readonly float32Errors: readonly [first: number, later: number];
}

const golden = readGolden<{
  readonly classes: number;
  readonly batch: number;
  readonly rate: number;
  readonly momentum: number;
  readonly cases: readonly DeepCase[];
  readonly whole: readonly DeepLosses[];
}>("deep");

export const DEEP_CASES = golden.cases;

/** Networks at their full width. */
export const WHOLE_NETWORKS = golden.whole;

/** A compiled network with PyTorch's initial weights and its batch. */
async function prepare(deep: DeepLosses, { options }: GoldenEngine): Promise<Model> {
  const { classes, batch, rate, momentum } = golden;
  const { shape } = deep;
  const recipe = findNetwork(deep.network);
  if (recipe === undefined) throw new Error(deep.network);
  const layers = recipe.layers(classes, { shape, variables: deep.variables }).filter(({ type }) => type !== "dropout");
  const model = createModel({ input: shape, layers });
  const optimizer = sgd({ learningRate: rate, momentum });
  await model.compile({ ...options, batchSize: batch, optimizer, loss: "softmaxCrossEntropy" });
  setInitial(model, deep.shift);
  const images = Float32Array.from(pattern(IMAGES, batch * sizeOf(shape)));
  const labels = Uint8Array.from({ length: batch }, (_, i) => i % classes);
  stage(model, createDataset({ shape, images, labels, classes }));
  return model;
}

/** The mean loss of the batch by the last pass. */
function meanLoss({ network }: Model): number {
  const { losses } = network.results(golden.batch);
  return Array.from(losses).reduce((sum, loss) => sum + loss, 0) / golden.batch;
}

/** Trains a network, as many steps as it has losses, each of which must be within `bound` of PyTorch's. */
export async function checkLosses(deep: DeepLosses, engine: GoldenEngine, bound: number): Promise<void> {
  const model = await prepare(deep, engine);
  const losses = deep.losses.map((_, step) => {
    model.network.trainStep(golden.batch, step + 1, golden.rate, false);
    return meanLoss(model);
  });
  model.dispose();
  for (const [step, loss] of losses.entries()) {
    expect(Math.abs(loss - deep.losses[step]), `step ${step + 1}: ${loss}`).toBeLessThan(bound);
  }
}

/** Trains a network on an engine and compares all figures, or with `steps` of 1 those of the first step. */
export async function checkDeep(deep: DeepCase, engine: GoldenEngine, steps: number): Promise<void> {
  const { batch, rate } = golden;
  const model = await prepare(deep, engine);
  const starts = namesOf(model, "trained").map((name) => valuesOf(model, name));
  const { network } = model;
  const tolerance = toleranceOf(model, batch, engine);
  // Steps let errors grow: ten times as far as PyTorch's own.
  const later =
    engine.options.precision === "float64"
      ? steps * tolerance
      : Math.max(steps * tolerance, 10 * deep.float32Errors[1]);
  for (let step = 1; step <= steps; step++) {
    network.trainStep(batch, step, rate, false);
    expectNear(`loss ${step}`, [meanLoss(model)], [deep.losses[step - 1]], step === 1 ? tolerance : later);
    if (step > 1) continue;
    const gradients = namesOf(model, "trained").map((name) => Float64Array.from(network.gradient(name)));
    expectDigests(namesOf(model, "trained"), gradients, deep.gradients, tolerance);
  }
  if (steps === deep.losses.length) {
    const changes = namesOf(model, "trained").map((name, i) =>
      valuesOf(model, name).map((value, j) => value - starts[i][j]),
    );
    expectDigests(namesOf(model, "trained"), changes, deep.changes, later);
    const statistics = namesOf(model, "statistics");
    expectDigests(
      statistics,
      statistics.map((name) => valuesOf(model, name)),
      deep.statistics,
      later,
    );
    network.evaluate(batch, "inference", true);
    expectNear("loss after the steps", [meanLoss(model)], [deep.lossAfter], later);
  }
  model.dispose();
}

/**
 * Largest error as a share of a norm. In float32 that of the roundings on the longest way through the network, forward and
 * back: the lengths of all sums.
 */
function toleranceOf({ architecture: { graph } }: Model, batch: number, { options, tolerance }: GoldenEngine): number {
  if (options.precision === "float64") return 1e-9;
  const lengths = graph.nodes.flatMap((node) => {
    const [h, w] = node.layer.type === "batchNormalization" ? imageShape(node.output.shape, node.path) : [0, 0];
    const kernels = parametersOf(node).filter(({ role }) => role === "kernel");
    return [batch * h * w, ...kernels.map(({ shape }) => sizeOf(shape.slice(0, -1)))];
  });
  return tolerance(2 * lengths.reduce((sum, length) => sum + length, 0));
}
