import { readFile } from "node:fs/promises";

/** The wasm file of the BMP decoder, from its package. The build for bundlers has `bmp-decoder.packed.ts` in place of this. */
export async function bmpWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL("nsbmp.wasm", import.meta.resolve("@cwasm/nsbmp"))));
}
