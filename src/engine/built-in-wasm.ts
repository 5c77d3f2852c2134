import { HostError } from "../errors.ts";
import type { WasmEngine } from "./engine-names.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * The wasm file of an engine, from a module of text: bundlers need no settings for it, and servers no MIME type.
 *
 * The builds for pages without a bundler have other files in place of this one: `built-in-wasm.files.ts` where wasm
 * files lie beside the library's, `built-in-wasm.pair.ts` where the library is one file.
 */
export async function builtInWasm(engine: WasmEngine): Promise<Uint8Array<ArrayBuffer>> {
  return unpackWasm(await textOf(engine));
}

async function textOf(engine: WasmEngine): Promise<string> {
  switch (engine) {
    case "simd":
      return (await import("../../build/simd.text.js")).default;
    case "relaxed":
      return (await import("../../build/relaxed.text.js")).default;
    case "wide":
      throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  }
}
