import { isRecord } from "../json.ts";
import type { Optimizer } from "../model/contracts.ts";
import { readVariant } from "../options/variants.ts";
import { ADAM, ADAMW } from "./optimizers/adam.ts";
import { RMSPROP } from "./optimizers/rmsprop.ts";
import { SGD } from "./optimizers/sgd.ts";

export { type AdamOptions, adam, adamw } from "./optimizers/adam.ts";
export type { OptimizerOptions } from "./optimizers/optimizer.ts";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.ts";
export { type SgdOptions, sgd } from "./optimizers/sgd.ts";

/** All optimizers by their names, as files and the command line have them. */
export const OPTIMIZERS = { sgd: SGD, rmsprop: RMSPROP, adam: ADAM, adamw: ADAMW };

/** A user's optimizer option: one, or its name. */
export type OptimizerOption = Optimizer | keyof typeof OPTIMIZERS;

/** An optimizer from a user's option; plain objects, which only JavaScript lets through, are read as JSON. */
export function optimizerOf(option: unknown): Optimizer {
  return isOptimizer(option) ? option : parseOptimizer(option);
}

function isOptimizer(option: unknown): option is Optimizer {
  return isRecord(option) && typeof option.emit === "function";
}

/**
 * An optimizer from a name or from untrusted JSON, such as `{ type: "sgd", momentum: 0.9 }`.
 *
 * @throws TypeError, RangeError for an unknown optimizer or option
 * @example
 * parseOptimizer(JSON.parse('{ "type": "sgd", "learningRate": 0.1, "momentum": 0.9 }'));
 */
export function parseOptimizer(json: unknown): Optimizer {
  return readVariant("optimizer", OPTIMIZERS, json);
}
