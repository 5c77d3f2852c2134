import { describe, expect, it } from "vitest";
import type { EngineName } from "../../src/engine/engine-names.ts";
import { runTape } from "../../src/engine/program.ts";
import type { Operation, Tape } from "../../src/engine/tape.ts";
import type { Optimizer } from "../../src/model/contracts.ts";
import { adam, rmsprop, sgd } from "../../src/training/optimizers.ts";
import { barImages, compiled } from "./networks.ts";

const data = barImages(10);

interface Run {
  /** The whole heap. */
  readonly words: Uint32Array;
  readonly operations: readonly Operation[];
}

/** Trains an epoch of batches of 7 and 3, then evaluates, every operation cut into slices. */
async function run(name: EngineName, slices: number, optimizer: Optimizer): Promise<Run> {
  const model = await compiled({ engine: name, batchSize: 7, optimizer });
  const { engine } = model.network;
  const operations: Operation[] = [];
  engine.run = (tape: Tape) => {
    operations.push(...tape.operations);
    // The network was laid out for one thread.
    runTape(engine.kernels, tape, slices, 1);
  };
  await model.fit(data, { augment: { shift: 1.5, rotate: 10, horizontalFlip: true } });
  await model.evaluate(data);
  return { words: new Uint32Array(engine.heap.slice().buffer), operations };
}

const OPTIMIZERS: readonly Optimizer[] = [
  sgd({ learningRate: 0.05, l2: 0.01 }),
  sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, clipNorm: 0.5 }),
  rmsprop({ learningRate: 0.01 }),
  adam({ learningRate: 0.01, clipNorm: 0.5 }),
];

describe.each(["simd", "js"] as const)("a tape on %s", (engine) => {
  it.each(OPTIMIZERS)("gives the same bits in any number of slices, with $config", async (optimizer) => {
    const whole = await run(engine, 1, optimizer);
    for (const slices of [2, 3, 7, 64]) {
      const { words } = await run(engine, slices, optimizer);
      expect(words.length).toBe(whole.words.length);
      const differs = words.findIndex((word, i) => word !== whole.words[i]);
      expect(differs, `first element that differs in ${slices} slices`).toBe(-1);
    }
  });

  it("does something on every axis", async () => {
    const { operations } = await run(engine, 1, OPTIMIZERS[3]);
    const axes = new Set(operations.map(({ axis }) => axis));
    expect([...axes].sort()).toEqual(["batch", "channel", "parameter", "sample", "single", "weight"]);
    for (const { extent, kernel } of operations) expect(extent, kernel).toBeGreaterThan(0);
  });
});
