/**
 * The options that only sessions, and models in them, have.
 *
 * @module
 */

import { type HostError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { asBytes, type FileBytes } from "../numeric/array-kinds.ts";
import { callable, instance } from "../options/instances.ts";
import { flag, type OptionKind, wholeOr } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { RemoteDataset } from "./remote-dataset.ts";

/** The options of a session. */
export const SESSION_OPTIONS = {
  /** Called once if the worker is lost, with a text for users: all promises under way reject with the same text. */
  onLost: { kind: callable<(reason: string, error: HostError) => void>(), optional: true },
} as const satisfies OptionSchema;

/** Options of `createSession`. */
export interface SessionOptions extends OptionsOf<typeof SESSION_OPTIONS> {}

/** The options that `compile` has only in a worker. */
export const REPLICAS = {
  /**
   * Workers with memories of their own that exchange gradients each step, for hosts where memory cannot be shared. `"auto"`: one for each
   * core where threads cannot be had. More than one sums in another order than one alone does.
   */
  replicas: { kind: wholeOr("auto", 1), default: 1 },
} as const satisfies OptionSchema;

/** Bytes of a file, of any array that has them. */
const FILE_BYTES: OptionKind<FileBytes, Uint8Array> = {
  field: "value",
  wanted: "the bytes of a checkpoint",
  read(who, _key, value) {
    const bytes = asBytes(value);
    if (bytes !== undefined) return bytes;
    throw new InputTypeError(who, this.wanted, shown(value));
  },
};

/** True for what may be a data set of a session: whose it is, its session knows. */
function isRemoteDataset(value: unknown): value is RemoteDataset {
  return isRecord(value) && Array.isArray(value.shape);
}

/** The options that `fit` has only in a worker. */
export const REMOTE_RUN = {
  /** Evaluated after each epoch: a data set of the session. */
  validation: { kind: instance("a data set of this session", isRemoteDataset), optional: true },
  /** Begins in the paused state. */
  paused: { kind: flag(), default: false },
  /**
   * The bytes of a checkpoint, of a page or of the command line, that the run goes on from. The model has to be loaded
   * from it with `training`, and the data has to be the same; options that are not given are those of the checkpoint.
   */
  checkpoint: { kind: FILE_BYTES, optional: true },
} as const satisfies OptionSchema;
