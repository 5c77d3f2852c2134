import type { WasmName } from "./engine-names.ts";

/** A wasm file, which lies beside this one. */
export function builtInWasm(name: WasmName): Promise<Response> {
  return fetch(new URL(`./${name}.wasm`, import.meta.url));
}
