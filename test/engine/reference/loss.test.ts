import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import { integers, normal, sampleWeights, uniform } from "../../../src/bench/calls/call.ts";
import { meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "../../../src/bench/calls/loss.ts";
import { ROWS, SIZES } from "../../../src/bench/cases.ts";
import { expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The sum of the losses, each with the weight that its sample has in the tables. */
function weighed(losses: Float64Array): number {
  const { values } = sampleWeights(losses.length);
  return losses.reduce((total, loss, i) => total + loss * (values?.[i] ?? Number.NaN), 0);
}

describe.each(ROWS)("softmax cross-entropy of %d x %d rows of %d", (n, positions, classes) => {
  const rows = n * positions;
  const logits = normal("logits", rows * classes, 2);
  const labels = integers("labels", rows, classes);

  describe.each([0, 0.1, 1])("smoothing %d", (smoothing) => {
    const weight = 0.375;
    const call = (point: Float64Array) => softmaxCrossEntropy([rows, classes], point, labels, { smoothing, weight });

    it("agrees with the definition", () => {
      const losses = resultOf(exact, call(logits), "losses");
      for (let row = 0; row < rows; row++) {
        const powers = Array.from(logits.subarray(row * classes, (row + 1) * classes), Math.exp);
        const total = powers.reduce((a, b) => a + b, 0);
        let loss = 0;
        for (const [j, power] of powers.entries()) {
          const target = (j === labels[row] ? 1 - smoothing : 0) + smoothing / classes;
          loss -= target * Math.log(power / total);
        }
        expect(losses[row]).toBeCloseTo(loss, 12);
      }
    });

    it("has the gradient that central differences give", () => {
      const value = (point: Float64Array) => weight * weighed(resultOf(exact, call(point), "losses"));
      expectGradient("logits", value, logits, resultOf(exact, call(logits), "dlogits"));
    });
  });

  it("counts a sample as correct where the label has the largest logit", () => {
    const correct = resultOf(
      exact,
      softmaxCrossEntropy([rows, classes], logits, labels, { smoothing: 0, weight: 1 }),
      "correct",
    );
    for (let row = 0; row < rows; row++) {
      const values = [...logits.subarray(row * classes, (row + 1) * classes)];
      expect(correct[row]).toBe(values.indexOf(Math.max(...values)) === labels[row] ? 1 : 0);
    }
  });
});

describe("softmax cross-entropy", () => {
  const options = { smoothing: 0, weight: 1 };
  const correct = (logits: number[], label: number) =>
    resultOf(
      exact,
      softmaxCrossEntropy([1, logits.length], Float64Array.from(logits), Float64Array.of(label), options),
      "correct",
    )[0];

  it("counts the first of equal logits", () => {
    expect([0, 1, 2].map((label) => correct([1, 5, 5], label))).toEqual([0, 1, 0]);
    expect([0, 1, 2].map((label) => correct([2, 2, 2], label))).toEqual([1, 0, 0]);
  });

  it("never counts a row with NaN", () => {
    for (const place of [0, 1, 2]) {
      const logits = [1, 2, 3].map((value, i) => (i === place ? Number.NaN : value));
      expect([0, 1, 2].map((label) => correct(logits, label))).toEqual([0, 0, 0]);
    }
  });

  it("neither overflows nor loses a hopeless sample", () => {
    const call = softmaxCrossEntropy([2, 2], Float64Array.of(1e4, 0, 1e4, 0), Float64Array.of(0, 1), options);
    const results = runCall(exact, call);
    expect([...(results.get("losses") ?? [])]).toEqual([0, 1e4]);
    const [, second] = sampleWeights(2).values ?? [];
    expect([...(results.get("dlogits") ?? [])]).toEqual([0, 0, second, -second]);
  });
});

describe.each(SIZES)("sigmoid binary cross-entropy, %d samples of %d", (n, size) => {
  const logits = normal("logits", n * size, 2);
  const targets = uniform("targets", n * size);
  const weight = 0.375;
  const call = (point: Float64Array) => sigmoidBinaryCrossEntropy([n, size], point, targets, weight);

  it("agrees with the definition", () => {
    const losses = resultOf(exact, call(logits), "losses");
    for (let sample = 0; sample < n; sample++) {
      let loss = 0;
      for (let i = sample * size; i < (sample + 1) * size; i++) {
        const p = 1 / (1 + Math.exp(-logits[i]));
        loss -= targets[i] * Math.log(p) + (1 - targets[i]) * Math.log(1 - p);
      }
      expect(losses[sample]).toBeCloseTo(loss / size, 12);
    }
  });

  it("has the gradient that central differences give", () => {
    const value = (point: Float64Array) => weight * weighed(resultOf(exact, call(point), "losses"));
    expectGradient("logits", value, logits, resultOf(exact, call(logits), "dlogits"));
  });
});

describe("sigmoid binary cross-entropy", () => {
  it("does not overflow", () => {
    const call = sigmoidBinaryCrossEntropy([1, 2], Float64Array.of(1e4, -1e4), Float64Array.of(0, 0), 2);
    const results = runCall(exact, call);
    expect(results.get("losses")?.[0]).toBe(5e3);
    expect([...(results.get("dlogits") ?? [])]).toEqual([1, 0]);
  });
});

describe.each(SIZES)("mean squared error, %d samples of %d", (n, size) => {
  const y = normal("y", n * size);
  const targets = normal("targets", n * size);
  const weight = 0.375;
  const call = (point: Float64Array) => meanSquaredError([n, size], point, targets, weight);

  it("agrees with the definition", () => {
    const losses = resultOf(exact, call(y), "losses");
    const squares = y.map((value, i) => (value - targets[i]) ** 2);
    for (let sample = 0; sample < n; sample++) {
      expect(losses[sample]).toBeCloseTo(sum(squares.subarray(sample * size, (sample + 1) * size)) / size, 12);
    }
  });

  it("has the gradient that central differences give", () => {
    const value = (point: Float64Array) => weight * weighed(resultOf(exact, call(point), "losses"));
    expectGradient("y", value, y, resultOf(exact, call(y), "dy"));
  });
});
