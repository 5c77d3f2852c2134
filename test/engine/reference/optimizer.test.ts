import { describe, expect, it } from "vitest";
import { type Results, referenceBackend, runCall } from "../../../src/bench/arena.ts";
import { type KernelCall, normal } from "../../../src/bench/calls/call.ts";
import {
  adamUpdate,
  gradientClip,
  gradientNorm,
  type Hyper,
  momentumUpdate,
  type OptimizerData,
  rmspropUpdate,
  sgdUpdate,
} from "../../../src/bench/calls/optimizer.ts";
import { GRADIENTS } from "../../../src/bench/cases.ts";
import { resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const STEPS = 5;
const COUNT = 6;
const RATE = 0.25;
const CLIP = 0.5;
const DECAYS = [
  { l2: 0, decay: 0 },
  { l2: 0.125, decay: 0 },
  { l2: 0, decay: 0.0625 },
] as const;

/** The gradient of a parameter in a step: any numbers do. */
function gradientAt(step: number): Float64Array {
  return normal(`gradient of step ${step}`, COUNT);
}

/** Runs some steps of an update, the states carried from one to the next; the weights after each step. */
function weightsOf(
  update: (data: OptimizerData, step: number) => KernelCall,
  first: string,
  second: string,
): Float64Array[] {
  let data: OptimizerData = {
    w: normal("initial weights", COUNT),
    g: new Float64Array(COUNT),
    first: new Float64Array(COUNT),
    second: new Float64Array(COUNT),
  };
  return Array.from({ length: STEPS }, (_, step) => {
    const results: Results = runCall(exact, update({ ...data, g: gradientAt(step) }, step));
    const array = (name: string) => Float64Array.from(results.get(name) ?? []);
    data = { ...data, w: array("w"), first: array(first), second: array(second) };
    return data.w;
  });
}

/** Checks the weights against a recurrence on scalars: `next` gets the gradient and the step, from 1, and gives w. */
function expectWeights(
  weights: readonly Float64Array[],
  recurrence: (w: number) => (gradient: number, step: number) => number,
): void {
  normal("initial weights", COUNT).forEach((initial, parameter) => {
    const next = recurrence(initial);
    weights.forEach((values, step) => {
      expect(values[parameter]).toBeCloseTo(next(gradientAt(step)[parameter], step + 1), 12);
    });
  });
}

const HYPER: Hyper = { rate: RATE, clip: CLIP, correction1: 1, correction2: 1 };

describe.each(DECAYS)("with l2 $l2 and decay $decay", ({ l2, decay }) => {
  it("SGD follows w -= rate (g + l2 w) + rate decay w", () => {
    expectWeights(
      weightsOf((data) => sgdUpdate(data, HYPER, { l2, decay }), "", ""),
      (w) => (g) => {
        w -= RATE * (CLIP * g + l2 * w) + RATE * decay * w;
        return w;
      },
    );
  });

  it.each([
    { nesterov: false, share: 1 },
    { nesterov: true, share: 1 },
    { nesterov: false, share: 0.625 },
  ])("momentum follows the textbook, %s", ({ nesterov, share }) => {
    const momentum = 0.75;
    const hyper = { ...HYPER, correction1: share };
    expectWeights(
      weightsOf((data) => momentumUpdate(data, hyper, { momentum, nesterov }, { l2, decay }), "velocity", ""),
      (w) => {
        let v = 0;
        return (g) => {
          const gradient = CLIP * g + l2 * w;
          const kept = w - RATE * decay * w;
          v = momentum * v + share * gradient;
          w = nesterov ? kept - RATE * gradient - RATE * momentum * v : kept - RATE * v;
          return w;
        };
      },
    );
  });

  it.each([0, 0.5])("RMSProp follows the textbook, momentum %d", (momentum) => {
    const [rho, epsilon] = [0.875, 2 ** -10];
    expectWeights(
      weightsOf((data) => rmspropUpdate(data, HYPER, { rho, momentum, epsilon }, { l2, decay }), "velocity", "square"),
      (w) => {
        let [mean, v] = [0, 0];
        return (g) => {
          const gradient = CLIP * g + l2 * w;
          mean += (1 - rho) * (gradient ** 2 - mean);
          v = momentum * v + gradient / (epsilon + Math.sqrt(mean));
          w = w * (1 - RATE * decay) - RATE * v;
          return w;
        };
      },
    );
  });

  it.each([false, true])("Adam follows algorithm 1 of its paper, epsilon inside the root %s", (epsilonInside) => {
    const [beta1, beta2, epsilon] = [0.875, 1 - 2 ** -9, 2 ** -10];
    const options = { beta1, beta2, epsilon, epsilonInside };
    const hyper = (step: number): Hyper => ({
      rate: RATE,
      clip: CLIP,
      correction1: 1 / (1 - beta1 ** step),
      correction2: 1 / (1 - beta2 ** step),
    });
    const weights = weightsOf(
      // The corrections are passed as they are: hyper is rounded to float32 only in the table of cases.
      (data, step) => exactHyper(adamUpdate(data, hyper(step + 1), options, { l2, decay }), hyper(step + 1)),
      "m",
      "v",
    );
    expectWeights(weights, (w) => {
      let [m, v] = [0, 0];
      return (g, step) => {
        const gradient = CLIP * g + l2 * w;
        m = beta1 * m + (1 - beta1) * gradient;
        v = beta2 * v + (1 - beta2) * gradient ** 2;
        const mHat = m / (1 - beta1 ** step);
        const vHat = v / (1 - beta2 ** step);
        w -= RATE * (mHat / (epsilonInside ? (vHat + epsilon) ** 0.5 : vHat ** 0.5 + epsilon) + decay * w);
        return w;
      };
    });
  });
});

function exactHyper(call: KernelCall, { rate, clip, correction1, correction2 }: Hyper): KernelCall {
  const values = Float64Array.of(rate, clip, correction1, correction2);
  const args = call.args.map((argument) =>
    typeof argument !== "number" && argument.name === "hyper" ? { ...argument, values } : argument,
  );
  return { ...call, args };
}

describe.each(GRADIENTS)("clipping %d gradients", (count) => {
  const g = normal("gradients", count);
  const partials = resultOf(exact, gradientNorm(g), "partials");
  const norm = Math.hypot(...g);
  const clipOf = (limit: number) => resultOf(exact, gradientClip(partials, limit), "hyper");

  it("sums the squares of blocks of 1024", () => {
    for (const [block, value] of partials.entries()) {
      expect(value).toBeCloseTo(Math.hypot(...g.subarray(block * 1024, (block + 1) * 1024)) ** 2, 9);
    }
  });

  it("scales a longer gradient to the limit and leaves a shorter one, and the other numbers", () => {
    expect(clipOf(norm / 4)[1]).toBeCloseTo(0.25, 12);
    expect(clipOf(norm * 1.01)[1]).toBe(1);
    expect([...clipOf(norm)].filter((_, i) => i !== 1)).toEqual([0.5, 1.5, 2.5]);
  });
});

it("leaves the factor at 1 where the norm is NaN or 0", () => {
  for (const partial of [Number.NaN, 0]) {
    expect(resultOf(exact, gradientClip(Float64Array.of(1, partial), 10), "hyper")[1]).toBe(1);
  }
});
