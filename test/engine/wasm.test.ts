import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { differenceOf } from "../../src/bench/ranges.ts";
import { builtInWasm as builtInWasmOfPair } from "../../src/engine/built-in-wasm.pair.ts";
import { builtInWasm } from "../../src/engine/built-in-wasm.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { extraRows } from "../../src/engine/operands/extra.ts";
import { coreRows } from "../../src/engine/operands.ts";
import { instantiateKernels } from "../../src/engine/wasm.ts";
import { shared, unshared } from "./backends.ts";
import { testKernels } from "./suite.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

it("is in texts for pages as well, without the kernels that only the command line calls", async () => {
  const exportsOf = (wasm: Uint8Array<ArrayBuffer>) =>
    WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  for (const name of ["simd", "simd-extra", "relaxed", "relaxed-extra"] as const) {
    const [alone, ofPair] = await Promise.all([builtInWasm(name), builtInWasmOfPair(name)]);
    expect(ofPair).toEqual(alone);
    const whole = readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
    const wanted = exportsOf(new Uint8Array(whole)).filter((kernel) => !kernel.startsWith("peak_"));
    expect(exportsOf(alone)).toEqual(wanted);
  }
});

it("is in two files, which have no kernel in common", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const namesOf = async (extra: boolean) => Object.keys(await instantiateKernels({ engine: "simd", extra }, memory));
  const [core, all] = [await namesOf(false), await namesOf(true)];
  expect(core.filter((name) => name !== "memory").sort()).toEqual(Object.keys(coreRows).sort());
  expect(all.filter((name) => !core.includes(name)).sort()).toEqual(Object.keys(extraRows()).sort());
});

const ENGINES = (["simd", "relaxed"] as const).filter((engine) => {
  if (!hasEngine(engine)) console.log(`skipped: this host lacks the engine ${engine}`);
  return hasEngine(engine);
});

const backends = new Map(ENGINES.map((engine) => [engine, unshared(engine)]));
testKernels(Object.fromEntries([...backends].map(([engine, backend]) => [engine, () => backend])));

describe.each([...backends])("%s", (engine, backend) => {
  it("gives the same bits on shared memory", async () => {
    const one = await backend;
    const other = await shared(engine);
    for (const call of allCalls()) {
      const difference = differenceOf(runCall(one, call), runCall(other, call));
      expect(difference, `${call.kernel}, ${call.label}`).toBeUndefined();
    }
  });
});
