import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { type Backend, type KernelTable, runCall } from "../../src/bench/arena.ts";
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

/** A build for shared memory. */
async function shared(name: string): Promise<Backend> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: 65536, shared: true });
  const { instance } = await WebAssembly.instantiate(read(name), { env: { memory } });
  const kernels: KernelTable = Object.fromEntries(
    Object.entries(instance.exports).flatMap(([key, value]) =>
      typeof value === "function" ? [[key, (...args: number[]): unknown => value(...args)]] : [],
    ),
  );
  return { kernels, heap: new Float32Array(memory.buffer) };
}

for (const gear of ["simd", "relaxed"] as const) {
  if (!hasGear(gear)) console.log(`skipped: this host lacks the gear ${gear}`);
  describe.skipIf(!hasGear(gear))(gear, () => {
    const backend = hasGear(gear) ? unshared(gear) : undefined;
    testKernels(gear, () => backend ?? unshared(gear));

    it("gives the same bits in the build for shared memory", async () => {
      const one = await unshared(gear);
      const other = await shared(`${gear}-shared`);
      for (const call of allCalls()) {
        const [wanted, got] = [runCall(one, call), runCall(other, call)];
        for (const [name, values] of wanted) expect(got.get(name), `${call.kernel}, ${call.label}`).toEqual(values);
      }
    });
  });
}
