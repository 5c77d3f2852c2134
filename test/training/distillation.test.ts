import { describe, expect, it } from "vitest";
import { createDataset, type Dataset, sliceDataset } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits/dataset.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel, resumeTrainer } from "../../src/training/load-model.ts";
import { distillation } from "../../src/training/losses/distillation.ts";
import type { LossOption } from "../../src/training/losses.ts";
import type { Model } from "../../src/training/model.ts";
import { adam } from "../../src/training/optimizers.ts";
import { withTeacher } from "../../src/training/with-teacher.ts";
import { barImages, CLASSES, compiled, SHAPE, weightBytes } from "../model/networks.ts";

const train = digits({ count: 1500, seed: 1 });
const test = digits({ count: 400, seed: 1, start: 1500 });

/** A network of digits. */
async function network(filters: number, loss: LossOption): Promise<Model> {
  const layers = [conv2d({ filters, kernelSize: 5, strides: 2, activation: "relu" }), flatten(), dense({ units: 10 })];
  const model = createModel({ input: { shape: [28, 28, 1], scale: 1 / 255 }, layers, seed: 1 });
  await model.compile({ engine: "simd", optimizer: adam({ learningRate: 0.005 }), loss, batchSize: 50 });
  return model;
}

const bars = barImages(23);
const rowOf = ({ targets = new Float32Array(), classes }: Dataset, i: number) =>
  targets.subarray(i * classes, (i + 1) * classes);

describe("a student", () => {
  it("learns what its teacher knows, from labels that say nothing", async () => {
    const teacher = await network(8, "softmaxCrossEntropy");
    await teacher.fit(train, { epochs: 3 });
    const { accuracy } = await teacher.evaluate(test);
    expect(accuracy).toBeGreaterThan(0.8);
    const wrong = createDataset({ ...train, labels: train.labels?.map((label) => (label + 3) % 10) });
    const taught = await withTeacher(wrong, teacher);
    const student = await network(4, distillation({ temperature: 3, teacherWeight: 1 }));
    await student.fit(taught, { epochs: 4 });
    expect((await student.evaluate(test)).accuracy).toBeGreaterThan(accuracy - 0.1);
    const untaught = await network(4, distillation({ teacherWeight: 0 }));
    await untaught.fit(taught, { epochs: 4 });
    expect((await untaught.evaluate(test)).accuracy).toBeLessThan(0.1);
  });

  it("ends with the same bits on two threads, and after a stop in between", async () => {
    const teacher = await compiled({ seed: 3 });
    const taught = await withTeacher(bars, teacher);
    const made = { batchSize: 6, optimizer: "adam", loss: distillation() } as const;
    const fit = { epochs: 2, augment: { shift: 1 }, validation: bars };
    const whole = await compiled(made);
    const { epochs } = await whole.fit(taught, fit);
    // Validation has no teacher.
    expect(epochs[1].valLoss).toBeCloseTo((await whole.evaluate(bars)).loss, 6);
    const threaded = await compiled({ ...made, threads: 2 });
    await threaded.fit(taught, fit);
    expect(weightBytes(threaded)).toEqual(weightBytes(whole));
    threaded.dispose();
    const stopped = await compiled(made);
    const trainer = stopped.trainer(taught, fit);
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 5) break;
    const bytes = stopped.checkpoint(trainer);
    const later = await loadModel(bytes, { engine: "simd", training: true });
    const resumed = later.trainer(taught, fit);
    resumeTrainer(resumed, readCheckpoint(decodeSafetensors(bytes), "checkpoint"));
    for await (const _ of resumed.run());
    expect(weightBytes(later)).toEqual(weightBytes(whole));
  });

  it("needs a teacher's answers, and images that are not mixed", async () => {
    const student = await compiled({ loss: distillation() });
    await expect(student.fit(bars)).rejects.toThrow(
      "fit: expected targets from 0 to 1 beside labels, as withTeacher adds them, got none",
    );
    const taught = await withTeacher(bars, await compiled({}));
    await expect(student.fit(taught, { augment: { mixup: 0.2 } })).rejects.toThrow("such as softmaxCrossEntropy");
  });
});

describe("a teacher", () => {
  it("gives probabilities, with a softmax loss, a softmax layer, or neither", async () => {
    const layers = [flatten(), dense({ units: CLASSES })];
    const rows = [];
    for (const [own, loss] of [
      [layers, "softmaxCrossEntropy"],
      [[...layers, softmax()], undefined],
      [layers, undefined],
    ] as const) {
      const model = createModel({ input: { shape: SHAPE, scale: 1 / 128, offset: -1 }, layers: own, seed: 4 });
      await model.compile({ engine: "js", precision: "float64", ...(loss && { loss, optimizer: "sgd" }) });
      const done: number[] = [];
      const taught = await withTeacher(bars, model, { onProgress: (images) => done.push(images) });
      expect(done).toEqual([bars.length]);
      expect(taught.labels).toBe(bars.labels);
      for (let i = 0; i < bars.length; i++) {
        expect(rowOf(taught, i).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
      }
      rows.push([...rowOf(taught, 7)]);
    }
    expect(rows[1].map((share) => share.toFixed(6))).toEqual(rows[0].map((share) => share.toFixed(6)));
    expect(rows[2].map((share) => share.toFixed(6))).toEqual(rows[0].map((share) => share.toFixed(6)));
  });

  it("is asked for classes by their names, of which it may know more", async () => {
    const named = (names: readonly string[]) => createDataset({ ...bars, classNames: names, classes: names.length });
    const layers = [flatten(), dense({ units: 4 })];
    const teacher = createModel({ input: { shape: SHAPE, scale: 1 / 128 }, layers, seed: 4 });
    await teacher.compile({ engine: "simd", loss: "softmaxCrossEntropy", optimizer: "sgd" });
    teacher.classNames = ["d", "c", "b", "a"];
    const scores = await teacher.predict(bars.images.subarray(0, 126));
    const taught = await withTeacher(named(["a", "b", "c"]), teacher);
    const [, c, b, a] = scores;
    [a, b, c].forEach((score, i) => {
      expect(rowOf(taught, 0)[i]).toBeCloseTo(score / (a + b + c), 6);
    });
    await expect(withTeacher(named(["a", "b", "z"]), teacher)).rejects.toThrow(
      "withTeacher: expected a teacher that knows all classes of bars, got none for z",
    );
    await expect(withTeacher(bars, teacher)).rejects.toThrow(
      "expected a teacher of the 3 classes of bars, got one of 4",
    );
  });

  it("has its answers cut and checked with the images", async () => {
    const taught = await withTeacher(bars, await compiled({}));
    expect(rowOf(sliceDataset(taught, 5, 9), 1)).toEqual(rowOf(taught, 6));
    const targets = new Float32Array(bars.length * CLASSES).fill(2);
    const student = await compiled({ loss: distillation() });
    await expect(student.fit(createDataset({ ...bars, targets }))).rejects.toThrow("targets from 0 to 1");
    expect(() => createDataset({ ...bars, targets: targets.subarray(1) })).toThrow("got 68 values");
  });
});
