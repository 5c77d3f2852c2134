import { setFlagsFromString } from "node:v8";
import { GEARS, type Gear, hasGear } from "../src/engine/gears.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasGear("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** The gears that this host has; says which it lacks. */
export const HOST_GEARS: readonly Gear[] = GEARS.filter((gear) => {
  const has = hasGear(gear);
  if (!has) console.log(`skipped: this host lacks the gear ${gear}`);
  return has;
});
