import { readFile } from "node:fs/promises";

/** The wasm file of the JPEG decoder, from its package. The build for bundlers has `jpeg-decoder.packed.ts` in place of this. */
export async function jpegWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"))));
}
