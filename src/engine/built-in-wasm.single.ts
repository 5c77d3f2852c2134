import text from "../../build/simd.text.js";
import { HostError } from "../errors.ts";
import type { WasmGear } from "./gears.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * The wasm file of a gear; stands in place of `built-in-wasm.ts` in the page of an exported model, which has one gear.
 */
export async function builtInWasm(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  if (gear !== "simd")
    throw new HostError("engine", `expected simd, the only one in this page, got ${gear}`, "no-gear");
  const [wasm] = await unpackWasm(text);
  return wasm;
}
