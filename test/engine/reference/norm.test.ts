import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import {
  type NormData,
  normBackwardData,
  normBackwardParameters,
  normBackwardSums,
  normData,
  normFold,
  normForward,
  normMoments,
  normRunning,
  normStatistics,
} from "../../../src/bench/calls/norm.ts";
import { NORMS } from "../../../src/bench/cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const EPSILON = Math.fround(1e-3);

describe.each(NORMS)("batch normalisation of %d x %d rows, %d channels", (n, positions, c) => {
  const shape = [n, positions, c] as const;
  const rows = n * positions;
  const data = normData(shape);
  const columns = Array.from({ length: c }, (_, channel) => data.x.filter((_, i) => i % c === channel));
  const means = columns.map((column) => column.reduce((total, value) => total + value, 0) / rows);
  const variances = columns.map((column, j) => column.reduce((total, x) => total + (x - means[j]) ** 2, 0) / rows);

  /** The data with the statistics of its own x, as in training. */
  function withStatistics(changed: Partial<NormData>): NormData {
    const next = { ...data, ...changed };
    const statistics = normStatistics(shape, resultOf(exact, normMoments(shape, next.x), "moments"));
    const trained = {
      ...next,
      mean: resultOf(exact, statistics, "mean"),
      variance: resultOf(exact, statistics, "variance"),
    };
    return folded(trained);
  }

  function folded(next: NormData): NormData {
    const fold = normFold(shape, next);
    return { ...next, scale: resultOf(exact, fold, "scale"), shift: resultOf(exact, fold, "shift") };
  }

  it("computes the mean and the biased variance", () => {
    const { mean, variance } = withStatistics({});
    for (let j = 0; j < c; j++) {
      expect(mean[j]).toBeCloseTo(means[j], 12);
      expect(variance[j]).toBeCloseTo(variances[j], 12);
    }
  });

  it("normalises as defined, and cuts off below zero where a ReLU follows", () => {
    const y = resultOf(exact, normForward(shape, folded(data), Number.NEGATIVE_INFINITY), "y");
    const positive = resultOf(exact, normForward(shape, folded(data), 0), "y");
    for (const [i, value] of y.entries()) {
      const j = i % c;
      const normalised = (data.x[i] - data.mean[j]) / Math.sqrt(data.variance[j] + EPSILON);
      expect(value).toBeCloseTo(normalised * data.gamma[j] + data.beta[j], 12);
      expect(positive[i]).toBe(Math.max(value, 0));
    }
  });

  // 0: without a ReLU.
  it.each([0, Number.POSITIVE_INFINITY, 0.5])(
    "has the gradients that central differences give, ReLU to %d",
    (bound) => {
      const [lower, upper] = bound > 0 ? [0, bound] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const value = (changed: Partial<NormData>) =>
        dot(resultOf(exact, normForward(shape, withStatistics(changed), lower, upper), "y"), data.dy);
      const training = withStatistics({});
      const sums = resultOf(exact, normBackwardSums(shape, training, bound), "sums");
      const parameters = normBackwardParameters(shape, training, sums);
      const dgamma = resultOf(exact, parameters, "dgamma");
      const dbeta = resultOf(exact, parameters, "dbeta");
      const dx = resultOf(
        exact,
        normBackwardData(shape, training, resultOf(exact, parameters, "factors"), bound),
        "dx",
      );
      expectGradient("gamma", (gamma) => value({ gamma }), data.gamma, dgamma);
      expectGradient("beta", (beta) => value({ beta }), data.beta, dbeta);
      // With one row, y does not depend on x: the gradient is nothing but rounding errors.
      if (rows > 1) expectGradient("x", (x) => value({ x }), data.x, dx);
      else expect(Math.max(...dx.map(Math.abs))).toBeLessThan(1e-9);
    },
  );

  it("moves the running statistics towards those of the batch, the variance made unbiased", () => {
    const running = { mean: data.beta, variance: data.gamma.map(Math.abs) };
    const results = runCall(exact, normRunning(shape, running, data, 0.75, rows));
    for (let j = 0; j < c; j++) {
      const unbiased = rows === 1 ? data.variance[j] : (data.variance[j] * rows) / (rows - 1);
      expect(results.get("runningMean")?.[j]).toBeCloseTo(0.75 * running.mean[j] + 0.25 * data.mean[j], 12);
      expect(results.get("runningVariance")?.[j]).toBeCloseTo(0.75 * running.variance[j] + 0.25 * unbiased, 12);
    }
  });
});

it.each([
  [4, 1, 1],
  [1, 4, 1],
  [2, 2, 1],
] as const)("keeps the variance of numbers far from zero, %d samples of %d", (...shape) => {
  const x = Float64Array.of(1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3);
  for (const precision of ["float32", "float64"] as const) {
    const backend = referenceBackend(precision);
    const moments = resultOf(backend, normMoments(shape, x), "moments");
    expect(resultOf(backend, normStatistics(shape, moments), "variance")[0]).toBe(1.25);
  }
});
