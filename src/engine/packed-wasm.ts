import { joinStreams } from "./wasm-streams.ts";

/**
 * The wasm file of a text: streams that were packed by zlib and written as base64.
 *
 * @param kernels names of all kernels in the text
 * @param engine index of the engine, if there are several
 * @param file index of the engine's file, if it has several in the text
 */
export async function unpackWasm(
  text: string,
  kernels: readonly string[],
  engine = 0,
  file = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return joinStreams(new Uint8Array(await new Response(stream).arrayBuffer()), exportNames(kernels), engine, file);
}

/** Names of exports, in the order by which packed texts know them: kernels, then the memory. */
export function exportNames(kernels: readonly string[]): readonly string[] {
  return [...[...kernels].sort(), "memory"];
}
