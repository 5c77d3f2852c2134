import { expect, it } from "vitest";
import { runTape } from "../../src/engine/program.ts";
import type { Tape } from "../../src/engine/tape.ts";
import { barImages, compiled } from "./networks.ts";

it("packs the weights for the backward pass only to train", async () => {
  const model = await compiled({ batchSize: 5 });
  const { engine } = model.network;
  const packed = { forward: 0, backward: 0 };
  engine.run = (tape: Tape) => {
    for (const { kernel } of tape.operations) {
      if (kernel === "pack_forward") packed.forward++;
      if (kernel === "pack_backward") packed.backward++;
    }
    runTape(engine.kernels, tape);
  };
  await model.evaluate(barImages(10));
  expect(packed.forward).toBeGreaterThan(0);
  expect(packed.backward).toBe(0);
  await model.fit(barImages(5));
  expect(packed.backward).toBeGreaterThan(0);
});
