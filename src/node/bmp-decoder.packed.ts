import { inflateSync } from "node:zlib";
import text from "../../build/bmp-decoder.text.js";

/** The wasm file of the BMP decoder, from a module of text. */
export async function bmpWasm(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(inflateSync(Buffer.from(text, "base64")));
}
