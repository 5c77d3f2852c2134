import { setFlagsFromString } from "node:v8";
import { ENGINES, type EngineName, hasEngine } from "../src/engine/engine-names.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** The engines that this host has; says which it lacks. */
export const HOST_ENGINES: readonly EngineName[] = ENGINES.filter((engine) => {
  const has = hasEngine(engine);
  if (!has) console.log(`skipped: this host lacks the engine ${engine}`);
  return has;
});
