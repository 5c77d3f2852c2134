import { inflateSync } from "node:zlib";
import type { WasmName } from "../engine/engine-names.ts";
import { extraRows } from "../engine/operands/extra.ts";
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
    const names = exportNames(name.endsWith("-extra") ? extraRows() : coreRows);
    return joinStreams(inflateSync(Buffer.from(await textOf(name), "base64")), names);
  });
}

// As in `built-in-wasm.ts`: bundlers follow only imports whose names stand in the calls themselves, and pages have no `wide`.
async function textOf(name: WasmName): Promise<string> {
  switch (name) {
    case "simd":
      return (await import("../../build/simd.text.js")).default;
    case "simd-extra":
      return (await import("../../build/simd-extra.text.js")).default;
    case "relaxed":
      return (await import("../../build/relaxed.text.js")).default;
    case "relaxed-extra":
      return (await import("../../build/relaxed-extra.text.js")).default;
    case "wide":
      return (await import("../../build/wide.text.js")).default;
    case "wide-extra":
      return (await import("../../build/wide-extra.text.js")).default;
  }
}
