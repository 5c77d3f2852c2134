import type { DataSplit, ImageRange, TestRange } from "../recipes/data-split.ts";

/** The options that say which images are used for what. */
export interface SplitOptions {
  /** False: none. */
  readonly validation?: number | "test" | false | undefined;
  /** False: all. */
  readonly trainRange?: ImageRange | false | undefined;
  readonly testRange?: TestRange | false | undefined;
}

/** The split that the options ask for, else the recipe's; null where neither says anything. */
export function chooseSplit(options: SplitOptions, { split = {} }: { readonly split?: DataSplit | undefined }) {
  const { validation = split.validation, trainRange = split.train, testRange = split.test } = options;
  return {
    validation: validation || null,
    trainRange: trainRange || null,
    testRange: testRange || null,
  };
}
