import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { shared, unshared } from "./backends.ts";
import { testKernels } from "./suite.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

for (const engine of ["simd", "relaxed"] as const) {
  if (!hasEngine(engine)) console.log(`skipped: this host lacks the engine ${engine}`);
  describe.skipIf(!hasEngine(engine))(engine, () => {
    const backend = hasEngine(engine) ? unshared(engine) : undefined;
    testKernels(engine, () => backend ?? unshared(engine));

    it("gives the same bits on shared memory", async () => {
      const one = await unshared(engine);
      const other = await shared(engine);
      for (const call of allCalls()) {
        const [wanted, got] = [runCall(one, call), runCall(other, call)];
        for (const [name, values] of wanted) expect(got.get(name), `${call.kernel}, ${call.label}`).toEqual(values);
      }
    });
  });
}
