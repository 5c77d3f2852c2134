// The engine `wide` needs a flag of V8 that only a new process can have, and a check that may end a process.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isRecord } from "../json.ts";
import { knowsWide, runsWide, WIDE_FLAG } from "../node/wide.ts";
import { EXIT } from "./command-error.ts";
import { RunFolder } from "./run-folder.ts";
import { keepVerdict, readVerdict, type Verdict } from "./wide-verdict.ts";
import { asksForWide, leavesEngine, wordsAfterCrash } from "./wide-words.ts";

/** Milliseconds after which the self-check counts as failed. */
const CHECK_TIMEOUT = 60_000;

/**
 * Outcome of a command line for `wide`: the exit code of the process that ran it; else what is to run in this one, and the line that
 * tells why, if the engine was asked for or ended its process.
 */
export type WideRun =
  | { readonly exitCode: number }
  | { readonly words: readonly string[]; readonly note: string | undefined };

/** Runs a command line in a process with V8's flag, if the engine is proven on this machine. */
export async function runWide(words: readonly string[]): Promise<WideRun> {
  const without = (reason: string) => `--engine wide: ${reason}; relaxed runs in its place`;
  if (!knowsWide()) return { words, note: without(`it needs Node 23.5 or newer, this is ${process.versions.node}`) };
  const isAsked = asksForWide(words);
  const { failure } = await verdictOnWide(isAsked ? "good" : "any");
  if (failure !== undefined) return { words, note: isAsked ? without(`its self-check failed: ${failure}`) : undefined };
  const ended = await repeat(words);
  return ended.crash === undefined ? { exitCode: ended.exitCode } : afterCrash(words, ended.crash, ended.runs);
}

/**
 * The verdict on the engine on this machine: the one that is kept, else that of a self-check.
 *
 * @param trusts the verdicts that are taken as they are kept: of any outcome, those that found it right, or none
 */
export async function verdictOnWide(trusts: "any" | "good" | "none"): Promise<Verdict> {
  const known = await readVerdict();
  if (known !== undefined && (trusts === "any" || (trusts === "good" && known.failure === undefined))) return known;
  const says = process.stderr.isTTY;
  if (says) process.stderr.write("checking the engine wide, once on this machine ...");
  const failure = await checkWide();
  if (says) process.stderr.write("\r\u001b[K");
  // That it ended a process says more than its check, but to those who ask for it.
  if (known?.crashed === true && failure === undefined) return trusts === "good" ? { ...known, failure } : known;
  return keepVerdict(failure);
}

/** Checks every kernel of the engine in a process of its own. Returns what is wrong, undefined if nothing is. */
function checkWide(): Promise<string | undefined> {
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

/** The run folder of a training, as the process that trains tells the one that started it. */
export interface ToldRun {
  readonly path: string;
  readonly made: string | undefined;
}

/** Tells the process that started this one for `wide`, if one did, where a training leaves its checkpoints. */
export function tellRun({ path, made }: ToldRun): void {
  if (runsWide()) process.send?.({ path: resolve(path), made: made && resolve(made) } satisfies ToldRun);
}

function isToldRun(message: unknown): message is ToldRun {
  return isRecord(message) && typeof message.path === "string" && ["string", "undefined"].includes(typeof message.made);
}

/** The result of the process that ran with V8's flag. */
interface Ended {
  readonly exitCode: number;
  /** The signal, or code, of a crash. */
  readonly crash: string | undefined;
  /** The runs that it told of. */
  readonly runs: readonly ToldRun[];
}

/** Signals by which a process ends when V8's compiler or compiled code crashes; SIGABRT, for lack of memory, is none of them. */
const CRASHES: readonly string[] = ["SIGILL", "SIGTRAP", "SIGBUS", "SIGFPE", "SIGSEGV"];

/** Exit codes from here on are exceptions of Windows, such as 0xc0000005 for a forbidden place. */
const WINDOWS_CRASH = 0x80000000;

/**
 * Runs this command line again with the flag, on the same terminal.
 *
 * The other process stands in a group of its own, so that a Ctrl-C reaches this one alone, which passes on all that is sent to
 * it. A channel between them tells the other of the end of this one, however that comes, and this one of its run folder.
 */
function repeat(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [WIDE_FLAG, ...process.execArgv, process.argv[1], ...words], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: process.platform !== "win32",
  });
  const runs: ToldRun[] = [];
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const suspend = () => {
    child.kill("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  };
  const resume = () => child.kill("SIGCONT");
  for (const signal of ENDS) process.on(signal, pass);
  if (process.platform !== "win32") process.on("SIGTSTP", suspend).on("SIGCONT", resume);
  return new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("message", (message) => {
      if (isToldRun(message)) runs.push(message);
    });
    child.on("close", (code, signal) => {
      const isCrash = signal === null ? (code ?? 0) >= WINDOWS_CRASH : CRASHES.includes(signal);
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ exitCode, crash: isCrash ? (signal ?? `code ${code}`) : undefined, runs });
    });
  }).finally(() => {
    for (const signal of ENDS) process.off(signal, pass);
    process.off("SIGTSTP", suspend);
    process.off("SIGCONT", resume);
  });
}

/**
 * Finishes the work of a process that crashed on `relaxed`, which gives the same bits. A training goes on from its last checkpoint, if there is
 * one; all else begins anew. The crash is noted, so that `auto` leaves `wide` out from now on.
 */
async function afterCrash(words: readonly string[], crash: string, runs: readonly ToldRun[]): Promise<WideRun> {
  await keepVerdict(`it ended a process that worked with it (${crash})`, true);
  const last = runs.at(-1);
  const folder = last && new RunFolder(last.path, last.made);
  const hasCheckpoint = folder !== undefined && existsSync(folder.checkpoint);
  if (!hasCheckpoint) await folder?.discard();
  const again = wordsAfterCrash(words, hasCheckpoint ? folder.path : undefined);
  const how = again.includes("--resume") ? "goes on from the last checkpoint" : "begins anew";
  return { words: again, note: `the engine wide ended its process (${crash}); relaxed ${how}, to the same results` };
}

/** Calls back, in the process that was started for `wide`, when the process that started it is gone. */
export function watchWideParent(words: readonly string[], onGone: () => void): void {
  if (process.channel === undefined || process.channel === null || !runsWide()) return;
  if (!asksForWide(words) && !leavesEngine(words)) return;
  process.on("disconnect", onGone);
  // It keeps nothing from ending.
  process.channel.unref();
}

/** True if a command line is to run in a process of its own for `wide`: where it asks for it, or takes the fastest. */
export function needsWideProcess(words: readonly string[]): boolean {
  if (runsWide()) return false;
  const mayTake = ["", "auto", "wide"].includes(process.env.CONVASM_ENGINE ?? "");
  return asksForWide(words) || (knowsWide() && mayTake && leavesEngine(words));
}
