import { afterEach, describe, expect, it, vi } from "vitest";
import { QUICK, THOROUGH, timeInTurns } from "../../src/bench/timing.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Milliseconds that a run takes by a clock that stands still otherwise; more than `most` runs are an error. */
function subject(milliseconds: number, most = 10_000) {
  let now = 0;
  let runs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  return () => {
    if (++runs > most) throw new Error(`timing: expected up to ${most} runs, got more`);
    now += milliseconds;
  };
}

describe("timeInTurns", () => {
  // Runs too long to be counted together, and too short to be read off the clock, were repeated forever.
  it.each([
    [0.03, QUICK],
    [0.8, THOROUGH],
    [0.001, QUICK],
    [40, QUICK],
    [2, THOROUGH],
  ])("ends for a run of %d ms", async (milliseconds, settings) => {
    const [timing] = await timeInTurns([subject(milliseconds)], settings, new AbortController().signal);
    expect(timing.median).toBeCloseTo(milliseconds / 1000, 9);
    expect(timing.samples).toBeGreaterThanOrEqual(settings.fewest);
  });
});
