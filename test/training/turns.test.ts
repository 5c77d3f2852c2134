import { describe, expect, it } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { swa } from "../../src/training/averaging.ts";
import type { Callback } from "../../src/training/callback.ts";
import { loadModel, resumeTrainer } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { barImages, CLASSES, compiled, weightBytes } from "../model/networks.ts";

const data = barImages(24);
const image = data.images.subarray(0, 9 * 7 * 2);
const UNDER_WAY = /^\w+: expected no run of the model under way, got one; wait for its end, or end it: /;

function made(): Promise<Model> {
  const layers = [flatten(), dense({ units: 5 }), batchNormalization(), dense({ units: CLASSES })];
  return compiled({ layers, loss: "softmaxCrossEntropy", optimizer: "adam", batchSize: 4, engine: "simd" });
}

/** The weights that a run of its own ends with. */
async function undisturbed(epochs = 2): Promise<Uint8Array> {
  const model = await made();
  await model.fit(data, { epochs });
  return weightBytes(model);
}

describe("two runs at once", () => {
  it("are one: the second is refused, the first goes on as if alone", async () => {
    const model = await made();
    const [first, second] = await Promise.allSettled([model.fit(data, { epochs: 2 }), model.fit(data)]);
    expect(first).toMatchObject({ status: "fulfilled", value: { end: "completed" } });
    expect(second).toMatchObject({ status: "rejected", reason: expect.any(RangeError) });
    expect(second.status === "rejected" && second.reason.message).toMatch(UNDER_WAY);
    expect(weightBytes(model)).toEqual(await undisturbed());
  });

  it("are refused in the loop over the first one's events, in its callbacks, and by a trainer of one's own", async () => {
    const model = await made();
    const refused: unknown[] = [];
    const nested: Callback = {
      name: "nested",
      onStepEnd: () =>
        model.fit(data).then(
          () => {},
          (error) => void refused.push(error),
        ),
    };
    const other = model.trainer(data);
    for await (const _ of model.fitEvents(data, { callbacks: [nested] })) {
      await expect(other.run().next()).rejects.toThrow(UNDER_WAY);
      await expect(model.fit(data)).rejects.toThrow(UNDER_WAY);
      break;
    }
    expect(refused).toEqual([expect.any(RangeError)]);
    // The loop was left, which ended the run.
    await model.fit(data);
  });

  it("may follow each other, but an earlier one does not go on with the numbers of a later one", async () => {
    const model = await made();
    const first = model.trainer(data);
    for await (const { event } of first.run()) if (event === "step") break;
    for await (const _ of model.trainer(data).run()) break;
    await expect(first.run().next()).rejects.toThrow("expected the network's latest run, got one at step 1");
    expect(() => model.checkpoint(first)).toThrow("checkpoint: expected the model's latest run");
  });
});

describe("a run that nobody asks for events any more", () => {
  it("holds the model until stop(), and no longer", async () => {
    const model = await made();
    const events = model.fitEvents(data);
    await events.next();
    await expect(model.fit(data)).rejects.toThrow(UNDER_WAY);
    model.stop();
    expect(await model.fit(data, { epochs: 2 })).toMatchObject({ end: "completed" });
    const weights = weightBytes(model);
    // Whoever comes back to it changes nothing.
    expect(await events.next()).toMatchObject({ done: true, value: { end: "interrupted" } });
    expect(weightBytes(model)).toEqual(weights);
  });

  it("holds nothing before its first event is asked for", async () => {
    const model = await made();
    model.fitEvents(data);
    expect(await model.fit(data)).toMatchObject({ end: "completed" });
  });
});

describe("stop", () => {
  it("ends a run before its next step, and it can be checkpointed and resumed to the same weights", async () => {
    const model = await made();
    const trainer = model.trainer(data, {
      epochs: 2,
      callbacks: [{ name: "stopper", onStepEnd: ({ step }) => (step === 3 ? model.stop() : undefined) }],
    });
    const events = trainer.run();
    let last = await events.next();
    while (last.done !== true) last = await events.next();
    expect(last.value.end).toBe("interrupted");
    expect(trainer.progress.step).toBe(3);
    const checkpoint = readCheckpoint(decodeSafetensors(model.checkpoint(trainer)), "checkpoint");
    const resumed = await loadModel(checkpoint, { training: true, engine: "simd" });
    const rest = resumed.trainer(data, { epochs: 2 });
    resumeTrainer(rest, checkpoint);
    for await (const _ of rest.run());
    expect(weightBytes(resumed)).toEqual(await undisturbed());
  });

  it("does nothing without a run", async () => {
    const model = await made();
    model.stop();
    expect(await model.fit(data)).toMatchObject({ end: "completed" });
  });
});

