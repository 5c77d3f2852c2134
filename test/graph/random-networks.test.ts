import { describe, it } from "vitest";
import { checkDifferences, checkEngines } from "./random-runs.ts";

const SEEDS = Array.from({ length: 10 }, (_, i) => i);

describe("random networks", () => {
  it.each(SEEDS)("give the numbers of float64 in every engine: %i", (seed) =>
    checkEngines(seed, seed % 5 === 0 ? [1, 2] : [1]),
  );

  it.each(SEEDS)("have gradients by which their loss changes: %i", (seed) => checkDifferences(seed));

  it.each(SEEDS)("may have frozen parts: %i", async (seed) => {
    await checkEngines(seed, [1], true);
    await checkDifferences(seed, true);
  });
});
