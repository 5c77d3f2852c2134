import { pairText } from "../../build/pair.text.js";
import { HostError } from "../errors.ts";
import type { WasmGear } from "./gears.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * The wasm file of a gear, out of one text for both gears. Their functions lie in it side by side, so that compression
 * finds what they share, which is nearly all.
 */
export async function builtInWasm(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  if (gear === "wide")
    throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-gear");
  const [simd, relaxed] = await unpackWasm(pairText());
  return gear === "simd" ? simd : relaxed;
}
