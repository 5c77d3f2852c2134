import { exportNames } from "./operands.ts";
import { joinStreams } from "./wasm-streams.ts";

/**
 * The wasm file of a text: streams that were packed by zlib and written as base64.
 *
 * @param file index of the file, if the text has several
 */
export async function unpackWasm(text: string, file = 0): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return joinStreams(new Uint8Array(await new Response(stream).arrayBuffer()), exportNames(), file);
}
