import { describe, it } from "vitest";
import { checkDifferences, checkEngines } from "./random-runs.ts";

/** `CONVASM_NETWORKS=5000` takes that many. */
const COUNT = Number(process.env.CONVASM_NETWORKS ?? 400);

describe("random networks", () => {
  const seeds = Array.from({ length: COUNT }, (_, i) => i);

  it.each(seeds)("give the numbers of float64 in every engine, on one thread and two: %i", (seed) =>
    checkEngines(seed, [1, 2]),
  );

  it.each(seeds)("have gradients by which their loss changes: %i", (seed) => checkDifferences(seed));

  it.each(seeds)("may have frozen parts: %i", async (seed) => {
    await checkEngines(seed, [1, 2], true);
    await checkDifferences(seed, true);
  });
});
