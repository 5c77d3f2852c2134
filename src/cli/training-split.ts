import { flagName } from "../options/names.ts";
import type { DataSplit, ImageRange, TestRange, ValidationImages } from "../recipes/data-split.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { UsageError } from "./command-error.ts";

/** The options that divide images into those for training, validation and testing. */
export interface SplitOptions {
  /** False: none. */
  readonly validation?: ValidationImages | false | undefined;
  /** False: all. */
  readonly trainRange?: ImageRange | false | undefined;
  readonly testRange?: TestRange | false | undefined;
  /** Such as "2/5". */
  readonly fold?: string | undefined;
}

/** The split of a run; null where neither the options nor the recipe say anything. */
export interface ChosenSplit {
  /** Undefined: the data's own part for validation, where it has one. */
  readonly validation: ValidationImages | null | undefined;
  readonly trainRange: ImageRange | null;
  readonly testRange: TestRange | null;
  readonly fold?: string;
}

/** The split that the options ask for, else the recipe's. */
export function chooseSplit(
  options: SplitOptions,
  { split = {} }: { readonly split?: DataSplit | undefined },
): ChosenSplit {
  const { fold, trainRange = split.train, testRange = split.test } = options;
  if (fold !== undefined && options.validation !== undefined && options.validation !== false) {
    throw new UsageError("--fold", "--fold or --validation", "both", "contradiction");
  }
  const { validation = fold === undefined ? split.validation : false } = options;
  return {
    ...(fold !== undefined && { fold }),
    validation: validation === undefined ? undefined : validation || null,
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
  plan: Pick<TrainingPlan, "earlyStopping" | "reduceOnPlateau" | "restoreBestWeights">,
  { validation, fold }: { readonly validation?: unknown; readonly fold?: string },
): void {
  const watching = (["earlyStopping", "reduceOnPlateau", "restoreBestWeights"] as const).find((key) => plan[key]);
  if ((validation ?? fold ?? null) !== null || watching === undefined) return;
  throw new UsageError(flagName(watching), "--validation with it, whose loss it watches", "none", "missing");
}
