import { expect, it } from "vitest";
import { runTape } from "../../../src/engine/program.ts";
import type { Tape } from "../../../src/engine/tape.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../../src/formats/safetensors.ts";
import { loadModel, resumeTrainer } from "../../../src/training/load-model.ts";
import { adam, rmsprop } from "../../../src/training/optimizers.ts";
import { barImages, compiled, weightBytes } from "../../model/networks.ts";
import { NETWORKS, testBits } from "./bits.ts";

const data = barImages(23);

// The last batch is smaller; one is smaller than the number of threads. One of three is in bits.slow.test.ts.
testBits({ batchSize: 7, optimizer: adam({ learningRate: 0.01, clipNorm: 0.5 }) });
testBits({ batchSize: 1, optimizer: rmsprop({ learningRate: 0.01 }) });

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
