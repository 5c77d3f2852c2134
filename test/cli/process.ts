// Runs the command line as users do: as a process.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const CONVASM = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));

/** Exit code and texts of a command; a process that a signal ended has no code. */
export interface Result<Code extends number | null = number | null> {
  readonly code: Code;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of standard output as JSON. */
  json(): Record<string, unknown>[];
  /** The last of them of this kind. */
  event(kind: string): Record<string, unknown>;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all that was printed so far. */
  readonly onOutput?: (stdout: string, child: ChildProcess) => void;
  /** In place of `node convasm.js ...`. */
  readonly command?: readonly string[];
}

/**
 * Interrupts a program as Ctrl-C does, once it has printed this text: once, as a second signal ends it without a word.
 *
 * @param delay milliseconds from then on
 */
export function interruptAt(text: string, delay = 0): NonNullable<RunOptions["onOutput"]> {
  let isDone = false;
  return (stdout, child) => {
    if (isDone || !stdout.includes(text)) return;
    isDone = true;
    setTimeout(() => child.kill("SIGINT"), delay);
  };
}

/** Variables that make runs the same everywhere: no colours, no data of this machine, nothing from the web. */
export function cleanEnvironment(cwd: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: cwd,
    XDG_CACHE_HOME: join(cwd, "cache"),
    NO_COLOR: "1",
    // Not the fastest engine of this Node, which each new cache folder would have checked.
    CONVASM_ENGINE: "relaxed",
    // Nothing listens there: an attempt to download fails at once.
    CONVASM_MIRRORS: "http://127.0.0.1:9/",
  };
}

/** The result of a command that ended with this code and printed these texts. */
export function resultOf<Code extends number | null>(code: Code, stdout: string, stderr: string): Result<Code> {
  const json = () =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Record<string, unknown> => JSON.parse(line));
  const event = (kind: string) => {
    const found = json()
      .filter((line) => line.event === kind)
      .at(-1);
    if (found === undefined) throw new Error(`no event "${kind}" in:\n${stdout}\n${stderr}`);
    return found;
  };
  return { code, stdout, stderr, json, event };
}

/** Runs `convasm` with these words. */
export function convasm(words: readonly string[], { cwd, env, onOutput, command }: RunOptions): Promise<Result> {
  const [program, ...args] = command ?? [process.execPath, CONVASM, ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...cleanEnvironment(cwd), ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput?.(stdout, child);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(resultOf(code, stdout, stderr)));
  });
}

/** A folder for one test file, and how to remove it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "convasm-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
