import { describe, it } from "vitest";
import { BUILT_IN, checkTapes, OPTIMIZERS } from "./check-tapes.ts";

describe.each(BUILT_IN)("the tapes of $name", (network) => {
  it.each([1, 2, 3, 16])(
    "read what was written, and no thread touches what another writes, on %d threads",
    (threads) => {
      checkTapes(network, threads, OPTIMIZERS.slice(0, 2));
    },
  );
});
