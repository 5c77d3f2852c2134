/**
 * Errors of the file system, in words that name the path and the reason.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "file is in use",
  EDQUOT: "disk quota exceeded",
  EFBIG: "file too large for the file system",
  EISDIR: "is a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "name too long",
  ENFILE: "too many open files on the whole machine",
  ENOENT: "no such file or folder",
  ENOMEM: "out of memory",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "part of the path is not a folder",
  EPERM: "operation not permitted",
  EROFS: "file system is read-only",
};

/**
 * An error of the file system: a file could not be read or written. The message holds the path and the reason; `cause`
 * the system's error.
 */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly path: string;
  /** The system's words, or those of the check that failed. */
  readonly reason: string;
  /** The system's code, such as `"ENOENT"`, where there is one; else `"file-failed"`. */
  readonly code: string;

  constructor(action: string, path: string, reason: string, cause?: unknown) {
    super(`cannot ${action} ${JSON.stringify(path)}: ${reason}`, { cause });
    this.path = path;
    this.reason = reason;
    this.code = errorCode(cause) ?? "file-failed";
  }
}

/** The system's code of an error, such as `"ENOENT"`. */
export function errorCode(error: unknown): string | undefined {
  // Not by instanceof: in test environments such as Jest's, Node's own errors are of another realm.
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * An error that names the path, for one of the file system; aborts and errors that name it already are returned as they
 * are.
 */
export function fileError(action: string, path: string, error: unknown): unknown {
  if (error instanceof FileError || error instanceof RangeError) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  const reason = REASONS[errorCode(error) ?? ""] ?? reasonOf(error);
  return new FileError(action, path, reason, error);
}
