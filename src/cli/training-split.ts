import type { DataSplit, ImageRange, TestRange } from "../recipes/data-split.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { UsageError } from "./errors.ts";

/** The options that say which images are used for what. */
export interface SplitOptions {
  /** False: none. */
  readonly validation?: number | "test" | false | undefined;
  /** False: all. */
  readonly trainRange?: ImageRange | false | undefined;
  readonly testRange?: TestRange | false | undefined;
}

/** The split of a run; null where neither the options nor the recipe say anything. */
export interface ChosenSplit {
  readonly validation: number | "test" | null;
  readonly trainRange: ImageRange | null;
  readonly testRange: TestRange | null;
}

/** The split that the options ask for, else the recipe's. */
export function chooseSplit(
  options: SplitOptions,
  { split = {} }: { readonly split?: DataSplit | undefined },
): ChosenSplit {
  const { validation = split.validation, trainRange = split.train, testRange = split.test } = options;
  return {
    validation: validation || null,
    trainRange: trainRange || null,
    testRange: testRange || null,
  };
}

/**
 * Checks that what watches the validation loss has one.
 *
 * @throws UsageError without images for validation
 */
export function checkWatched(
  { earlyStopping, reduceOnPlateau }: Pick<TrainingPlan, "earlyStopping" | "reduceOnPlateau">,
  { validation }: ChosenSplit,
): void {
  if (validation !== null || (earlyStopping ?? reduceOnPlateau) === undefined) return;
  const option = earlyStopping === undefined ? "--reduce-on-plateau" : "--early-stopping";
  throw new UsageError("", `--validation with ${option}, which watches the validation loss`, "none", "missing");
}
