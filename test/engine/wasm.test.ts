import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { type Backend, runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { hasGear } from "../../src/engine/gears.ts";
import { instantiateKernels, setWasmSource } from "../../src/engine/wasm.ts";
import { testKernels } from "./suite.ts";

/** 4 MiB: 1 M floats. */
const PAGES = 64;

// Node 20 knows relaxed SIMD behind a flag.
if (!hasGear("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

function read(name: string): Buffer<ArrayBuffer> {
  return Buffer.from(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));
}

setWasmSource(async (name) => read(name));

async function unshared(gear: "simd" | "relaxed"): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const { ...kernels } = await instantiateKernels(gear, memory);
  return { kernels, heap: new Float32Array(memory.buffer) };
}

/** The same for shared memory. */
async function shared(gear: "simd" | "relaxed"): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  const { ...kernels } = await instantiateKernels(`${gear}-shared`, memory);
  return { kernels, heap: new Float32Array(memory.buffer) };
}

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
