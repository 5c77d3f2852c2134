import { describe, expect, it } from "vitest";
import type { Json } from "../../src/json.ts";
import {
  constant,
  cosine,
  exponential,
  learningRates,
  oneCycle,
  parseSchedule,
  type Schedule,
  step,
} from "../../src/training/schedules.ts";

function rates(schedule: Schedule, totalSteps: number, stepsPerEpoch: number, base = 0.1): number[] {
  return Array.from({ length: totalSteps }, (_, at) => learningRates(schedule, totalSteps, stepsPerEpoch)(base, at));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i]), `at ${i}`).toBeLessThanOrEqual(1e-11 * Math.abs(expected[i]) + 1e-16);
  }
}

// Figures by schedules.golden.py with PyTorch 2.13.
describe("as PyTorch", () => {
  it("step", () => {
    const expected = [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125];
    expectClose(rates(step({ stepEpochs: 3, factor: 0.5 }), 10, 1), expected);
  });

  it("milestones", () => {
    const expected = [0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001];
    expectClose(rates(step({ milestones: [2, 5] }), 8, 1), expected);
  });

  it("exponential", () => {
    const expected = [0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049];
    expectClose(rates(exponential({ decay: 0.9 }), 6, 1), expected);
  });

  it("cosine", () => {
    const expected = [
      0.1, 0.0983133284013, 0.0933682574873, 0.0855017856687, 0.07525, 0.0633115427326, 0.0505, 0.0376884572674,
      0.02575, 0.0154982143313, 0.00763174251267, 0.00268667159869,
    ];
    expectClose(rates(cosine({ finalFactor: 0.01 }), 12, 4), expected);
  });

  it("one cycle, cosine", () => {
    const expected = [
      0.02, 0.147581974232, 0.394684895687, 0.499851035734, 0.482189131275, 0.437127938532, 0.369984889552,
      0.288683178968, 0.202816789874, 0.122518358835, 0.0572634772544, 0.0147525271571, 2e-6,
    ];
    expectClose(rates(oneCycle({ maxLearningRate: 0.5 }), 13, 5), expected);
    expectClose(rates(oneCycle(), 13, 5, 0.5), expected);
  });

  it("one cycle, linear", () => {
    const expected = [
      0.02, 0.0533333333333, 0.0866666666667, 0.12, 0.153333333333, 0.186666666667, 0.1875125, 0.1667, 0.1458875,
      0.125075, 0.1042625, 0.08345, 0.0626375, 0.041825, 0.0210125, 0.0002,
    ];
    const options = { warmupShare: 0.4, anneal: "linear", startDivisor: 10, finalDivisor: 100 } as const;
    expectClose(rates(oneCycle(options), 16, 2, 0.2), expected);
  });
});

describe("learningRates", () => {
  it("constant: stays", () => {
    expect(rates(constant(), 3, 2)).toEqual([0.1, 0.1, 0.1]);
  });

  it("warms up by equal parts to the base rate, then follows the cosine of the steps that are left", () => {
    const warmed = rates(cosine({ warmupEpochs: 2 }), 20, 4);
    expectClose(
      warmed.slice(0, 8),
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => (0.1 * i) / 8),
    );
    expectClose(warmed.slice(8), rates(cosine(), 12, 4));
  });

  it("rounds fractions of epochs to steps", () => {
    expectClose(rates(step({ milestones: [0.5, 1.3] }), 6, 4), [0.1, 0.1, 0.01, 0.01, 0.01, 0.001]);
    expectClose(rates(step({ stepEpochs: 0.5 }), 4, 4), [0.1, 0.1, 0.01, 0.01]);
    expectClose(rates(step({ stepEpochs: 0.01, factor: 0.5 }), 3, 4), [0.1, 0.05, 0.025]);
  });

  it("exponential: falls a little at each step, or between epochs", () => {
    expectClose(rates(exponential({ decay: 0.25 }), 4, 2), [0.1, 0.05, 0.025, 0.0125]);
    expectClose(rates(exponential({ decay: 0.25, staircase: true }), 4, 2), [0.1, 0.1, 0.025, 0.025]);
  });

  const all: readonly Schedule[] = [
    constant(),
    step({ stepEpochs: 1 }),
    step({ milestones: [1, 2] }),
    exponential({ decay: 0.5 }),
    cosine({ warmupEpochs: 3 }),
    oneCycle(),
    oneCycle({ anneal: "linear", warmupShare: 0.9 }),
  ];

  it.each(all)("is finite and at most the base rate for runs of 1 to 20 steps, and beyond the end: %j", (schedule) => {
    for (let totalSteps = 1; totalSteps <= 20; totalSteps++) {
      for (let at = 0; at < totalSteps + 3; at++) {
        const rate = learningRates(schedule, totalSteps, 3)(0.1, at);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(0.1 * (1 + 1e-15));
      }
    }
  });

  it("one cycle: leaves out a rise of one step or less, and begins with the peak", () => {
    for (const [warmupShare, steps] of [
      [0.3, 1],
      [0.3, 2],
      [0.3, 3],
      [0.25, 4],
      [0.001, 1000],
    ]) {
      for (const anneal of ["cosine", "linear"] as const) {
        const got = rates(oneCycle({ warmupShare, anneal, startDivisor: 10, finalDivisor: 100 }), steps, 1, 0.5);
        expect(got[0]).toBe(0.5);
        for (let at = 1; at < steps; at++) expect(got[at]).toBeLessThan(got[at - 1]);
        if (steps > 1) expect(got[steps - 1]).toBeCloseTo(0.0005, 12);
      }
    }
    // A rise of 1.2 steps: the first step is its start, and the peak lies before the second.
    const longer = rates(oneCycle({ startDivisor: 10, anneal: "linear", finalDivisor: 1 }), 4, 1, 0.5);
    expectClose(longer, [0.05, 0.5 - (0.45 * 0.8) / 2.8, 0.5 - (0.45 * 1.8) / 2.8, 0.05]);
  });

  it("does not waste a run of one step", () => {
    for (const schedule of all) expect(learningRates(schedule, 1, 1)(0.1, 0)).toBe(0.1);
  });

  it("treats missing options as the factories do", () => {
    expect(rates({ type: "cosine" }, 9, 3)).toEqual(rates(cosine(), 9, 3));
    expect(rates({ type: "oneCycle" }, 9, 3)).toEqual(rates(oneCycle(), 9, 3));
    expect(rates({ type: "step", stepEpochs: 1 }, 9, 3)).toEqual(rates(step({ stepEpochs: 1 }), 9, 3));
  });

  it.each([
    [0, 0, 1, 1],
    [Number.NaN, 0, 1, 1],
    [0.1, -1, 1, 1],
    [0.1, 0.5, 1, 1],
    [0.1, 0, 0, 1],
    [0.1, 0, 1, 0],
  ])("refuses base %d, step %d of %d, %d per epoch", (base, at, total, perEpoch) => {
    expect(() => learningRates(constant(), total, perEpoch)(base, at)).toThrow(RangeError);
  });
});

