import { inflateSync } from "node:zlib";
import text from "../../build/webp-decoder.text.js";

/** The wasm file of the WebP decoder, from a module of text. */
export async function webpWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(inflateSync(Buffer.from(text, "base64")));
}
