// The gear `wide` needs a flag of V8 that only a new process can have, and a check that may end a process.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { knowsWide, runsWide, WIDE_FLAG } from "../node/wide.ts";

/** Milliseconds after which the self-check counts as failed. */
const CHECK_TIMEOUT = 60_000;

/** Whether a command line names the gear `wide`, alone or among others. */
export function asksForWide(words: readonly string[]): boolean {
  let isEngine = false;
  for (const word of words) {
    if (word.startsWith("-")) isEngine = word === "--engine" || word.startsWith("--engine=");
    if (isEngine && word.replace("--engine=", "").split(",").includes("wide")) return true;
  }
  return false;
}

/** What became of a wish for `wide`: the exit code of the process that ran it, or why it can't be had. */
export type WideRun = { readonly exitCode: number } | { readonly missing: string };

/** Runs the same command line in a process with V8's flag, if the self-check passes there. */
export async function runWide(words: readonly string[]): Promise<WideRun> {
  if (!knowsWide()) return { missing: `it needs Node 23.5 or newer, this is ${process.versions.node}` };
  const failure = await checkWide();
  if (failure !== undefined) return { missing: `its self-check failed: ${failure}` };
  return { exitCode: await repeat(words) };
}

/** Checks every kernel of the gear in a process of its own. Returns what is wrong, undefined if nothing is. */
export function checkWide(): Promise<string | undefined> {
  const script = fileURLToPath(new URL("./wide-check.js", import.meta.url));
  const child = spawn(process.execPath, [WIDE_FLAG, "--no-liftoff", script], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: CHECK_TIMEOUT,
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(said || (signal === "SIGTERM" ? "no answer within a minute" : `V8 ended with ${signal ?? code}`));
    });
  });
}

/** Runs this command line again with the flag, on the same terminal. */
function repeat(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [WIDE_FLAG, ...process.execArgv, process.argv[1], ...words], {
    stdio: "inherit",
  });
  // A Ctrl-C reaches both processes; this one waits for what the other makes of it.
  const stay = () => {};
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", stay);
  process.on("SIGTERM", pass);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", stay);
      process.off("SIGTERM", pass);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Whether a command line has to be run in a process of its own for `wide`. */
export function needsWideProcess(words: readonly string[]): boolean {
  return asksForWide(words) && !runsWide();
}
