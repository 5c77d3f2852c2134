import { describe, expect, it } from "vitest";
import { argmax } from "../../src/numeric/argmax.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { ClassificationMetrics } from "../../src/training/metrics.ts";

/** Scores that predict the given classes. */
function predicting(classes: number, predictions: readonly number[]): Float32Array {
  const scores = new Float32Array(predictions.length * classes);
  for (const [i, prediction] of predictions.entries()) scores[i * classes + prediction] = 1;
  return scores;
}

function counted(classes: number, labels: readonly number[], predictions: readonly number[]): ClassificationMetrics {
  const metrics = new ClassificationMetrics(classes);
  metrics.add(predicting(classes, predictions), labels, labels.length);
  return metrics;
}

describe("confusion matrix", () => {
  // Worked out by hand: labels 0 0 0 1 1 2 2 2 2, predictions 0 0 1 1 2 2 2 0 1.
  const metrics = counted(4, [0, 0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 1, 1, 2, 2, 2, 0, 1]);

  it("has the true class as row and the prediction as column", () => {
    expect([...metrics.confusion]).toEqual([2, 1, 0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 0, 0, 0, 0]);
    expect([metrics.count, metrics.correct]).toEqual([9, 5]);
    expect(metrics.accuracy).toBeCloseTo(5 / 9, 15);
  });

  it("gives precision, recall and F1 per class, 0 where nothing is there", () => {
    const figures = metrics.perClass();
    const columns = figures.map((c) => [c.precision, c.recall, c.f1, c.support, c.predicted]);
    const expected = [
      [2 / 3, 2 / 3, 2 / 3, 3, 3],
      [1 / 3, 1 / 2, 2 / 5, 2, 3],
      [2 / 3, 2 / 4, 4 / 7, 4, 3],
      [0, 0, 0, 0, 0],
    ];
    for (const [c, row] of expected.entries()) {
      for (const [i, value] of row.entries()) expect(columns[c][i]).toBeCloseTo(value, 14);
    }
  });

  it("averages over the classes that occur", () => {
    const { precision, recall, f1 } = metrics.macro();
    expect(precision).toBeCloseTo((2 / 3 + 1 / 3 + 2 / 3) / 3, 14);
    expect(recall).toBeCloseTo((2 / 3 + 1 / 2 + 1 / 2) / 3, 14);
    expect(f1).toBeCloseTo((2 / 3 + 2 / 5 + 4 / 7) / 3, 14);
  });

  it("counts a class that is only ever predicted, or never, as 0", () => {
    const onlyPredicted = counted(2, [0, 0], [0, 1]);
    expect(onlyPredicted.perClass()[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0, predicted: 1 });
    expect(onlyPredicted.macro()).toEqual({ precision: 0.5, recall: 0.25, f1: 1 / 3 });
    expect(counted(2, [1], [0]).perClass()[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 1, predicted: 0 });
  });
});

describe("top-k accuracy", () => {
  it("counts the true class among the k highest scores", () => {
    const metrics = new ClassificationMetrics(4);
    const scores = Float32Array.of(
      ...[0.1, 0.2, 0.3, 0.4], // class 3 is first, 0 last
      ...[0.1, 0.2, 0.3, 0.4],
      ...[0.9, 0.05, 0.03, 0.02],
    );
    metrics.add(scores, [2, 0, 0], 3);
    expect([1, 2, 3, 4].map((k) => metrics.topK(k))).toEqual([1 / 3, 2 / 3, 2 / 3, 1]);
    expect(metrics.topK(1)).toBe(metrics.accuracy);
  });

  it("gives ties to the lower class, as the prediction does", () => {
    const metrics = new ClassificationMetrics(3);
    metrics.add(Float32Array.of(0.5, 0.5, 0, 0.5, 0.5, 0), [0, 1], 2);
    expect([...metrics.confusion]).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect([metrics.topK(1), metrics.topK(2)]).toEqual([0.5, 1]);
  });

  it("agrees with sorting", () => {
    const stream = RandomStream.from(3, "scores");
    const classes = 7;
    const count = 500;
    // Few different values, so that there are many ties.
    const scores = Float32Array.from({ length: count * classes }, (_, i) => stream.integer(i, 5));
    const labels = Uint8Array.from({ length: count }, (_, i) => stream.child(1).integer(i, classes));
    const metrics = new ClassificationMetrics(classes);
    metrics.add(scores, labels, 200);
    metrics.add(scores.subarray(200 * classes), labels.subarray(200), 300);
    for (let k = 1; k <= classes; k++) {
      let within = 0;
      for (let i = 0; i < count; i++) {
        const row = scores.subarray(i * classes, (i + 1) * classes);
        const order = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b);
        if (order.slice(0, k).includes(labels[i])) within++;
      }
      expect(metrics.topK(k)).toBe(within / count);
    }
    expect(metrics.count).toBe(count);
    expect(metrics.confusion.reduce((sum, cell) => sum + cell, 0)).toBe(count);
  });

  it.each([0, 4, 1.5, Number.NaN])("refuses k = %d of 3", (k) => {
    expect(() => new ClassificationMetrics(3).topK(k)).toThrow(RangeError);
  });
});

describe("argmax", () => {
  it("finds the first maximum of a row", () => {
    expect(argmax([9, 1, 3, 3], 1, 3)).toBe(1);
    expect(argmax([-2, -1], 0, 2)).toBe(1);
    expect(argmax([5], 0, 1)).toBe(0);
  });

  it("takes infinite scores, which have an order", () => {
    expect(argmax([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY], 0, 3)).toBe(2);
  });
});

it("refuses NaN, of which there is no highest, and adds nothing then", () => {
  const metrics = new ClassificationMetrics(3);
  const scores = Float32Array.of(0, 1, 0, 1, 0, Number.NaN);
  expect(() => metrics.add(scores, [1, 0], 2)).toThrow(
    new RangeError("ClassificationMetrics.add: expected numbers as scores, got NaN for class 2 of example 1"),
  );
  expect([metrics.count, ...metrics.confusion]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

it("is 0 before the first example", () => {
  const metrics = new ClassificationMetrics(2);
  expect([metrics.accuracy, metrics.topK(2), metrics.count]).toEqual([0, 0, 0]);
  expect(metrics.macro()).toEqual({ precision: 0, recall: 0, f1: 0 });
});

describe("hostile input", () => {
  it.each([0, -1, 1.5, 4097, Number.NaN, 2 ** 40])("refuses %d classes", (classes) => {
    expect(() => new ClassificationMetrics(classes)).toThrow(/expected 1 to 4096 classes, got/);
  });

  it.each<[string, number[], number[], number]>([
    ["expected labels from 0 to 1, got 2 at index 1", [1, 0, 1, 0], [0, 2], 2],
    ["expected labels from 0 to 1, got -1 at index 0", [1, 0], [-1], 1],
    ["expected labels from 0 to 1, got 0.5 at index 0", [1, 0], [0.5], 1],
    ["expected 2 x 2 scores, got 3", [1, 0, 1], [0, 1], 2],
    ["expected a count from 0 to the 1 labels, got 2", [1, 0, 1, 0], [0], 2],
    ["expected a count from 0 to the 1 labels, got -1", [1, 0], [0], -1],
  ])("%s", (message, scores, labels, count) => {
    const metrics = new ClassificationMetrics(2);
    expect(() => metrics.add(Float32Array.from(scores), labels, count)).toThrow(RangeError);
    expect(() => metrics.add(Float32Array.from(scores), labels, count)).toThrow(message);
    expect(metrics.count).toBe(0);
    expect([...metrics.confusion]).toEqual([0, 0, 0, 0]);
  });
});
