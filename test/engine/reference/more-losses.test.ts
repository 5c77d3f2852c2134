import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import { integers, type KernelCall, normal, sampleWeights, uniform } from "../../../src/bench/calls/call.ts";
import {
  sigmoidFocalCrossEntropy,
  softCrossEntropy,
  softmaxFocalCrossEntropy,
} from "../../../src/bench/calls/focal.ts";
import { huber, meanAbsoluteError } from "../../../src/bench/calls/loss.ts";
import { expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const WEIGHT = 0.375;
const [ROWS, CLASSES] = [4, 5];
const logits = normal("logits", ROWS * CLASSES, 2);
const labels = integers("labels", ROWS, CLASSES);
const shares = uniform("shares", ROWS * CLASSES);
const targets = normal("targets", ROWS * CLASSES, 2);
const size = [ROWS, CLASSES] as const;
const ALPHAS = [0.25, 1, 0, 2.5, 0.75];

/** Losses as functions of the outputs, and the definition of an image's loss, from its outputs and its place. */
const LOSSES: Readonly<
  Record<string, readonly [call: (y: Float64Array) => KernelCall, definition: (y: number[], row: number) => number]>
> = {
  "mean absolute error": [
    (y) => meanAbsoluteError(size, y, targets, WEIGHT),
    (y, row) => mean(y.map((value, i) => Math.abs(value - targets[row * CLASSES + i]))),
  ],
  huber: [
    (y) => huber(size, y, targets, { delta: 0.75, weight: WEIGHT }),
    (y, row) =>
      mean(
        y.map((value, i) => {
          const distance = Math.abs(value - targets[row * CLASSES + i]);
          return distance <= 0.75 ? 0.5 * distance ** 2 : 0.75 * distance - 0.5 * 0.75 ** 2;
        }),
      ),
  ],
  "cross-entropy of soft targets": [
    (y) => softCrossEntropy(size, y, labels, shares, WEIGHT),
    (y, row) => -softmax(y).reduce((sum, p, i) => sum + shares[row * CLASSES + i] * Math.log(p), 0),
  ],
  ...Object.fromEntries(
    [0, 0.1, 1].flatMap((smoothing) =>
      [0, 0.5, 1, 2, 3.5].flatMap((gamma) =>
        [0.75, ALPHAS].map((alpha) => [
          `focal loss of classes, gamma ${gamma}, smoothing ${smoothing}, alpha ${alpha}`,
          [
            (y: Float64Array) => softmaxFocalCrossEntropy(size, y, labels, { smoothing, gamma, alpha, weight: WEIGHT }),
            (y: number[], row: number) =>
              -softmax(y).reduce((sum, p, i) => {
                const target = (i === labels[row] ? 1 - smoothing : 0) + smoothing / CLASSES;
                const factor = typeof alpha === "number" ? alpha : alpha[i];
                return sum + factor * target * (1 - p) ** gamma * Math.log(p);
              }, 0),
          ] as const,
        ]),
      ),
    ),
  ),
  ...Object.fromEntries(
    [0, 0.2].flatMap((smoothing) =>
      [0, 0.5, 2].map((gamma) => [
        `focal loss of outputs, gamma ${gamma}, smoothing ${smoothing}`,
        [
          (y: Float64Array) =>
            sigmoidFocalCrossEntropy(size, y, shares, { smoothing, gamma, ones: 0.25, zeros: 0.75, weight: WEIGHT }),
          (y: number[], row: number) =>
            mean(
              y.map((value, i) => {
                const t = shares[row * CLASSES + i] * (1 - smoothing) + 0.5 * smoothing;
                const p = 1 / (1 + Math.exp(-value));
                const right = t * p + (1 - t) * (1 - p);
                const entropy = -t * Math.log(p) - (1 - t) * Math.log(1 - p);
                return (0.25 * t + 0.75 * (1 - t)) * (1 - right) ** gamma * entropy;
              }),
            ),
        ] as const,
      ]),
    ),
  ),
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function softmax(values: readonly number[]): number[] {
  const powers = values.map(Math.exp);
  return powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
}

describe.each(Object.entries(LOSSES))("%s", (_name, [call, definition]) => {
  it("agrees with the definition", () => {
    const losses = resultOf(exact, call(logits), "losses");
    losses.forEach((loss, row) => {
      expect(loss).toBeCloseTo(definition([...logits.subarray(row * CLASSES, (row + 1) * CLASSES)], row), 12);
    });
  });

  it("has the gradient that central differences give, each sample with its weight", () => {
    const { values: weights = new Float64Array() } = sampleWeights(ROWS);
    const value = (y: Float64Array) =>
      resultOf(exact, call(y), "losses").reduce((sum, loss, row) => sum + WEIGHT * weights[row] * loss, 0);
    const results = runCall(exact, call(logits));
    expectGradient("outputs", value, logits, results.get("dlogits") ?? results.get("dy") ?? []);
  });
});

describe("losses at their ends", () => {
  const one = [1, 2] as const;

  it("are finite where a probability is 0 or 1 to the last digit", () => {
    for (const gamma of [0, 0.5, 1, 2]) {
      const options = { smoothing: 0, gamma, alpha: 1, weight: 1 };
      const right = runCall(exact, softmaxFocalCrossEntropy(one, Float64Array.of(1e4, 0), Float64Array.of(0), options));
      const wrong = runCall(exact, softmaxFocalCrossEntropy(one, Float64Array.of(1e4, 0), Float64Array.of(1), options));
      expect(right.get("losses")?.[0], `gamma ${gamma}`).toBeCloseTo(0, 12);
      expect(wrong.get("losses")?.[0], `gamma ${gamma}`).toBeCloseTo(1e4, 8);
      for (const gradient of right.get("dlogits") ?? [Number.NaN]) expect(gradient).toBeCloseTo(0, 12);
      const [up, down] = wrong.get("dlogits") ?? [];
      expect([up, down], `gamma ${gamma}`).toEqual([1, -1]);
    }
  });

  it("take no notice of a soft target of 0 whose logit is -Infinity, and have no slope where an output is its target", () => {
    const soft = runCall(
      exact,
      softCrossEntropy(one, Float64Array.of(0, Number.NEGATIVE_INFINITY), Float64Array.of(0), Float64Array.of(1, 0), 1),
    );
    expect([...(soft.get("losses") ?? []), ...(soft.get("dlogits") ?? [])]).toEqual([0, 0, 0]);
    const same = runCall(exact, meanAbsoluteError(one, Float64Array.of(2, 3), Float64Array.of(2, 1), 1));
    expect([...(same.get("dy") ?? [])]).toEqual([0, 0.5]);
  });
});
