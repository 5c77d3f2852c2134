import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withSharedMemory } from "../../src/engine/shared-memory.ts";

const wasm = new Uint8Array(readFileSync(new URL("../../build/simd.wasm", import.meta.url)));

describe("withSharedMemory", () => {
  it("changes nothing but the memory that the file imports", async () => {
    const shared = await WebAssembly.compile(withSharedMemory(wasm));
    const original = await WebAssembly.compile(wasm);
    expect(WebAssembly.Module.exports(shared)).toEqual(WebAssembly.Module.exports(original));
    expect(WebAssembly.Module.imports(shared)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const memory = (isShared: boolean) => new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: isShared });
    expect(() => new WebAssembly.Instance(shared, { env: { memory: memory(true) } })).not.toThrow();
    expect(() => new WebAssembly.Instance(shared, { env: { memory: memory(false) } })).toThrow(WebAssembly.LinkError);
    expect(() => new WebAssembly.Instance(original, { env: { memory: memory(true) } })).toThrow(WebAssembly.LinkError);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["a module without imports", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
    ["a file that is shared already", withSharedMemory(wasm)],
    ["a file cut off", wasm.subarray(0, 40)],
  ])("refuses %s", (_what, bytes) => {
    expect(() => withSharedMemory(bytes)).toThrow("kernels: expected a wasm file that imports one unshared memory");
  });
});
