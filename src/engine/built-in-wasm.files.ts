import type { WasmEngine } from "./engine-names.ts";

/** The wasm file of an engine, which lies beside this one. */
export function builtInWasm(engine: WasmEngine): Promise<Response> {
  return fetch(new URL(`./${engine}.wasm`, import.meta.url));
}