describe("while a run goes on by itself", () => {
  it("evaluate and predict see the weights of one moment, and the run ends with the same weights", async () => {
    const model = await made();
    const large = barImages(4000, 2);
    const epochs = model.fit(data, { epochs: 2 });
    // The engine's clock lets others in every few milliseconds only, and this takes longer.
    const before = await model.evaluate(large);
    const alone = await made();
    const figures = [await alone.evaluate(large)];
    for await (const { event } of alone.fitEvents(data, { epochs: 2 })) {
      if (event === "step") figures.push(await alone.evaluate(large));
    }
    expect(figures).toContainEqual(before);
    await epochs;
    expect(weightBytes(model)).toEqual(await undisturbed());
  });

  it("compile is refused, and what was begun before it stays whole", async () => {
    const model = await made();
    const run = model.fit(data, { epochs: 2 });
    await expect(model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy" })).rejects.toThrow(UNDER_WAY);
    expect(await run).toMatchObject({ end: "completed" });
    expect(weightBytes(model)).toEqual(await undisturbed());
  });

  it("compile is refused while it was not done and a run begins, as is a second one", async () => {
    const model = await made();
    const options = { optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "simd" } as const;
    const compiling = model.compile(options);
    const events = model.fitEvents(data);
    await events.next();
    await expect(compiling).rejects.toThrow(UNDER_WAY);
    model.stop();
    const [first, second] = await Promise.allSettled([model.compile(options), model.compile(options)]);
    expect([first.status, second.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("dispose ends it, in an evaluation too", async () => {
    const model = await made();
    const run = model.fit(data, { epochs: 50, validation: barImages(4000, 2) });
    await new Promise((resolve) => setTimeout(resolve));
    model.dispose();
    expect(await run).toMatchObject({ end: "interrupted" });
    expect(() => model.save()).toThrow(TypeError);
  });
});

describe("between two steps", () => {
  it("save, getWeight, setWeight and checkpoint are right", async () => {
    const model = await made();
    const trainer = model.trainer(data);
    for await (const { event } of trainer.run()) {
      if (event !== "step") continue;
      model.setWeight("dense/bias", [1, 2, 3, 4, 5]);
      const copy = await loadModel(model.save(), { engine: "simd" });
      expect([...copy.getWeight("dense/bias")]).toEqual([1, 2, 3, 4, 5]);
      expect(weightBytes(copy)).toEqual(weightBytes(model));
      expect(model.checkpoint(trainer).length).toBeGreaterThan(0);
    }
  });

  it("setWeight is refused while somebody evaluates", async () => {
    const model = await made();
    const evaluation = model.evaluate(data);
    expect(() => model.setWeight("dense/bias", [1, 2, 3, 4, 5])).toThrow("expected no evaluate or predict under way");
    await expect(model.compile()).rejects.toThrow("compile: expected no evaluate or predict under way, got one");
    await evaluation;
    model.setWeight("dense/bias", [1, 2, 3, 4, 5]);
  });

  it("a checkpoint is refused in a callback, where others may not have seen the step", async () => {
    const model = await made();
    let message = "";
    const trainer = model.trainer(data, {
      callbacks: [
        {
          name: "early",
          onStepEnd() {
            try {
              model.checkpoint(trainer);
            } catch (error) {
              message = String(error);
            }
          },
        },
      ],
    });
    for await (const _ of trainer.run()) break;
    expect(message).toBe(
      "RangeError: checkpoint: expected a run between two steps, got one at work; take it in the loop over its events",
    );
  });

  it("a checkpoint is of a run of this model", async () => {
    const [model, other] = [await made(), await made()];
    expect(() => model.checkpoint(other.trainer(data))).toThrow("or of another model");
  });

  it("resumeTrainer is refused while a run goes on", async () => {
    const model = await made();
    for await (const _ of model.fitEvents(data)) {
      const checkpoint = readCheckpoint(decodeSafetensors(model.save()), "model");
      const file = { ...checkpoint, training: { state: {}, optimizer: new Map(), callbacks: new Map() } };
      expect(() => resumeTrainer(model.trainer(data), file)).toThrow(UNDER_WAY);
    }
  });
});

describe("averaged weights in place of the run's", () => {
  it("are those that a callback evaluates and saves, and are not written over", async () => {
    const model = await made();
    const seen: unknown[] = [];
    const look: Callback = {
      name: "look",
      async onEpochEnd({ valLoss }) {
        const { loss } = await model.evaluate(data);
        const saved = await loadModel(model.save(), { engine: "simd" });
        seen.push([loss, (await saved.evaluate(data)).loss, valLoss]);
        // Not awaited: the run waits for it before it puts its own weights back.
        void model.evaluate(data).then((late) => seen.push(late.loss));
        expect(() => model.setWeight("dense/bias", [0, 0, 0, 0, 0])).toThrow(
          "expected no evaluate or predict under way",
        );
      },
    };
    await model.fit(data, { epochs: 2, validation: data, averaging: swa({ startEpoch: 0 }), callbacks: [look] });
    expect(seen).toHaveLength(4);
    for (let epoch = 0; epoch < 4; epoch += 2) {
      const [figures, late] = [seen[epoch], seen[epoch + 1]];
      expect(figures).toEqual([late, late, late]);
    }
  });
});

describe("predict", () => {
  const clamped = (length: number) => new Uint8ClampedArray(length).fill(200);

  it("takes bytes, clamped bytes and floats, and refuses other integers", async () => {
    const model = await made();
    const wanted = await model.predict(image);
    expect(await model.predict(new Uint8ClampedArray(image))).toEqual(wanted);
    expect(await model.predict(Float32Array.from(image))).toEqual(wanted);
    for (const Kind of [Int8Array, Uint16Array, Int16Array, Int32Array, Uint32Array, Float64Array]) {
      const images: unknown = Kind.from(image);
      const predict = Reflect.apply(model.predict, model, [images]);
      await expect(predict).rejects.toThrow(
        new TypeError(`predict: expected images as a Uint8Array, Uint8ClampedArray or Float32Array, got ${Kind.name}`),
      );
    }
    const list = Reflect.apply(model.predict, model, [Array.from(image)]);
    await expect(list).rejects.toThrow("or Float32Array, got Array");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses a pixel of %s", async (pixel) => {
    const model = await made();
    const images = new Float32Array(2 * image.length);
    images[image.length + 3] = pixel;
    await expect(model.predict(images)).rejects.toThrow(
      `predict: expected finite pixels, got ${pixel} at index ${image.length + 3} (image 1)`,
    );
  });

  it("refuses what a canvas gives where the model has fewer channels, whose length would be that of two images", async () => {
    const model = await made();
    const canvas = clamped(9 * 7 * 4);
    await expect(model.predict(canvas)).rejects.toThrow(
      "predict: expected images of 9 x 7 x 2 values, got 252 clamped ones, which are 9 x 7 x 4 (red, green, blue, alpha)",
    );
    const picture: unknown = { width: 7, height: 9, data: canvas };
    await expect(Reflect.apply(model.predict, model, [picture])).rejects.toThrow("got a picture; resizeImage(");
    expect(await model.predict(clamped(9 * 7 * 2))).toHaveLength(CLASSES);
    expect(await model.predict(clamped(3 * 9 * 7 * 2))).toHaveLength(3 * CLASSES);
  });

  it("takes the shape of an image, and refuses another than the model's", async () => {
    const model = await made();
    expect(await model.predict(image, { shape: [9, 7, 2] })).toHaveLength(CLASSES);
    const rgba = new Uint8Array(9 * 7 * 4);
    await expect(model.predict(rgba, { shape: [9, 7, 4] })).rejects.toThrow(
      new RangeError("predict: expected images of shape [9,7,2], got [9,7,4]"),
    );
  });
});
