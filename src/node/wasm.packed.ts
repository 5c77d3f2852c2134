import { inflateSync } from "node:zlib";
import type { WasmEngine } from "../engine/engine-names.ts";
import { exportNames } from "../engine/operands.ts";
import { setWasmSource } from "../engine/wasm.ts";
import { joinStreams } from "../engine/wasm-streams.ts";

/**
 * Does nothing; stands in place of `wasm.ts` in the build for bundlers, which know of no wasm files: the engine unpacks
 * them from modules of text.
 */
export function useWasmFiles(): void {
  setWasmSource(async (engine) => {
    return joinStreams(inflateSync(Buffer.from(await textOf(engine), "base64")), exportNames());
  });
}

// As in `built-in-wasm.ts`: bundlers follow only imports whose names stand in the calls themselves, and pages have no `wide`.
async function textOf(engine: WasmEngine): Promise<string> {
  switch (engine) {
    case "simd":
      return (await import("../../build/simd.text.js")).default;
    case "relaxed":
      return (await import("../../build/relaxed.text.js")).default;
    case "wide":
      return (await import("../../build/wide.text.js")).default;
  }
}
