import { relative } from "node:path";
import { Output, type OutputMode } from "./output.ts";

/** Streams, program name and signals that every command uses. */
export interface Context {
  readonly output: Output;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** True: decoded pictures are kept, and taken from where they are kept. */
  readonly usesCache: boolean;
  /** The words by which the user calls this program, for commands that can be copied. */
  readonly command: string;
  /**
   * Seconds of training after which an epoch leaves a checkpoint, for trainings of which there are many. Without it each one does, and
   * history and the best model so far are written with it.
   */
  readonly checkpointSeconds?: number;
  /**
   * Does work of a key that others may want, too, or have done already: trainings beside each other read their data once. Without it
   * the work is done here.
   */
  readonly once?: <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;
}

/** The options that say how a command talks. */
export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** The options that commands of any kind heed. */
export interface ContextOptions extends OutputOptions {
  /** False: `--no-cache`. */
  readonly cache?: boolean | undefined;
}

/** A context for one command. */
export function createContext({ json, quiet, cache = true }: ContextOptions, signal: AbortSignal): Context {
  const mode: OutputMode = json ? "json" : quiet ? "quiet" : "text";
  return { output: new Output(mode), signal, usesCache: cache, command: commandName() };
}

function commandName(): string {
  if (process.env.npm_command === "exec") return "npx convasm";
  const script = process.argv[1] ?? "convasm";
  return script.endsWith(".js") ? `node ${shellWord(shorterPath(script))}` : "convasm";
}

/** A path as the user would write it: relative where that is not longer. */
export function shorterPath(path: string): string {
  const fromHere = relative(process.cwd(), path) || ".";
  return fromHere.length <= path.length ? fromHere : path;
}

/** A path as a word of a command that takes it for nothing else: no option, and no name of built-in data. */
export function pathWord(path: string): string {
  const short = shorterPath(path);
  return short.startsWith("-") || short === "mnist" || short === "digits" ? `./${short}` : short;
}

/** A word as a shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line to copy. */
export function commandLine({ command }: Context, ...words: readonly string[]): string {
  return [command, ...words.map(shellWord)].join(" ");
}
