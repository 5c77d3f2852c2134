import type { Loss, Optimizer } from "../model/contracts.ts";
import type { OptionSchema } from "../options/schema.ts";
import { variantKind } from "../options/variants.ts";
import { LOSSES, type LossOption, lossOf } from "./losses.ts";
import { BATCH_SIZE } from "./model-settings.ts";
import { OPTIMIZERS, type OptimizerOption, optimizerOf } from "./optimizers.ts";

/** The part of the plan of a training that `compile` needs. */
export const COMPILE_PLAN = {
  /** Optimizer. An instance or a name; without one the model only evaluates and predicts, with less memory. */
  optimizer: {
    kind: variantKind<OptimizerOption, Optimizer>(OPTIMIZERS, optimizerOf, ({ config }) => config),
    optional: true,
  },
  /** Loss. An instance or a name; needed with an optimizer, and for `evaluate`. */
  loss: { kind: variantKind<LossOption, Loss>(LOSSES, lossOf, ({ config }) => config), optional: true },
  /** Largest number of images that are worked on at once. */
  batchSize: { kind: BATCH_SIZE, default: 32 },
} as const satisfies OptionSchema;
