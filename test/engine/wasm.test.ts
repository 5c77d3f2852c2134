import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { unpackWasm } from "../../src/engine/packed-wasm.ts";
import { shared, unshared } from "./backends.ts";
import { testKernels } from "./suite.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

it("is in texts for pages as well, without the kernels that only the command line calls", async () => {
  const { default: simd } = await import("../../build/simd.text.js");
  const { pairText } = await import("../../build/pair.text.js");
  const [alone, first, second] = await Promise.all([
    unpackWasm(simd),
    unpackWasm(pairText()),
    unpackWasm(pairText(), 1),
  ]);
  expect(first).toEqual(alone);
  const exportsOf = (wasm: Uint8Array<ArrayBuffer>) =>
    WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  for (const [engine, wasm] of [
    ["simd", first],
    ["relaxed", second],
  ] as const) {
    const whole = readFileSync(new URL(`../../build/${engine}.wasm`, import.meta.url));
    const wanted = exportsOf(new Uint8Array(whole)).filter((name) => !name.startsWith("peak_"));
    expect(exportsOf(wasm)).toEqual(wanted);
  }
});

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
