import { inflateSync } from "node:zlib";
import type { WasmName } from "../engine/engine-names.ts";
import { exportNames } from "../engine/packed-wasm.ts";
import { setWasmSource } from "../engine/wasm.ts";
import { joinStreams } from "../engine/wasm-streams.ts";
import { type WasmText, wasmText, wasmTextOf } from "../engine/wasm-text.ts";

/**
 * Does nothing; stands in place of `wasm.ts` in the build for bundlers, which know of no wasm files: the engine unpacks
 * them from modules of text.
 */
export function useWasmFiles(): void {
  setWasmSource(async (name) => {
    const { text, kernels } = await textOf(name);
    return joinStreams(inflateSync(Buffer.from(text, "base64")), exportNames(kernels));
  });
}

/** The text of any engine's file: `wide` runs in Node alone. */
function textOf(name: WasmName): Promise<WasmText> {
  switch (name) {
    case "wide":
      return wasmTextOf(import("../../build/wide.text.js"));
    case "wide-extra":
      return wasmTextOf(import("../../build/wide-extra.text.js"));
    default:
      return wasmText(name);
  }
}
