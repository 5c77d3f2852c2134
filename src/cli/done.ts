import { weightsSha256 } from "../node/weights-hash.ts";
import type { Model } from "../training/model.ts";
import { hostFacts } from "./run-facts.ts";
import { type TestFigures, testJson } from "./test-figures.ts";

/**
 * The last line of `--json`, alike for `train` and `eval`; that of `train` has the facts of its run as well.
 *
 * @param diverged whether the loss is far above that of guessing
 */
export function doneEvent(
  model: Model,
  path: string,
  figures: TestFigures | undefined,
  seconds: { readonly all: number; readonly train: number },
  diverged: boolean,
): Readonly<Record<string, unknown>> {
  return {
    event: "done",
    ...testJson(figures),
    diverged,
    seconds: seconds.all,
    trainSeconds: seconds.train,
    weightsSha256: weightsSha256(model),
    model: path,
    ...hostFacts(model),
  };
}
