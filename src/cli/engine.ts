import { setFlagsFromString } from "node:v8";
import type { Option } from "commander";
import { chooseEngine, ENGINES, type EngineName, hasEngine } from "../engine/engine-names.ts";
import { ENGINE } from "../engine/engine-options.ts";
import { schemaOption } from "./schema-option.ts";
import { namesOf } from "./word-lists.ts";

/** The `--engine` option. */
export function engineOption(usual = "auto"): Option {
  return schemaOption(["training", "compile"], "engine", ENGINE.engine, { more: ` (default: ${usual})` });
}

/** The `--threads` option. */
export function threadsOption(usual = "auto"): Option {
  return schemaOption(["training", "compile"], "threads", ENGINE.threads, { more: ` (default: ${usual})` });
}

/**
 * The engine that `auto` stands for on the command line: the one that `CONVASM_ENGINE` names, else `auto`, which is the fastest.
 *
 * @throws UsageError if the variable names no engine
 */
function autoEngine(): EngineName | "auto" {
  const named = process.env.CONVASM_ENGINE ?? "";
  return named === "" ? "auto" : namesOf("CONVASM_ENGINE", [named], ["auto", ...ENGINES])[0];
}

/**
 * The engine for `--engine`. `auto` is `wide` in a process that was started for it (`wide.ts`). On Node 20 fused multiply-add works but has to be switched on, which helps only before the
 * first wasm file is compiled. `wide` is the fastest other engine where this process can't run it; `run` has said so.
 *
 * @throws RangeError if this host does not have it
 */
export function resolveEngine(wanted: EngineName | "auto" = "auto"): EngineName {
  if (wanted === "auto") {
    const named = autoEngine();
    if (named !== "auto") return resolveEngine(named);
    if (hasEngine("wide")) return "wide";
  }
  if (wanted === "wide" && !hasEngine(wanted)) return resolveEngine("relaxed");
  const mayBeRelaxed = wanted === "auto" || wanted === "relaxed";
  if (mayBeRelaxed && !hasEngine("relaxed") && process.versions.node.startsWith("20.")) {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
  return chooseEngine(wanted);
}
