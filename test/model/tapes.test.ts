import { describe, it } from "vitest";
import { SMALL_NETWORKS } from "../../src/bench/small-networks.ts";
import { BUILT_IN, checkTapes, OPTIMIZERS } from "./check-tapes.ts";

describe.each(SMALL_NETWORKS)("the tapes of $name", (network) => {
  it.each([1, 2, 3, 16])(
    "read what was written, and no thread touches what another writes, on %d threads",
    (threads) => {
      checkTapes(network, threads, OPTIMIZERS);
    },
  );
});

// All of them, on more threads, in tapes.slow.test.ts.
describe.each(BUILT_IN.filter(({ name }) => /^(speed99|keras|lenet5)$/.test(name)))("the tapes of $name", (network) => {
  it("read what was written, and no thread touches what another writes", () => {
    checkTapes(network, 2, OPTIMIZERS.slice(0, 1));
  });
});
