import { weightsSha256 } from "../node/weights-hash.ts";
import type { Model } from "../training/model.ts";
import type { TestFigures } from "./test-figures.ts";

/** The last line of `--json`, the same for `train` and `eval`. */
export function doneEvent(
  model: Model,
  path: string,
  figures: TestFigures | undefined,
  seconds: { readonly all: number; readonly train: number },
): Readonly<Record<string, unknown>> {
  return {
    event: "done",
    testAccuracy: figures?.accuracy ?? null,
    testLoss: figures?.loss ?? null,
    testImages: figures?.images ?? 0,
    seconds: seconds.all,
    trainSeconds: seconds.train,
    weightsSha256: weightsSha256(model),
    model: path,
  };
}
