/**
 * Options and figures of models in a worker. The calls of a page stand in the classes of its handles: `Session`,
 * `RemoteDataset`, `RemoteModel` and `RemoteRun`. Settings travel as the JSON that model files keep.
 *
 * @module
 */

import type { EngineName } from "../engine/engine-names.ts";
import type { Json } from "../json.ts";
import type { FileBytes } from "../numeric/array-kinds.ts";
import type { OptionsOf } from "../options/schema.ts";
import type { DataSettings } from "../recipes/run-settings.ts";
import type { CompileOptions } from "../training/compile-options.ts";
import type { EvaluateOptions } from "../training/evaluate.ts";
import type { FitOptions } from "../training/fit-options.ts";
import type { LoadOptions } from "../training/load-model.ts";
import type { RUN_PLAN } from "../training/plan.ts";
import type { RemoteDataset } from "./remote-dataset.ts";

/** Engine and replicas that run a remote model. */
export interface RemoteEngine {
  readonly name: EngineName;
  readonly threads: number;
  /** Workers with memories of their own that share the batch, this one included; 1 with shared memory. */
  readonly replicas: number;
  /** Advice to make it faster: one line. */
  readonly reason: string | undefined;
  /** Bytes of the heap. */
  readonly memory: number;
}

/** Options of `compile` in a worker. */
export interface RemoteCompileOptions extends CompileOptions {
  /**
   * Number of workers with memories of their own that exchange gradients each step, for hosts where memory cannot be
   * shared. `"auto"`: one for each core where threads cannot be had. Default 1. More than one sums in another order
   * than one alone does.
   */
  replicas?: number | "auto";
}

/** Compile options with optimizer and loss as model files keep them. */
export type CompileSettings = Omit<RemoteCompileOptions, "optimizer" | "loss"> & {
  readonly optimizer?: Json | undefined;
  readonly loss?: Json | undefined;
};

/** Load options in a worker. */
export type LoadSettings = LoadOptions & Pick<RemoteCompileOptions, "replicas">;

/** Options of `evaluate` in a worker: all that can be sent there. */
export type RemoteEvaluateOptions = Omit<EvaluateOptions, "onBatch" | "signal">;

/** Options of `fit` in a worker: no callbacks, but those by name. */
export interface RemoteFitOptions
  extends OptionsOf<typeof RUN_PLAN>,
    Pick<FitOptions, "shuffle" | "stopOnNaN" | "signal"> {
  /** Evaluated after each epoch. */
  validation?: RemoteDataset;
  /** True: begins in the paused state. Default false. */
  paused?: boolean;
  /**
   * The bytes of a checkpoint, of a page or of the command line, that the run goes on from. The model has to be loaded
   * from it with `training`, and the data has to be the same; options that are not given are those of the checkpoint.
   */
  checkpoint?: FileBytes;
}

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
