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
  switch (name) {
    case "simd":
      return unpackWasm((await import("../../build/simd.text.js")).default, coreRows);
    case "relaxed":
      return unpackWasm((await import("../../build/relaxed.text.js")).default, coreRows);
    case "simd-extra":
      return unpackExtra(await import("../../build/simd-extra.text.js"));
    case "relaxed-extra":
      return unpackExtra(await import("../../build/relaxed-extra.text.js"));
    default:
      throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  }
}

async function unpackExtra({ default: text }: { readonly default: string }): Promise<Uint8Array<ArrayBuffer>> {
  const { extraRows } = await import("./operands/extra.ts");
  return unpackWasm(text, extraRows());
}
