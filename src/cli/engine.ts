import { setFlagsFromString } from "node:v8";
import { Option } from "commander";
import { chooseGear, GEARS, type Gear, hasGear } from "../engine/gears.ts";
import { threadCount } from "./numbers.ts";

/** The `--engine` option. */
export function engineOption(fallback = "auto"): Option {
  const text =
    "js (plain JavaScript), simd, relaxed (SIMD with fused multiply-add) or wide (that in 256 bits), or auto: the fastest that " +
    `there is but wide (default: ${fallback})`;
  return new Option("--engine <name>", text).choices(["auto", ...GEARS]);
}

/** The `--threads` option. */
export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "threads that share the work, or auto: one a core where that is faster (default: auto)",
  ).argParser(threadCount);
}

/**
 * The gear for `--engine`. On Node 20 fused multiply-add works but has to be switched on, which helps only before the
 * first wasm file is compiled. `wide` is the fastest other gear where this process can't run it; `run` has said so.
 *
 * @throws RangeError if this host does not have it
 */
export function resolveEngine(wanted: Gear | "auto" = "auto"): Gear {
  if (wanted === "wide" && !hasGear(wanted)) return resolveEngine("auto");
  const mayBeRelaxed = wanted === "auto" || wanted === "relaxed";
  if (mayBeRelaxed && !hasGear("relaxed") && process.versions.node.startsWith("20.")) {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
  return chooseGear(wanted);
}
