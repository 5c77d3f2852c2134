import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { readLayers } from "../../src/graph/read.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { RandomNetwork } from "../graph/random-networks.ts";
import { describeEngines, expectNear, readGolden, stage } from "./golden.ts";
import { type Digest, expectDigests, IMAGES, namesOf, pattern, setInitial, valuesOf } from "./patterns.ts";

/** A random network, and what PyTorch made of it. */
interface RandomCase extends RandomNetwork {
  readonly loss: number;
  readonly gradients: readonly Digest[];
  /** Running ones, after the step. */
  readonly statistics: readonly Digest[];
  /** By running statistics. */
  readonly lossAfter: number;
}

const golden = readGolden<{ readonly classes: number; readonly batch: number; readonly cases: readonly RandomCase[] }>(
  "random",
);

describeEngines("random networks on $name, against PyTorch", ({ options }) => {
  // In float32 as a share of the largest norm of all gradients, with room: sums are no longer than a few hundred.
  const tolerance = options.precision === "float64" ? 1e-10 : 1e-3;

  it.each(golden.cases)("network $seed", async ({ shape, layers, loss, gradients, statistics, lossAfter }) => {
    const { classes, batch } = golden;
    const model = createModel({ input: shape, layers: readLayers(layers, "layers") });
    await model.compile({ ...options, batchSize: batch, optimizer: "sgd", loss: "softmaxCrossEntropy" });
    setInitial(model);
    const images = Float32Array.from(pattern(IMAGES, batch * sizeOf(shape)));
    const labels = Uint8Array.from({ length: batch }, (_, i) => i % classes);
    stage(model, createDataset({ shape, images, labels, classes }));
    const { network } = model;
    const mean = () => Array.from(network.results(batch).losses).reduce((sum, value) => sum + value, 0) / batch;
    network.trainStep(batch, 1, 0, false);
    expectNear("loss", [mean()], [loss], tolerance);
    const trained = namesOf(model, "trained");
    expectDigests(
      trained,
      trained.map((name) => Float64Array.from(network.gradient(name))),
      gradients,
      tolerance,
    );
    const running = namesOf(model, "statistics");
    expectDigests(
      running,
      running.map((name) => valuesOf(model, name)),
      statistics,
      tolerance,
    );
    network.evaluate(batch, "inference", true);
    expectNear("loss by running statistics", [mean()], [lossAfter], tolerance);
    model.dispose();
  });
});

describe("random networks", () => {
  it("have layers of every kind", () => {
    const types = new Set(golden.cases.flatMap(({ layers }) => layers.map(({ type }) => type)));
    expect([...types].sort().join()).toBe(
      "add,average,averagePooling2d,batchNormalization,concatenate,conv2d,dense,depthwiseConv2d,flatten,gelu," +
        "globalAveragePooling2d,leakyRelu,maxPooling2d,maximum,multiply,relu,residual,sigmoid,subtract,tanh",
    );
  });
});
