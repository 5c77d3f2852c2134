/**
 * Messages between a search, its child process, and the threads of that.
 *
 * @module
 */

import { decodeError, type ErrorRecord, encodeError } from "../error-records.ts";
import { DownloadError } from "../node/download.ts";
import { FileError } from "../node/file-error.ts";
import type { RunProgress } from "./executor.ts";
import type { JobFacts, SearchJob } from "./job.ts";
import type { EndedRun, RunSpec, Settings } from "./trial.ts";

/** A piece of work for the process, told apart by its number. */
export type TrialRequest = { readonly id: number; readonly job: SearchJob } & (
  | { readonly ask: "check"; readonly settings: readonly Settings[] }
  | { readonly ask: "run"; readonly spec: RunSpec; readonly folder: string; readonly from?: string | undefined }
);

/** Everything that the process is told. */
export type ToTrials = TrialRequest | { readonly ask: "stop"; readonly id: number };

/** Everything that the process tells about a piece of work. */
export type FromTrials = { readonly id: number } & (
  | { readonly tells: "progress"; readonly progress: RunProgress }
  | { readonly tells: "checkpoint"; readonly path: string; readonly epoch: number }
  | { readonly tells: "checked"; readonly facts: JobFacts }
  | { readonly tells: "ended"; readonly ended: EndedRun }
  | { readonly tells: "stopped" }
  | { readonly tells: "failed"; readonly error: CarriedError }
);

/** An error of the library, of the file system, or of a download, as a message carries it. */
type CarriedError =
  | { readonly record: ErrorRecord }
  | { readonly path: string; readonly reason: string }
  | { readonly who: string; readonly reason: string };

/** An error as a message carries it. */
export function carryError(error: unknown): CarriedError {
  if (error instanceof FileError) return { path: error.path, reason: error.reason };
  if (error instanceof DownloadError) return { who: error.who, reason: error.reason };
  return { record: encodeError(error) };
}

/** The error that a message carries. */
export function carriedError(error: CarriedError): Error {
  if ("path" in error) return new FileError("use", error.path, error.reason);
  return "who" in error ? new DownloadError(error.who, error.reason) : decodeError(error.record);
}
