import { describe, expect, it } from "vitest";
import { runTape } from "../../../src/engine/program.ts";
import type { Tape } from "../../../src/engine/tape.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../../src/formats/safetensors.ts";
import { batchNormalization } from "../../../src/layers/batch-normalization.ts";
import { conv2d } from "../../../src/layers/conv2d.ts";
import { dense } from "../../../src/layers/dense.ts";
import { flatten } from "../../../src/layers/flatten.ts";
import type { Layer } from "../../../src/layers/layer.ts";
import { maxPooling2d } from "../../../src/layers/max-pooling2d.ts";
import { loadModel, resumeTrainer } from "../../../src/training/load-model.ts";
import { adam, rmsprop, sgd } from "../../../src/training/optimizers.ts";
import { HOST_ENGINES } from "../../engines.ts";
import { barImages, CLASSES, compiled, everyLayer, weightBytes } from "../../model/networks.ts";

const data = barImages(23);

const NETWORKS: Record<string, () => Layer[]> = {
  "every layer": everyLayer,
  // The second convolution is wide enough for Winograd, whose kernels need scratch of the thread's own.
  "two convolutions, pooling, a wide dense layer": () => [
    conv2d({ filters: 17, kernelSize: 3, padding: "same", activation: "relu" }),
    conv2d({ filters: 19, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 33, activation: "relu" }),
    dense({ units: CLASSES }),
  ],
  "normalisation at both ends": () => [
    batchNormalization({ momentum: 0.5 }),
    conv2d({ filters: 5, kernelSize: [4, 2], strides: 2, padding: "same" }),
    batchNormalization({ momentum: 0.5 }),
    flatten(),
    dense({ units: CLASSES, useBias: false }),
    batchNormalization(),
  ],
};

// The last batch is smaller; one is smaller than the number of threads.
const RUNS = [
  { batchSize: 7, optimizer: adam({ learningRate: 0.01, clipNorm: 0.5 }) },
  { batchSize: 3, optimizer: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }) },
  { batchSize: 1, optimizer: rmsprop({ learningRate: 0.01 }) },
];

describe.each(HOST_ENGINES.filter((engine) => engine !== "js"))("on %s", (engine) => {
  describe.each(Object.keys(NETWORKS))("%s", (name) => {
    it.each(RUNS)("is trained to the same bits by any number of threads, $batchSize images at once", async (run) => {
      const results: (readonly [Uint8Array, number])[] = [];
      for (const threads of [1, 2, 3, 5, "auto"] as const) {
        const model = await compiled({ ...run, engine, threads, layers: NETWORKS[name]() });
        await model.fit(data, { epochs: 2, augment: { shift: 1.5, rotate: 10 } });
        const { loss } = await model.evaluate(data);
        results.push([weightBytes(model), loss]);
        if (threads !== "auto") expect(model.network.engine.threads).toBe(threads);
        model.dispose();
      }
      for (const result of results) expect(result).toEqual(results[0]);
    });
  });
});

it("runs kernels with scratch of the thread's own", async () => {
  const layers = NETWORKS["two convolutions, pooling, a wide dense layer"]();
  const model = await compiled({ layers, batchSize: 4, threads: 2 });
  const tapes: Tape[] = [];
  const { engine } = model.network;
  engine.run = (tape) => tapes.push(tape);
  await model.fit(data);
  // The tape that packs frozen weights comes first, and is empty here.
  const [step] = tapes.filter(({ operations }) => operations.length > 0);
  expect(step.operations.filter(({ scratch }) => scratch !== undefined).length).toBeGreaterThan(2);
  model.dispose();
});

it("gives the bits of plain runs in batches that are walked in chunks", async () => {
  const many = barImages(130);
  const results = [];
  for (const plain of [true, false]) {
    for (const threads of plain ? [1] : [1, 2]) {
      const model = await compiled({ batchSize: 120, optimizer: "adam", threads, seed: 3 });
      const { engine } = model.network;
      if (plain) engine.run = (tape) => runTape(engine.kernels, tape);
      await model.fit(many, { epochs: 2 });
      results.push(weightBytes(model));
      model.dispose();
    }
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

it("goes on from a checkpoint with another number of threads to the same bits", async () => {
  const options = { epochs: 2 };
  const whole = await compiled({ batchSize: 5, optimizer: "adam", threads: 1 });
  await whole.fit(data, options);

  const first = await compiled({ batchSize: 5, optimizer: "adam", threads: 3 });
  const trainer = first.trainer(data, options);
  for await (const event of trainer.run()) if (event.event === "step" && event.step === 6) break;
  const checkpoint = readCheckpoint(decodeSafetensors(first.checkpoint(trainer)), "model");
  first.dispose();

  const second = await loadModel(checkpoint, { engine: "simd", training: true, threads: 2 });
  const rest = second.trainer(data, options);
  resumeTrainer(rest, checkpoint);
  for await (const _ of rest.run()) {
  }
  expect(weightBytes(second)).toEqual(weightBytes(whole));
  second.dispose();
});
