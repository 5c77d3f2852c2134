import { afterEach, describe, expect, it, vi } from "vitest";
import { checkStep } from "../../src/bench/network-check.ts";
import { Network } from "../../src/model/network.ts";
import { findNetwork } from "../../src/recipes/index.ts";

/** A deep network whose step rounding alone changes by more than a thousandth: sums move across the bounds of its ReLUs. */
function deep() {
  const network = findNetwork("mobilenetV2");
  if (network === undefined) throw new Error("no MobileNetV2");
  return { ...network, shape: [96, 96, 3] as const };
}

const SETTINGS = [{ engine: "simd", threads: 1 }] as const;

describe("the check before networks are timed", () => {
  afterEach(() => vi.restoreAllMocks());

  it("lets rounding pass in a deep network", async () => {
    await checkStep(deep(), SETTINGS);
  });

  it.each([0.2, Number.NaN])("refuses a step whose first weights are off by %d of themselves", async (error) => {
    const { trainStep } = Network.prototype;
    let steps = 0;
    vi.spyOn(Network.prototype, "trainStep").mockImplementation(function (this: Network, ...args) {
      trainStep.apply(this, args);
      // The first step is the exact one.
      if (steps++ !== 1) return;
      const { decayed } = this.parameters.trained;
      const weights = this.view(decayed.offset, decayed.count);
      for (let i = 0; i < 300; i++) weights[i] *= 1 + error;
    });
    await expect(checkStep(deep(), SETTINGS)).rejects.toThrow(
      /^mobilenetV2 on simd: after one step the loss is off by/,
    );
  });
});
