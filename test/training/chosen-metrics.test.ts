import { expect, it } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { createDataset, createModel, dense, flatten, loadModel, resumeTrainer } from "../../src/index.ts";
import { ChosenMetrics } from "../../src/training/chosen-metrics.ts";

// By hand, as scikit-learn defines them: labels 0 0 1 2, predictions 0 1 1 0.
const SCORES = Float32Array.of(0.9, 0.1, 0, 0.3, 0.6, 0.1, 0.2, 0.7, 0.1, 0.5, 0.2, 0.3);
const LABELS = Uint8Array.of(0, 0, 1, 2);

it("are macro averages and shares as scikit-learn has them", () => {
  const metrics = new ChosenMetrics(["accuracy", "precision", "recall", "f1", "top2"], 3);
  metrics.add(SCORES.subarray(0, 6), LABELS.subarray(0, 2), 2);
  metrics.add(SCORES.subarray(6), LABELS.subarray(2), 2);
  const { accuracy, precision, recall, f1, top2 } = metrics.figures();
  expect([accuracy, top2]).toEqual([0.5, 1]);
  expect(precision).toBeCloseTo((1 / 2 + 1 / 2 + 0) / 3, 12);
  expect(recall).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12);
  expect(f1).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 12);
});

it("become NaN with outputs that are", () => {
  const metrics = new ChosenMetrics(["f1"], 3);
  metrics.add(Float32Array.of(Number.NaN, 0, 0), Uint8Array.of(0), 1);
  expect(metrics.figures()).toEqual({ f1: Number.NaN });
});

const data = createDataset({
  name: "points",
  shape: [1, 3, 1],
  images: SCORES.map((score) => 255 * score),
  labels: LABELS,
  classes: 3,
});

async function made() {
  const model = createModel({ input: { shape: [1, 3, 1], scale: 1 / 255 }, layers: [flatten(), dense({ units: 3 })] });
  await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "simd", batchSize: 3 });
  return model;
}

it("stand in the events of epochs and in evaluations, and outlive a checkpoint", async () => {
  const model = await made();
  const options = { epochs: 2, validation: data, metrics: ["f1", "top2"] } as const;
  const trainer = model.trainer(data, options);
  for await (const event of trainer.run()) if (event.event === "epoch") break;
  const [{ valMetrics, valAccuracy }] = trainer.progress.history;
  const { metrics, accuracy } = await model.evaluate(data, { metrics: ["f1", "top2"] });
  expect(valMetrics).toEqual(metrics);
  expect(Object.keys(metrics ?? {})).toEqual(["f1", "top2"]);
  expect(valAccuracy).toBe(accuracy);
  const bytes = model.checkpoint(trainer);
  const file = readCheckpoint(decodeSafetensors(bytes), "checkpoint");
  const later = await loadModel(bytes, { engine: "simd", training: true });
  const resumed = later.trainer(data, options);
  resumeTrainer(resumed, file);
  expect(resumed.progress.history[0].valMetrics).toEqual(valMetrics);
});

it("are refused where they cannot be", async () => {
  const model = await made();
  await expect(model.evaluate(data, { metrics: ["top4"] })).rejects.toThrow(
    "evaluate: expected metrics of at most the 3 classes, got top4",
  );
  const wrong = JSON.parse('{ "metrics": ["auc"] }');
  await expect(model.fit(data, wrong)).rejects.toThrow(/^fit: expected metrics to be a list of accuracy, .*got "auc"$/);
});
