import text from "../../build/simd.text.js";
import { HostError } from "../errors.ts";
import type { WasmEngine } from "./engine-names.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * The wasm file of an engine; stands in place of `built-in-wasm.ts` in the page of an exported model, which has one engine.
 */
export async function builtInWasm(engine: WasmEngine): Promise<Uint8Array<ArrayBuffer>> {
  if (engine !== "simd")
    throw new HostError("engine", `expected simd, the only one in this page, got ${engine}`, "no-engine");
  return unpackWasm(text);
}
