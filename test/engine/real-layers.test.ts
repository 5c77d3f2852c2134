import { setFlagsFromString } from "node:v8";
import { expect, it } from "vitest";
import { type Backend, referenceBackend, runCall } from "../../src/bench/arena.ts";
import { expectationOf, missText, worstMiss } from "../../src/bench/bound.ts";
import { networkCalls } from "../../src/bench/calls/index.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { unshared } from "./backends.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

// All engines in one test, as the exact results take the longest.
it("layers of real networks are within the bound of the exact result on every engine", async () => {
  const exact = referenceBackend("float64");
  const backends: [name: string, backend: Backend][] = [
    ["js", referenceBackend("float32")],
    ["simd", await unshared("simd")],
  ];
  if (hasEngine("relaxed")) backends.push(["relaxed", await unshared("relaxed")]);
  else console.log("skipped: this host lacks the engine relaxed");
  for (const call of networkCalls()) {
    const expectation = expectationOf(exact, call);
    for (const [name, backend] of backends) {
      const miss = worstMiss(expectation, runCall(backend, call));
      if (miss !== undefined) expect.fail(`${call.kernel}, ${call.label} on ${name}: ${missText(miss)}`);
    }
  }
});
