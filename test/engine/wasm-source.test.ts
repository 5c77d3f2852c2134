import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { runCall } from "../../src/bench/arena.ts";
import { allCalls } from "../../src/bench/calls/index.ts";
import { differenceOf } from "../../src/bench/ranges.ts";
import { builtInWasm as ofPair } from "../../src/engine/built-in-wasm.pair.ts";
import { builtInWasm } from "../../src/engine/built-in-wasm.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { instantiateKernels, setWasmSource, type WasmSource } from "../../src/engine/wasm.ts";
import { useWasmFiles } from "../../src/node/wasm.ts";
import { unshared } from "./backends.ts";

function read(engine: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../build/${engine}.wasm`, import.meta.url)));
}

afterAll(useWasmFiles);

/** The names of the kernels that come from a source. */
async function kernelsFrom(source: WasmSource, shared = false, extra = false): Promise<string[]> {
  setWasmSource(source);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
  return Object.keys(await instantiateKernels({ engine: "simd", extra, shared }, memory));
}

/** The answer of a server. */
function answer(body: Uint8Array<ArrayBuffer> | string, type: string, status = 200): WasmSource {
  return async () => {
    const response = new Response(body, { status, statusText: "Said So", headers: { "Content-Type": type } });
    Object.defineProperty(response, "url", { value: "http://127.0.0.1/simd.wasm" });
    return response;
  };
}

describe("wasm files that are modules of text", () => {
  it.each(["simd", "relaxed"] as const)("hold the kernels of %s.wasm: the same bits for every call", async (engine) => {
    if (!hasEngine(engine)) return console.log(`skipped: this host lacks the engine ${engine}`);
    const from = (source: WasmSource) => {
      setWasmSource(source);
      return unshared(engine);
    };
    const whole = await from(async (name) => read(name));
    const unpacked = [await from(builtInWasm), await from(ofPair)];
    // Texts lack the kernels that only the benchmark of the command line calls.
    for (const call of allCalls().filter(({ kernel }) => !kernel.startsWith("peak_"))) {
      const wanted = runCall(whole, call);
      for (const backend of unpacked) {
        const difference = differenceOf(wanted, runCall(backend, call));
        expect(difference, `${call.kernel}, ${call.label}`).toBeUndefined();
      }
    }
  });

  it.each([builtInWasm, ofPair])("do not hold what no browser runs", async (source) => {
    await expect(source("wide")).rejects.toThrow("engine: expected simd or relaxed, as no browser runs wide, got wide");
  });
});

describe("where wasm files come from", () => {
  it.each([false, true])("may be bytes or a server, whatever it calls them (shared memory: %s)", async (shared) => {
    const wanted = await kernelsFrom(async () => read("simd"), shared);
    expect(wanted).toContain("conv2d_forward");
    for (const type of ["application/wasm", "application/octet-stream", "text/html"]) {
      expect(await kernelsFrom(answer(read("simd"), type), shared), type).toEqual(wanted);
    }
  });

  it.each([false, true])("is told when there is none, or something else (shared memory: %s)", async (shared) => {
    await expect(kernelsFrom(answer("gone", "text/plain", 404), shared)).rejects.toThrow(
      "engine: expected simd.wasm at http://127.0.0.1/simd.wasm, got 404 Said So",
    );
    await expect(kernelsFrom(answer("<!doctype html>", "text/html"), shared)).rejects.toThrow(
      "engine: expected simd.wasm at http://127.0.0.1/simd.wasm, got something else",
    );
  });

  it.each([false, true])(
    "are asked for by their names, the extra one only where it is wanted (shared memory: %s)",
    async (shared) => {
      const asked: string[] = [];
      const source: WasmSource = async (name) => {
        asked.push(name);
        return read(name);
      };
      expect(await kernelsFrom(source, shared)).not.toContain("depthwise_forward");
      expect(asked).toEqual(["simd"]);
      asked.length = 0;
      const all = await kernelsFrom(source, shared, true);
      expect(asked).toEqual(["simd", "simd-extra"]);
      expect(all).toEqual(expect.arrayContaining(["conv2d_forward", "depthwise_forward"]));
    },
  );

  it("is named where the extra one is missing, or another one", async () => {
    const without =
      (other: WasmSource): WasmSource =>
      (name) =>
        name === "simd" ? Promise.resolve(read(name)) : other(name);
    await expect(kernelsFrom(without(answer("gone", "text/plain", 404)), false, true)).rejects.toThrow(
      "engine: expected simd-extra.wasm at http://127.0.0.1/simd.wasm, got 404 Said So",
    );
    await expect(
      kernelsFrom(
        without(async () => read("simd")),
        false,
        true,
      ),
    ).rejects.toThrow("engine: expected a wasm file of convasm's kernels, got another one");
  });

  it("may fail once and be asked again", async () => {
    setWasmSource(answer("", "text/plain", 500));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    await expect(instantiateKernels({ engine: "simd", extra: false }, memory)).rejects.toThrow("got 500 Said So");
    expect(await kernelsFrom(builtInWasm)).toContain("conv2d_forward");
  });

  it("must hold the kernels", async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(kernelsFrom(async () => empty)).rejects.toThrow(
      "engine: expected a wasm file of convasm's kernels, got another one",
    );
  });
});
