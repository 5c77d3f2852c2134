import type { WasmName } from "./engine-names.ts";
import { unpackWasm } from "./packed-wasm.ts";
import { wasmText } from "./wasm-text.ts";

/**
 * A wasm file, from a module of text: bundlers need no settings for it, and servers no MIME type.
 *
 * The builds for pages without a bundler have other files in place of this one: `built-in-wasm.files.ts` where wasm
 * files lie beside the library's, `built-in-wasm.pair.ts` where the library is one file.
 */
export async function builtInWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  const { text, kernels } = await wasmText(name);
  return unpackWasm(text, kernels);
}
