import { setFlagsFromString } from "node:v8";
import { Option } from "commander";
import { chooseEngine, ENGINES, type EngineName, hasEngine } from "../engine/engine-names.ts";
import { threadCount } from "./numbers.ts";

/** The `--engine` option. */
export function engineOption(fallback = "auto"): Option {
  const text =
    "js (plain JavaScript), simd, relaxed (SIMD with fused multiply-add) or wide (that in 256 bits), or auto: the fastest that " +
    `there is but wide (default: ${fallback})`;
  return new Option("--engine <name>", text).choices(["auto", ...ENGINES]);
}

/** The `--threads` option. */
export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "threads that share the work, or auto: one a core where that is faster (default: auto)",
  ).argParser(threadCount);
}

/**
 * The engine for `--engine`. On Node 20 fused multiply-add works but has to be switched on, which helps only before the
 * first wasm file is compiled. `wide` is the fastest other engine where this process can't run it; `run` has said so.
 *
 * @throws RangeError if this host does not have it
 */
export function resolveEngine(wanted: EngineName | "auto" = "auto"): EngineName {
  if (wanted === "wide" && !hasEngine(wanted)) return resolveEngine("auto");
  const mayBeRelaxed = wanted === "auto" || wanted === "relaxed";
  if (mayBeRelaxed && !hasEngine("relaxed") && process.versions.node.startsWith("20.")) {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
  return chooseEngine(wanted);
}