describe("parseSchedule", () => {
  it("comes back from JSON as it was", () => {
    const schedules: Schedule[] = [
      constant(),
      step({ stepEpochs: 2 }),
      step({ milestones: [1, 2.5], factor: 0.2 }),
      exponential({ decay: 0.9, staircase: true }),
      cosine({ warmupEpochs: 0.5, finalFactor: 0.1 }),
      oneCycle({ maxLearningRate: 1, anneal: "linear" }),
    ];
    const json: Json = schedules;
    expect(json).toBe(schedules);
    for (const schedule of schedules) expect(parseSchedule(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule);
  });

  it("fills in defaults and takes a bare name", () => {
    const filled = { type: "cosine", warmupEpochs: 0, finalFactor: 0 };
    expect(parseSchedule("cosine")).toEqual(filled);
    expect(parseSchedule({ type: "cosine", warmupEpochs: null })).toEqual(filled);
    expect(parseSchedule({ type: "oneCycle" })).toEqual({
      type: "oneCycle",
      startDivisor: 25,
      finalDivisor: 1e4,
      warmupShare: 0.3,
      anneal: "cosine",
    });
  });

  it.each([
    [undefined, TypeError, "schedule: expected one of constant, step, exponential, cosine, oneCycle, got undefined"],
    [null, TypeError, "got null"],
    [7, TypeError, "got 7"],
    [[], TypeError, "got []"],
    [{}, TypeError, "got {}"],
    ["cosin", RangeError, 'got "cosin"'],
    [{ type: "toString" }, RangeError, 'got "toString"'],
    [{ type: ["cosine"] }, TypeError, 'got ["cosine"]'],
    ["x".repeat(1000), RangeError, "xxx..."],
    [{ type: "constant", rate: 1 }, TypeError, 'schedule "constant": expected no options, got "rate"'],
    [JSON.parse('{"type":"cosine","__proto__":{}}'), TypeError, '"__proto__"'],
    [{ type: "cosine", warmupEpochs: "2" }, TypeError, 'warmupEpochs to be a finite number at least 0, got "2"'],
    [{ type: "cosine", warmupEpochs: Number.POSITIVE_INFINITY }, RangeError, "got Infinity"],
    [{ type: "cosine", finalFactor: 1.5 }, RangeError, "at least 0 and at most 1, got 1.5"],
    ["exponential", TypeError, "expected decay to be"],
    [{ type: "exponential", decay: 0 }, RangeError, "above 0"],
    [{ type: "exponential", decay: 0.5, staircase: 1 }, TypeError, "true or false"],
    ["step", TypeError, "either stepEpochs or milestones, got neither"],
    [{ type: "step", stepEpochs: 1, milestones: [1] }, TypeError, "got both"],
    [{ type: "step", stepEpochs: 0 }, RangeError, "above 0"],
    [{ type: "step", milestones: 3 }, TypeError, "an array, got 3"],
    [{ type: "step", milestones: [] }, RangeError, "got 0"],
    [{ type: "step", milestones: [2, 1] }, RangeError, "milestones[1] to be a finite number above 2, got 1"],
    [{ type: "step", milestones: [1, "2"] }, TypeError, "milestones[1]"],
    [{ type: "step", milestones: new Array(100_000).fill(1) }, RangeError, "1 to 1000 milestones"],
    [{ type: "oneCycle", warmupShare: 1 }, RangeError, "below 1"],
    [{ type: "oneCycle", startDivisor: 0.5 }, RangeError, "at least 1"],
    [{ type: "oneCycle", maxLearningRate: -1 }, RangeError, "above 0"],
    [{ type: "oneCycle", anneal: "cos" }, RangeError, "anneal to be one of cosine, linear, got"],
    [{ type: "oneCycle", anneal: 1 }, TypeError, "anneal to be one of cosine, linear, got"],
  ])("refuses %j", (json, kind, message) => {
    expect(() => parseSchedule(json)).toThrow(kind);
    expect(() => parseSchedule(json)).toThrow(message);
  });

  it("names the one who asked", () => {
    expect(() => parseSchedule("cosin", "model.json schedule")).toThrow(/^model\.json schedule: /);
  });
});
