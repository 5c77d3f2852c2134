import type { WasmGear } from "./wasm.ts";

/** The wasm file of a gear, which is a module of text: no path and no server to set up, and bundlers know what to do. */
export async function inlinedWasm(gear: WasmGear): Promise<Uint8Array<ArrayBuffer>> {
  switch (gear) {
    case "simd":
      return unpackText((await import("../../build/simd.text.js")).default);
    case "relaxed":
      return unpackText((await import("../../build/relaxed.text.js")).default);
    case "wide":
      throw new RangeError("engine: expected simd or relaxed, as no browser runs wide, got wide");
  }
}

/** The bytes that were packed by zlib and written as base64. */
export async function unpackText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
