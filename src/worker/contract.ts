/**
 * Options and figures of models in a worker. The calls of a page stand in the classes of its handles: `Session`,
 * `RemoteDataset`, `RemoteModel` and `RemoteRun`. Settings travel as the JSON that model files keep.
 *
 * @module
 */

import type { EngineName } from "../engine/engine-names.ts";
import type { Json } from "../json.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { DataSettings } from "../recipes/run-settings.ts";
import type { CompileOptions } from "../training/compile-options.ts";
import type { EvaluateOptions } from "../training/evaluation.ts";
import { FIT_OPTIONS } from "../training/fit-options.ts";
import type { LoadOptions } from "../training/load-model.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { REMOTE_RUN, type REPLICAS } from "./session-options.ts";

/** Engine and replicas that run a remote model. */
export interface RemoteEngine {
  /** The engine's name. */
  readonly name: EngineName;
  /** Threads that share its memory. */
  readonly threads: number;
  /** Workers with memories of their own that share the batch, this one included; 1 with shared memory. */
  readonly replicas: number;
  /** Advice to make it faster: one line. */
  readonly reason: string | undefined;
  /** Bytes of the heap. */
  readonly memory: number;
}

/** Options of `compile` in a worker. */
export interface RemoteCompileOptions extends CompileOptions, OptionsOf<typeof REPLICAS> {}

/** Compile options with optimizer and loss as model files keep them. */
export type CompileSettings = Omit<RemoteCompileOptions, "optimizer" | "loss"> & {
  readonly optimizer?: Json | undefined;
  readonly loss?: Json | undefined;
};

/** Load options in a worker. */
export type LoadSettings = LoadOptions & Pick<RemoteCompileOptions, "replicas">;

/** Options of `evaluate` in a worker: all that can be sent there. */
export type RemoteEvaluateOptions = Omit<EvaluateOptions, "onBatch" | "signal">;

/** The options of `fit` in a worker. */
export const REMOTE_FIT_OPTIONS = {
  ...RUN_PLAN,
  /** False for sequential sampling. Short for `sampling: "sequential"`. */
  shuffle: FIT_OPTIONS.shuffle,
  /** Ends the run when a loss or a weight is NaN or infinite. Its history then says so, by `end.divergence`. */
  stopOnNaN: FIT_OPTIONS.stopOnNaN,
  /** Ends the run after the current step, or within a validation. */
  signal: FIT_OPTIONS.signal,
  ...REMOTE_RUN,
} as const satisfies OptionSchema;

/** Options of `fit` in a worker: no callbacks, but those by name. */
export interface RemoteFitOptions extends OptionsOf<typeof REMOTE_FIT_OPTIONS> {}

/** Options of `fit` but those that are sent as arguments of their own. */
export type FitSettings = Omit<RemoteFitOptions, "validation" | "checkpoint" | "signal">;

/**
 * Notes for a checkpoint that the worker does not know, for the command line. A type alias because interfaces do not
 * fit `Json`.
 */
export type CheckpointNotes = {
  /** Name of the network. Default `"custom"`. */
  readonly network?: string;
  /** Source of the data, such as `{ source: "mnist" }`. */
  readonly data?: Partial<Pick<DataSettings, "source" | "folder" | "reader">>;
};
