import { HostError } from "../errors.ts";
import type { WasmName } from "./engine-names.ts";
import { coreRows } from "./operands.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * A wasm file, from a module of text: bundlers need no settings for it, and servers no MIME type.
 *
 * The builds for pages without a bundler have other files in place of this one: `built-in-wasm.files.ts` where wasm
 * files lie beside the library's, `built-in-wasm.pair.ts` where the library is one file.
 */
export async function builtInWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  const { default: text, kernels = Object.keys(coreRows) } = await textOf(name);
  return unpackWasm(text, kernels);
}

/** A file's text, and the names of its kernels if they are not those that every engine has. */
async function textOf(name: WasmName): Promise<{ readonly default: string; readonly kernels?: readonly string[] }> {
  switch (name) {
    case "simd":
      return import("../../build/simd.text.js");
    case "simd-extra":
      return import("../../build/simd-extra.text.js");
    case "relaxed":
      return import("../../build/relaxed.text.js");
    case "relaxed-extra":
      return import("../../build/relaxed-extra.text.js");
    default:
      throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  }
}
