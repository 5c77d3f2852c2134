/**
 * Options and figures of models in a worker. What a page may ask for stands in the classes of its handles: `Session`,
 * `RemoteDataset`, `RemoteModel` and `RemoteRun`. Settings travel as the JSON that model files keep.
 *
 * @module
 */

import type { Gear } from "../engine/gears.ts";
import type { Json } from "../json.ts";
import type { FileBytes } from "../numeric/array-kinds.ts";
import type { DataSettings } from "../recipes/run-settings.ts";
import type { FitOptions } from "../training/fit-options.ts";
import type { LoadOptions } from "../training/load-model.ts";
import type { CompileOptions } from "../training/model.ts";
import type { RemoteDataset } from "./remote-dataset.ts";

/** What runs a remote model. */
export interface RemoteEngine {
  readonly gear: Gear;
  readonly threads: number;
  /** Workers with memories of their own that share the batch, this one included; 1 with shared memory. */
  readonly replicas: number;
  /** What would make it faster: one line for people. */
  readonly reason: string | undefined;
  /** Bytes of the heap. */
  readonly memory: number;
}

/** `compile` in a worker. */
export interface RemoteCompileOptions extends CompileOptions {
  /**
   * Where memory cannot be shared: workers with memories of their own that exchange gradients each step. `"auto"`: one for
   * each core where threads cannot be had. Default 1. More than one sums in another order than one alone does.
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

/** What `fit` takes, as far as it can travel: no callbacks and no signal, but their names. */
export interface RemoteFitOptions extends Omit<FitOptions, "validation" | "callbacks" | "signal"> {
  validation?: RemoteDataset;
  /** Stops when the validation loss (else the training loss) has not improved for so many epochs. Default off. */
  earlyStopping?: { patience: number };
  /** Lowers the learning rate to a tenth when that loss has not improved for so many epochs. Default off. */
  reduceOnPlateau?: { patience: number };
  /** Ends the run when the loss is not a number. Default true. */
  stopOnNaN?: boolean;
  /** Begins in the paused state. Default false. */
  paused?: boolean;
  /**
   * The bytes of a checkpoint that the run goes on from: of a page or of the command line. The model has to be loaded from
   * it with `training`, and the data has to be the same; options that are not given are those of the checkpoint.
   */
  checkpoint?: FileBytes;
}

/** Fit options without what travels beside them. */
export type FitSettings = Omit<RemoteFitOptions, "validation" | "checkpoint"> & Omit<FitOptions, "validation">;

/** What a checkpoint says beyond what the worker knows: for the command line. A type alias because interfaces do not fit `Json`. */
export type CheckpointNotes = {
  /** Name of the network, for people. Default `"custom"`. */
  readonly network?: string;
  /** Where the data is, such as `{ source: "mnist" }`. */
  readonly data?: Partial<Pick<DataSettings, "source" | "folder" | "reader">>;
};
