import { pairText } from "../../build/pair.text.js";
import type { WasmGear } from "./gears.ts";
import { unpackText } from "./packed-text.ts";

/**
 * The wasm file of a gear, out of one text for both gears. The files lie in it function by function, side by side, so
 * that compression finds what they share, which is nearly all. Before them stand, as 16-bit numbers, the number of
 * parts of each file and their sizes.
 */
export async function builtInWasm(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  if (gear === "wide") throw new RangeError("engine: expected simd or relaxed, as no browser runs wide, got wide");
  const packed = await unpackText(pairText());
  const view = new DataView(packed.buffer);
  const sizes = Array.from({ length: 2 * view.getUint16(0, true) }, (_, i) => view.getUint16(2 + 2 * i, true));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let at = 2 + 2 * sizes.length;
  for (const [i, size] of sizes.entries()) {
    if ((i % 2 === 0) === (gear === "simd")) parts.push(packed.subarray(at, at + size));
    at += size;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
