import { pairText } from "../../build/pair.text.js";
import { HostError } from "../errors.ts";
import type { WasmEngine } from "./engine-names.ts";
import { unpackWasm } from "./packed-wasm.ts";

/** The wasm file of an engine, out of one text for both engines, which differ in multiply-adds only. */
export async function builtInWasm(engine: WasmEngine): Promise<Uint8Array<ArrayBuffer>> {
  if (engine === "wide")
    throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  return unpackWasm(pairText(), engine === "simd" ? 0 : 1);
}
