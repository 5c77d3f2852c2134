import { describe, expect, it } from "vitest";
import { sgd } from "../../src/training/optimizers.ts";
import { barImages, compiled } from "../model/networks.ts";

const data = barImages(12);

describe("a model whose kernel traps", () => {
  it.each([1, 2])(
    "on %i threads says which one, refuses to go on, and trains once it is compiled again",
    async (threads) => {
      const options = { engine: "simd", threads, batchSize: 6, optimizer: sgd(), loss: "softmaxCrossEntropy" } as const;
      const model = await compiled(options);
      const weights = [...model.weights().keys()].map((name) => [name, model.getWeight(name)] as const);
      // The loss looks up the label's logit: as far outside of the memory as all numbers say.
      model.network.stageTargets = () => {};
      model.network.engine.heap.fill(1e9);
      await expect(model.fit(data)).rejects.toThrow(
        /^engine: (thread \d )?failed in softmax_cross_entropy: memory access out of bounds$/,
      );
      await expect(model.fit(data)).rejects.toThrow(
        /softmax_cross_entropy.*; nothing runs after that, compile the model again$/,
      );
      await expect(model.predict(data.images)).rejects.toThrow(/compile the model again$/);
      await model.compile(options);
      for (const [name, values] of weights) model.setWeight(name, values);
      const { epochs } = await model.fit(data);
      expect(epochs[0].trainLoss).toBeGreaterThan(0);
      model.dispose();
    },
  );
});
