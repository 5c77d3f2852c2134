import type { AnyDataset } from "../data/dataset.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { ABORT_SIGNAL, instance } from "../options/instances.ts";
import { flag, type OptionKind } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";
import type { Callback } from "./callback.ts";
import { StopOnNaN } from "./callbacks/stop-on-nan.ts";
import { COMPILE_OPTIONS } from "./compile-options.ts";
import { FIT_PLAN } from "./fit-plan.ts";
import { OPTIMIZERS } from "./optimizers.ts";

const CALLBACKS: OptionKind<readonly Callback[], readonly Callback[]> = {
  field: "value",
  wanted: "callbacks such as new EarlyStopping()",
  read(who, _key, value) {
    const isCallback = (item: unknown): item is Callback => typeof item === "object" && item !== null;
    const items: unknown[] = Array.isArray(value) ? value : [value];
    if (Array.isArray(value) && items.every(isCallback)) return items;
    throw new InputTypeError(who, this.wanted, String(items.find((item) => !isCallback(item)) ?? shown(value)));
  },
};

/** The options of `fit`. */
export const FIT_OPTIONS = {
  ...FIT_PLAN,
  /** Evaluated after each epoch. */
  validation: {
    kind: instance(
      "a data set as createDataset makes them",
      (value): value is AnyDataset => isRecord(value) && Array.isArray(value.shape),
    ),
    optional: true,
  },
  /** False for sequential sampling. Short for `sampling: "sequential"`. */
  shuffle: { kind: flag(), optional: true },
  /** Callbacks, which are called at steps and epochs. */
  callbacks: { kind: CALLBACKS, default: [] },
  /** Ends the run when a loss or a weight is NaN or infinite. Its history then says so, by `end.divergence`. */
  stopOnNaN: { kind: flag(), default: true },
  /** Ends the run after the current step, or within a validation; the trainer can go on from there. */
  signal: { kind: ABORT_SIGNAL, optional: true },
} as const satisfies OptionSchema;

/** Options of other functions, by these functions' names, for errors about options that `fit` does not take. */
export const NOT_FIT = { compile: COMPILE_OPTIONS, "the optimizer": OPTIMIZERS.sgd.schema };

/** Options of `fit`: how a run trains, with what validation and callbacks. */
export interface FitOptions extends OptionsOf<typeof FIT_OPTIONS> {}

/**
 * The options of `fit`, checked and complete.
 *
 * @throws TypeError, RangeError for a wrong option
 */
export function readFitOptions(options: FitOptions): ValuesOf<typeof FIT_OPTIONS> {
  const read = readOptions("fit", FIT_OPTIONS, withoutShuffle("fit", options), NOT_FIT);
  const names = new Set(read.callbacks.map(({ name }) => name));
  if (names.size < read.callbacks.length)
    throw new InputRangeError("fit", "callbacks of different names", "two of one name", "contradiction");
  const watch = new StopOnNaN();
  return read.stopOnNaN && !names.has(watch.name) ? { ...read, callbacks: [watch, ...read.callbacks] } : read;
}

/** The options with `sampling: "sequential"` in place of `shuffle: false`. */
export function withoutShuffle<T extends Pick<FitOptions, "shuffle" | "sampling">>(who: string, options: T): T {
  const { shuffle, sampling = "sequential" } = options;
  if (shuffle !== false) return options;
  if (sampling === "sequential") return { ...options, sampling };
  throw new InputTypeError(who, "shuffle or sampling", "both, and they contradict each other", "contradiction");
}
