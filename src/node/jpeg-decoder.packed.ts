import { inflateSync } from "node:zlib";
import text from "../../build/jpeg-decoder.text.js";

/** The wasm file of the JPEG decoder, from a module of text. */
export async function jpegWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(inflateSync(Buffer.from(text, "base64")));
}
