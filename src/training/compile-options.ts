import { ENGINE } from "../engine/engine-options.ts";
import { InputTypeError } from "../errors.ts";
import type { NetworkOptions } from "../model/layout.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { COMPILE_PLAN } from "./compile-plan.ts";
import { FIT_PLAN } from "./fit-plan.ts";
import { OPTIMIZERS } from "./optimizers.ts";

/** The options of `compile`. */
export const COMPILE_OPTIONS = { ...COMPILE_PLAN, ...ENGINE } as const satisfies OptionSchema;

/** Options of other functions, by these functions' names, for errors about options that `compile` does not take. */
export const NOT_COMPILE = { fit: FIT_PLAN, "the optimizer": OPTIMIZERS.sgd.schema };

/** Options of `compile`: optimizer, loss and batch, and what computes. */
export interface CompileOptions extends OptionsOf<typeof COMPILE_OPTIONS> {}

/** The options of a network, from checked options. */
export function readCompileOptions(options: CompileOptions): Omit<NetworkOptions, "seed"> {
  const read = readOptions("compile", COMPILE_OPTIONS, options, NOT_COMPILE);
  if (read.optimizer === undefined || read.loss !== undefined) return read;
  throw new InputTypeError("compile", "a loss with the optimizer", "none", "missing");
}
