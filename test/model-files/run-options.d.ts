import type { Dataset } from "../../src/data/dataset.ts";
import type { ema } from "../../src/training/averaging.ts";
import type { EarlyStopping } from "../../src/training/callbacks/early-stopping.ts";
import type { ReduceOnPlateau } from "../../src/training/callbacks/reduce-on-plateau.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import type { cosine } from "../../src/training/schedules.ts";

export const SHAPE: readonly [height: number, width: number, channels: number];

export function runOptions(
  convasm: {
    readonly cosine: typeof cosine;
    readonly ema: typeof ema;
    readonly EarlyStopping: typeof EarlyStopping;
    readonly ReduceOnPlateau: typeof ReduceOnPlateau;
  },
  validation: Dataset,
  hasAveraging: boolean,
): FitOptions;
