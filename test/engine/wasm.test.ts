import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { hasGear } from "../../src/engine/gears.ts";
import { shared, unshared } from "./backends.ts";
import { testKernels } from "./suite.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasGear("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

for (const gear of ["simd", "relaxed"] as const) {
  if (!hasGear(gear)) console.log(`skipped: this host lacks the gear ${gear}`);
  describe.skipIf(!hasGear(gear))(gear, () => {
    const backend = hasGear(gear) ? unshared(gear) : undefined;
    testKernels(gear, () => backend ?? unshared(gear));

    it("gives the same bits on shared memory", async () => {
      const one = await unshared(gear);
      const other = await shared(gear);
      for (const call of allCalls()) {
        const [wanted, got] = [runCall(one, call), runCall(other, call)];
        for (const [name, values] of wanted) expect(got.get(name), `${call.kernel}, ${call.label}`).toEqual(values);
      }
    });
  });
}
