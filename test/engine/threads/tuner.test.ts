import { describe, expect, it } from "vitest";
import { Tuner } from "../../../src/engine/threads/tuner.ts";

/** Two ways that take the milliseconds that `costs` says at the time, on a clock of their own. */
function race(costs: (time: number) => readonly [number, number]) {
  let time = 0;
  const runs = [0, 0];
  const way = (i: 0 | 1) => () => {
    runs[i]++;
    time += costs(time)[i];
  };
  const tuner = new Tuner([way(0), way(1)], () => time);
  return {
    tuner,
    runs,
    run(count: number) {
      const before = time;
      for (let i = 0; i < count; i++) tuner.run();
      return (time - before) / count;
    },
  };
}

describe("the choice between two ways", () => {
  it.each([
    [10, 5],
    [5, 10],
    [0.02, 0.05],
    [0.05, 0.02],
  ])("of %d and %d ms is the faster one, and costs next to nothing", (one, other) => {
    const { run, tuner } = race(() => [one, other]);
    run(100);
    expect(tuner.best).toBe(one < other ? 0 : 1);
    expect(run(10_000) / Math.min(one, other)).toBeLessThan(1.02);
  });

  it("is made anew when times change", () => {
    const { run, tuner } = race((time) => (time < 5000 ? [10, 6] : [10, 20]));
    run(800);
    expect(tuner.best).toBe(1);
    run(1500);
    expect(tuner.best).toBe(0);
  });

  it("survives single runs that something else held up", () => {
    let count = 0;
    const { run, tuner } = race(() => [10, count++ % 7 === 2 ? 60 : 6]);
    run(60);
    expect(tuner.best).toBe(1);
  });

  it("tries a slower way once where runs are long, and goes on where it is not slower", () => {
    const slow = race(() => [240, 130]);
    slow.run(100);
    expect(slow.runs[0]).toBe(2);
    expect(slow.tuner.best).toBe(1);

    const fast = race(() => [240, 400]);
    fast.run(100);
    expect(fast.tuner.best).toBe(0);
    expect(fast.runs[1]).toBe(5);
  });

  it("stays where both are alike", () => {
    const { run, tuner, runs } = race(() => [10, 10.1]);
    run(1000);
    expect(tuner.best).toBe(1);
    expect(runs[0]).toBeGreaterThan(10);
  });
});
