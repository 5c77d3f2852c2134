import { choice, wholeOr } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { ENGINES } from "./engine-names.ts";
import { MOST_THREADS } from "./threads/source.ts";

/** Options of the engine that computes a model. */
export const ENGINE = {
  /**
   * Kernels that compute: js (plain JavaScript), simd, relaxed (SIMD with fused multiply-add) or wide (that in 256 bits), or auto, the
   * fastest proven one. That is wide on the command line alone. Without it the same, or `js` for float64.
   */
  engine: { kind: choice(["auto", ...ENGINES]), optional: true },
  /** Precision of all numbers; float64 only on `js`, for gradient checks. */
  precision: { kind: choice(["float32", "float64"]), default: "float32" },
  /**
   * Threads that share the work, or auto for one a core, up to 8, where that is faster. The results are the same bits for any
   * number. Where threads cannot be had, one does it all.
   */
  threads: { kind: wholeOr("auto", 1, MOST_THREADS), default: 1 },
} as const satisfies OptionSchema;

/** Engine, precision and threads that compute a model. */
export interface EngineOptions extends OptionsOf<typeof ENGINE> {}
