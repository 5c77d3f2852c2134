import { choice, wholeOr } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { ENGINES } from "./engine-names.ts";
import { MOST_THREADS } from "./threads/source.ts";

/** Options of the engine that computes a model. */
export const ENGINE = {
  /** Kernels that compute. `"auto"`, and without it: the fastest stable ones of the host, or `js` for float64. */
  engine: { kind: choice(["auto", ...ENGINES]), optional: true },
  /** Precision of all numbers; float64 only on `js`, for gradient checks. */
  precision: { kind: choice(["float32", "float64"]), default: "float32" },
  /**
   * Threads that share the work; the results are the same bits for any number. `"auto"`: one for each core, up to 8, where
   * that measures faster than one alone. Where threads cannot be had, one does it all.
   */
  threads: { kind: wholeOr("auto", 1, MOST_THREADS), default: 1 },
} as const satisfies OptionSchema;

/** Engine, precision and threads that compute a model. */
export interface EngineOptions extends OptionsOf<typeof ENGINE> {}
