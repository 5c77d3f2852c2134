import type { WasmGear } from "./gears.ts";

/** The wasm file of a gear, which lies beside this one. */
export function builtInWasm(gear: WasmGear): Promise<Response> {
  return fetch(new URL(`./${gear}.wasm`, import.meta.url));
}
