// The engine `wide` needs a flag of V8 that only a new process can have, and a check that may end a process.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { knowsWide, runsWide, WIDE_FLAG } from "../node/wide.ts";
import { EXIT } from "./command-error.ts";

/** Milliseconds after which the self-check counts as failed. */
const CHECK_TIMEOUT = 60_000;

/** True if a command line names the engine `wide`, alone or among others. */
export function asksForWide(words: readonly string[]): boolean {
  let isEngine = false;
  for (const word of words) {
    if (word.startsWith("-")) isEngine = word === "--engine" || word.startsWith("--engine=");
    if (isEngine && word.replace("--engine=", "").split(",").includes("wide")) return true;
  }
  return false;
}

/** Outcome of a request for `wide`: the exit code of the process that ran it, or the reason why it is missing. */
export type WideRun = { readonly exitCode: number } | { readonly missing: string };

/** Runs the same command line in a process with V8's flag, if the self-check passes there. */
export async function runWide(words: readonly string[]): Promise<WideRun> {
  if (!knowsWide()) return { missing: `it needs Node 23.5 or newer, this is ${process.versions.node}` };
  const failure = await checkWide();
  if (failure !== undefined) return { missing: `its self-check failed: ${failure}` };
  return { exitCode: await repeat(words) };
}

/** Checks every kernel of the engine in a process of its own. Returns what is wrong, undefined if nothing is. */
export function checkWide(): Promise<string | undefined> {
  const script = fileURLToPath(new URL("./wide-check.js", import.meta.url));
  const child = spawn(process.execPath, [WIDE_FLAG, "--no-liftoff", script], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: CHECK_TIMEOUT,
  });
  const end = () => {
    child.kill("SIGKILL");
    process.exit(EXIT.interrupted);
  };
  for (const signal of ENDS) process.on(signal, end);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise<string | undefined>((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(said || (signal === "SIGTERM" ? "no answer within a minute" : `V8 ended with ${signal ?? code}`));
    });
  }).finally(() => {
    for (const signal of ENDS) process.off(signal, end);
  });
}

/** The signals that ask a program to end. */
const ENDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Runs this command line again with the flag, on the same terminal.
 *
 * The other process stands in a group of its own, so that a Ctrl-C reaches this one alone, which passes on all that is sent to
 * it. A channel between them tells the other of the end of this one, however that comes.
 */
function repeat(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [WIDE_FLAG, ...process.execArgv, process.argv[1], ...words], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: process.platform !== "win32",
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const rest = () => {
    child.kill("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  };
  const goOn = () => child.kill("SIGCONT");
  for (const signal of ENDS) process.on(signal, pass);
  if (process.platform !== "win32") process.on("SIGTSTP", rest).on("SIGCONT", goOn);
  return new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => {
    for (const signal of ENDS) process.off(signal, pass);
    process.off("SIGTSTP", rest);
    process.off("SIGCONT", goOn);
  });
}

/** In the other process: calls back when the one that started it is gone. */
export function watchWideParent(words: readonly string[], onGone: () => void): void {
  if (process.channel === undefined || process.channel === null || !runsWide() || !asksForWide(words)) return;
  process.on("disconnect", onGone);
  // It keeps nothing from ending.
  process.channel.unref();
}

/** True if a command line has to be run in a process of its own for `wide`. */
export function needsWideProcess(words: readonly string[]): boolean {
  return asksForWide(words) && !runsWide();
}
