import { describe, it } from "vitest";
import { Architecture } from "../../src/model/architecture.ts";
import { BUILT_IN, checkTapes, OPTIMIZERS, type Subject } from "./check-tapes.ts";

/** Numbers of threads: of a network with more weights than this the checker has enough to do with two. */
function threadsFor({ shape, layers }: Subject): readonly number[] {
  return new Architecture({ input: shape, layers }).parameterCount() > 1e6 ? [2] : [1, 2, 3, 16];
}

describe.each(BUILT_IN)("the tapes of $name", (network) => {
  it.each(threadsFor(network))(
    "read what was written, and no thread touches what another writes, on %d threads",
    (threads) => {
      checkTapes(network, threads, OPTIMIZERS.slice(0, 2));
    },
  );
});
