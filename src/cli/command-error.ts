import { CommanderError } from "commander";
import { HostError, type HostErrorCode, InputRangeError, isInputError, reasonOf } from "../errors.ts";
import { DownloadError } from "../node/download.ts";
import { FileError } from "../node/file-error.ts";
import { visible } from "../visible.ts";
import { troubleOf } from "./trouble.ts";

/** Exit codes: what a shell can tell apart. */
export const EXIT = { done: 0, bug: 1, wrongInput: 2, interrupted: 130 } as const;

/** A command line that cannot be followed. Code and facts are those of other wrong input; the advice says what to do instead. */
export class UsageError extends InputRangeError {}

/** Ctrl-C, or a request to terminate. The message says what became of the work. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly code = "interrupted";
}

/** The things that a machine may lack through no mistake of the program. */
const MACHINE: readonly HostErrorCode[] = ["no-memory", "no-engine", "no-threads", "no-queue"];

/** True for errors of wrong input or a failing machine rather than of a mistake in the program. */
function isExpected(error: unknown): boolean {
  if (isInputError(error) || error instanceof FileError || error instanceof DownloadError) return true;
  return (error instanceof HostError && MACHINE.includes(error.code)) || troubleOf(error) !== undefined;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  return isExpected(error) ? EXIT.wrongInput : EXIT.bug;
}

/** The one line that an error gets. */
export function errorLine(error: unknown): string {
  const message = troubleOf(error) ?? reasonOf(error);
  const line = oneLine(error instanceof CommanderError ? message.replace(/^error: /, "") : message);
  if (isExpected(error) || error instanceof Interrupted || error instanceof CommanderError) return `convasm: ${line}`;
  return `convasm: internal error: ${line || "unknown"} (--debug shows where)`;
}

/** Control characters of hostile names do nothing on the terminal, and a message stays on its line. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, " ")).trim();
}

/** Tells of an error on standard error, with its origin for those who ask, and returns the exit code. */
export function reportError(error: unknown): number {
  const code = exitCodeOf(error);
  if (code === EXIT.done) return code;
  process.stderr.write(`${errorLine(error)}\n`);
  if (process.argv.includes("--debug") && error instanceof Error) {
    for (const line of (error.stack ?? "").split("\n")) process.stderr.write(`${visible(line)}\n`);
  }
  return code;
}
