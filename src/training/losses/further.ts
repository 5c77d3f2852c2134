import { DISTILLATION_LOSSES } from "./distillation.ts";
import { FOCAL_LOSSES } from "./focal.ts";
import { VALUE_LOSSES } from "./values.ts";

/** Losses that the small one-file build does without. */
export const FURTHER_LOSSES = { ...DISTILLATION_LOSSES, ...FOCAL_LOSSES, ...VALUE_LOSSES };
