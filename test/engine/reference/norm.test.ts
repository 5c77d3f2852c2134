import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import {
  type NormData,
  normBackwardData,
  normBackwardParameters,
  normData,
  normForward,
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

  /** The data with the mean and variance of its own x, as in training. */
  function withStatistics(changed: Partial<NormData>): NormData {
    const next = { ...data, ...changed };
    const statistics = normStatistics(shape, next.x);
    return { ...next, mean: resultOf(exact, statistics, "mean"), variance: resultOf(exact, statistics, "variance") };
  }

  it("computes the mean and the biased variance", () => {
    const results = runCall(exact, normStatistics(shape, data.x));
    for (let j = 0; j < c; j++) {
      expect(results.get("mean")?.[j]).toBeCloseTo(means[j], 12);
      expect(results.get("variance")?.[j]).toBeCloseTo(variances[j], 12);
    }
  });

  it("normalises as defined", () => {
    const y = resultOf(exact, normForward(shape, data), "y");
    for (const [i, value] of y.entries()) {
      const j = i % c;
      const normalised = (data.x[i] - data.mean[j]) / Math.sqrt(data.variance[j] + EPSILON);
      expect(value).toBeCloseTo(normalised * data.gamma[j] + data.beta[j], 12);
    }
  });

  it("has the gradients that central differences give, the statistics moving with the input", () => {
    const value = (changed: Partial<NormData>) =>
      dot(resultOf(exact, normForward(shape, withStatistics(changed)), "y"), data.dy);
    const training = withStatistics({});
    const parameters = normBackwardParameters(shape, training);
    const dgamma = resultOf(exact, parameters, "dgamma");
    const dbeta = resultOf(exact, parameters, "dbeta");
    const dx = resultOf(exact, normBackwardData(shape, training, dgamma, dbeta), "dx");
    expectGradient("gamma", (gamma) => value({ gamma }), data.gamma, dgamma);
    expectGradient("beta", (beta) => value({ beta }), data.beta, dbeta);
    // With one row, y does not depend on x: the gradient is nothing but rounding errors.
    if (rows > 1) expectGradient("x", (x) => value({ x }), data.x, dx);
    else expect(Math.max(...dx.map(Math.abs))).toBeLessThan(1e-9);
  });

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

it("keeps the variance of numbers far from zero", () => {
  const x = Float64Array.of(1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3);
  for (const precision of ["float32", "float64"] as const) {
    const backend = referenceBackend(precision);
    expect(resultOf(backend, normStatistics([4, 1, 1], x), "variance")[0]).toBe(1.25);
  }
});
