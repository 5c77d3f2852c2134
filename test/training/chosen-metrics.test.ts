import { expect, it } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { createDataset, createModel, dense, flatten, loadModel, resumeTrainer, sgd } from "../../src/index.ts";
import { addCounts, countPredictions } from "../../src/training/metric-counts.ts";
import { metricsOf } from "../../src/training/metric-figures.ts";

// By hand, as scikit-learn defines them: labels 0 0 1 2, predictions 0 1 1 0.
const SCORES = Float32Array.of(0.9, 0.1, 0, 0.3, 0.6, 0.1, 0.2, 0.7, 0.1, 0.5, 0.2, 0.3);
const LABELS = Uint8Array.of(0, 0, 1, 2);

const answers = (labels: Uint8Array) => ({ labels, targets: undefined });

it("are macro averages and shares as scikit-learn has them", () => {
  const first = countPredictions(SCORES.subarray(0, 6), answers(LABELS.subarray(0, 2)), 2, 3);
  const counts = addCounts(first, countPredictions(SCORES.subarray(6), answers(LABELS.subarray(2)), 2, 3));
  const { accuracy, precision, recall, f1, top2 } = metricsOf(
    ["accuracy", "precision", "recall", "f1", "top2"],
    counts,
  );
  expect([accuracy, top2]).toEqual([0.5, 1]);
  expect(precision).toBeCloseTo((1 / 2 + 1 / 2 + 0) / 3, 12);
  expect(recall).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12);
  expect(f1).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 12);
});

it("become NaN with outputs that are", () => {
  const counts = countPredictions(Float32Array.of(Number.NaN, 0, 0), answers(Uint8Array.of(0)), 1, 3);
  expect(metricsOf(["f1"], counts)).toEqual({ f1: Number.NaN });
  const more = countPredictions(Float32Array.of(1, 0, 0), answers(Uint8Array.of(0)), 1, 3);
  expect(metricsOf(["f1"], addCounts(more, counts))).toEqual({ f1: Number.NaN });
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

it("are counted in training over each batch before its update, across a checkpoint too", async () => {
  const metrics = ["accuracy", "f1", "top2"] as const;
  const still = createModel({ input: { shape: [1, 3, 1], scale: 1 / 255 }, layers: [flatten(), dense({ units: 3 })] });
  await still.compile({
    optimizer: sgd({ learningRate: 1e-30 }),
    loss: "softmaxCrossEntropy",
    engine: "simd",
    batchSize: 3,
  });
  const { epochs } = await still.fit(data, { epochs: 2, metrics });
  const { metrics: same } = await still.evaluate(data, { metrics });
  expect(epochs.map(({ trainMetrics }) => trainMetrics)).toEqual([same, same]);

  const options = { epochs: 2, metrics } as const;
  const whole = await (await made()).fit(data, options);
  for (const { trainMetrics, trainAccuracy } of whole.epochs) expect(trainMetrics?.accuracy).toBe(trainAccuracy);
  const model = await made();
  const trainer = model.trainer(data, options);
  for await (const event of trainer.run()) if (event.event === "step") break;
  const bytes = model.checkpoint(trainer);
  const later = await loadModel(bytes, { engine: "simd", training: true });
  const resumed = later.trainer(data, options);
  resumeTrainer(resumed, readCheckpoint(decodeSafetensors(bytes), "checkpoint"));
  for await (const _ of resumed.run());
  const figures = (history: typeof whole.epochs) => history.map(({ trainMetrics }) => trainMetrics);
  expect(figures(resumed.progress.history)).toEqual(figures(whole.epochs));
});

it("are refused where they cannot be", async () => {
  const model = await made();
  await expect(model.evaluate(data, { metrics: ["top4"] })).rejects.toThrow(
    "evaluate: expected metrics of at most the 3 classes, got top4",
  );
  const wrong = JSON.parse('{ "metrics": ["auc"] }');
  await expect(model.fit(data, wrong)).rejects.toThrow(/^fit: expected metrics to be a list of accuracy, .*got "auc"$/);
});
