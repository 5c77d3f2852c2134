import { readFile } from "node:fs/promises";

/** The wasm file of the WebP decoder, from its package. The build for bundlers has `webp-decoder.packed.ts` in place of this. */
export async function webpWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(import.meta.resolve("@jsquash/webp/codec/dec/webp_dec.wasm"))));
}
