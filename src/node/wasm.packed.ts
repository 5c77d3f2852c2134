import { inflateSync } from "node:zlib";
import type { WasmName } from "../engine/engine-names.ts";
import { coreRows } from "../engine/operands.ts";
import { exportNames } from "../engine/packed-wasm.ts";
import { setWasmSource } from "../engine/wasm.ts";
import { joinStreams } from "../engine/wasm-streams.ts";

/**
 * Does nothing; stands in place of `wasm.ts` in the build for bundlers, which know of no wasm files: the engine unpacks
 * them from modules of text.
 */
export function useWasmFiles(): void {
  setWasmSource(async (name) => {
    const { default: text, kernels = Object.keys(coreRows) } = await textOf(name);
    return joinStreams(inflateSync(Buffer.from(text, "base64")), exportNames(kernels));
  });
}

// As in `built-in-wasm.ts`: bundlers follow only imports whose names stand in the calls themselves, and pages have no `wide`.
async function textOf(name: WasmName): Promise<{ readonly default: string; readonly kernels?: readonly string[] }> {
  switch (name) {
    case "simd":
      return import("../../build/simd.text.js");
    case "simd-extra":
      return import("../../build/simd-extra.text.js");
    case "relaxed":
      return import("../../build/relaxed.text.js");
    case "relaxed-extra":
      return import("../../build/relaxed-extra.text.js");
    case "wide":
      return import("../../build/wide.text.js");
    case "wide-extra":
      return import("../../build/wide-extra.text.js");
  }
}
