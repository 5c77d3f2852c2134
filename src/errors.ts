/**
 * The errors of convasm. Each has a code that programs can tell it by, and what its message says as properties; nothing has to look at
 * its wording.
 *
 * | class | extends | cause |
 * |---|---|---|
 * | `InputTypeError` | `TypeError` | wrong input: a value of a wrong kind |
 * | `InputRangeError` | `RangeError` | wrong input: a value of the right kind that is not allowed, or does not fit |
 * | `TooSmallError` | `InputRangeError` | images that are too small for a network |
 * | `DivergedError` | `InputRangeError` | a training whose numbers became NaN or infinite |
 * | `HostError` | `RangeError` | the machine, browser or build lacks something |
 * | `KernelError` | `Error` | a kernel failed: a mistake in convasm |
 *
 * Node has `FileError` and `DownloadError` as well. Errors without a class of their own are mistakes in convasm or in the program
 * that calls it.
 *
 * @module
 */

const SHOWN_LENGTH = 60;

/** A value as an error message shows it, cut short. */
export function shown(value: unknown): string {
  const text = asText(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

/** Longest list of names in a message, in characters, and longest name. */
const LISTED_LENGTH = 200;

/** Names as an error message lists them: of many the first ones, no more than `most`, and how many more there are. */
export function listed(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  if (names.length === 0) return "none";
  const some: string[] = [];
  let length = 0;
  for (const name of names) {
    length += name.length;
    if (some.length === most || (some.length > 0 && length > LISTED_LENGTH)) break;
    some.push(name.length > LISTED_LENGTH ? `${name.slice(0, LISTED_LENGTH)}...` : name);
  }
  const more = names.length - some.length;
  return some.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Most significant digits of a number in messages; more would show the rounding of sums, as in 0.30000000000000004. */
const DIGITS = 12;

function asText(value: unknown): string {
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS)));
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object that JSON cannot hold";
  }
}

/**
 * The kinds of wrong input:
 *
 * | code | meaning |
 * |---|---|
 * | `wrong-type` | a value of another kind than expected, such as a text in place of a number |
 * | `out-of-range` | the right kind, but none of the values that are allowed |
 * | `missing` | something that is needed was not given |
 * | `unknown-option` | an option, or a key of an object, that does not exist |
 * | `unknown-name` | the name of a layer, a weight, a class, a network or the like that does not exist |
 * | `contradiction` | options that are right alone and cannot be together |
 * | `shape-mismatch` | shapes, sizes or numbers of things that do not fit each other |
 * | `too-small` | images that are too small for the layers of a network |
 * | `damaged-file` | a file, or bytes, that break the rules of their format |
 * | `unsupported-file` | a file that is right, but of a format or a variety that is not read |
 * | `too-large` | more than a limit allows |
 * | `wrong-time` | a call that is not possible now, such as training before `compile` or during another run |
 * | `too-few-steps` | a run with fewer steps than something in it takes |
 * | `diverged` | numbers of a training that are NaN or infinite |
 */
export type InputErrorCode =
  | "wrong-type"
  | "out-of-range"
  | "missing"
  | "unknown-option"
  | "unknown-name"
  | "contradiction"
  | "shape-mismatch"
  | "too-small"
  | "damaged-file"
  | "unsupported-file"
  | "too-large"
  | "wrong-time"
  | "too-few-steps"
  | "diverged";

/**
 * The things that a host may lack:
 *
 * | code | meaning |
 * |---|---|
 * | `no-memory` | memory that is free, or that WebAssembly may have |
 * | `no-engine` | an engine: the host does not run it, or the build does not hold it |
 * | `no-threads` | threads that were asked for by number |
 * | `no-worker` | a worker or a thread: it did not start |
 * | `lost-worker` | a worker or a thread that was there and ended, failed, or does not answer |
 * | `no-library` | the HDF5 library, or the place where it is |
 * | `no-queue` | a server that can hold a queue of trainings, or workers that can train them |
 * | `left-to-page` | the same in a worker whose page reads such files; sessions see to it |
 * | `not-in-build` | a part of convasm that this build leaves out, or a file of it that is not where it should be |
 * | `not-in-page` | something that browsers give only to some pages, such as those loaded by https |
 */
export type HostErrorCode =
  | "no-memory"
  | "no-engine"
  | "no-threads"
  | "no-worker"
  | "lost-worker"
  | "no-library"
  | "no-queue"
  | "left-to-page"
  | "not-in-build"
  | "not-in-page";

/** The cause of an error, and what to do about it. */
export interface ErrorMore {
  /** The error that this one follows from. */
  readonly cause?: unknown;
  /** The remedy, as words that follow the message after a semicolon. */
  readonly advice?: string | undefined;
}

/** Facts of an error of wrong input, besides its message. */
export interface InputErrorFacts {
  /** The kind of wrong input, for programs. */
  readonly code: InputErrorCode;
  /** The function, option, layer or file that complains; empty where the message names nobody. */
  readonly who: string;
  /** The expected value, in words. */
  readonly expected: string;
  /** The value that was given, in words. */
  readonly got: string;
  /** The remedy, in words, where the message names one. */
  readonly advice: string | undefined;
}

/** The properties of errors that make up the message, or cross from one thread to another with it. */
const FACTS = ["code", "who", "expected", "got", "problem", "advice", "kernel", "layer"] as const;

/** Facts of an error by name. */
export type Facts = { readonly [fact in (typeof FACTS)[number]]?: string | undefined };

function messageOf({ who, expected, got, problem = `expected ${expected}, got ${got}`, advice }: Facts): string {
  return `${who ? `${who}: ` : ""}${problem}${advice ? `; ${advice}` : ""}`;
}

/** Sets the facts of an error as properties that are not enumerable, so that comparisons of errors do not see them. */
export function setFacts(error: Error, facts: Facts): void {
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(error, name, { value });
}

/** The facts of an error. */
export function factsOf(error: Error): Facts {
  const facts: { [fact: string]: string } = {};
  for (const name of FACTS) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === "string") facts[name] = value;
  }
  return facts;
}

// The two classes below are alike but for what they extend: JavaScript has one parent for a class, and theirs are those by which
// programs tell a wrong kind from a wrong value.

/** Wrong input: a value of a wrong kind. Its message reads `who: expected ..., got ...`, and `; advice` where there is one. */
export class InputTypeError extends TypeError implements InputErrorFacts {
  declare readonly code: InputErrorCode;
  declare readonly who: string;
  declare readonly expected: string;
  declare readonly got: string;
  declare readonly advice: string | undefined;

  constructor(who: string, expected: string, got: string, code: InputErrorCode = "wrong-type", more: ErrorMore = {}) {
    const facts = { code, who, expected, got, advice: more.advice };
    super(messageOf(facts), more);
    setFacts(this, facts);
  }
}

/** Wrong input: a value of the right kind that is not allowed, or does not fit. Its message reads as that of {@link InputTypeError}. */
export class InputRangeError extends RangeError implements InputErrorFacts {
  declare readonly code: InputErrorCode;
  declare readonly who: string;
  declare readonly expected: string;
  declare readonly got: string;
  declare readonly advice: string | undefined;

  constructor(who: string, expected: string, got: string, code: InputErrorCode = "out-of-range", more: ErrorMore = {}) {
    const facts = { code, who, expected, got, advice: more.advice };
    super(messageOf(facts), more);
    setFacts(this, facts);
  }
}

/** Images, or what is left of them within a network, that are smaller than a layer's window. Its code is `too-small`. */
export class TooSmallError extends InputRangeError {
  constructor(who: string, expected: string, got: string, more?: ErrorMore) {
    super(who, expected, got, "too-small", more);
  }
}

/** The advice after a training that diverged. */
export const DIVERGED_ADVICE =
  "try a lower learning rate, a warm-up, or gradient clipping, and look for unscaled or NaN inputs";

/** A model's weights, outputs or loss are NaN or infinite. The message begins with "training diverged", the code is `diverged`. */
export class DivergedError extends InputRangeError {
  constructor(expected: string, got: string) {
    super("training diverged", expected, got, "diverged", { advice: DIVERGED_ADVICE });
  }
}

/** The host lacks something: memory, an engine, threads, a worker. Its message reads `who: problem`, and `; advice` where there is one. */
export class HostError extends RangeError {
  declare readonly code: HostErrorCode;
  declare readonly who: string;
  /** The thing that is missing, in words. */
  declare readonly problem: string;
  /** The remedy, in words, where the message names one. */
  declare readonly advice: string | undefined;

  constructor(who: string, problem: string, code: HostErrorCode, more: ErrorMore = {}) {
    const facts = { code, who, problem, advice: more.advice };
    super(messageOf(facts), more);
    setFacts(this, facts);
  }
}

/** A kernel failed, as it does where WebAssembly traps. Which one and in which layer, WebAssembly itself does not say. */
export class KernelError extends Error {
  declare readonly code: "kernel-failed";
  /** The kernel's name, such as `dense_forward`. */
  declare readonly kernel: string;
  /** The path of the layer that the kernel worked for; empty for work of no layer, such as updates. */
  declare readonly layer: string;

  /** @param thread the thread that it ran on, where there are several */
  constructor(kernel: string, layer: string, reason: string, thread?: number, more: ErrorMore = {}) {
    const where = `${kernel}${layer === "" ? "" : ` of layer "${layer}"`}`;
    const problem = `${thread === undefined ? "" : `thread ${thread} `}failed in ${where}: ${reason}`;
    const facts = { code: "kernel-failed", who: "engine", problem, kernel, layer, advice: more.advice };
    super(messageOf(facts), more);
    setFacts(this, facts);
  }
}

/** An error of wrong input. */
export type InputError = InputTypeError | InputRangeError;

/**
 * True for errors that were caused by convasm's input, rather than by a bug or the machine.
 *
 * @example
 * try {
 *   model = await loadModel(bytes);
 * } catch (error) {
 *   if (isInputError(error) && error.code === "damaged-file") console.log(`not a model: ${error.expected}`);
 *   else throw error;
 * }
 */
export function isInputError(error: unknown): error is InputError {
  return error instanceof InputTypeError || error instanceof InputRangeError;
}

/**
 * An error that repeats another one with other facts or advice: its class, its code and all else stay. The first one is
 * its cause.
 *
 * @param change the facts that replace the error's own
 */
export function retold<Told extends InputError | HostError | KernelError>(
  error: Told,
  change: { readonly who?: string; readonly advice?: string },
): Told {
  const facts = { ...factsOf(error), ...change };
  const told: Told = Object.setPrototypeOf(new Error(messageOf(facts), { cause: error }), Object.getPrototypeOf(error));
  setFacts(told, facts);
  return told;
}

/** The text of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The error of a part that the small one-file build lacks.
 *
 * @param wanted a build with that part, such as "a build with recipes"
 * @param instead another way, if there is one: ", or ..."
 */
export function notInSmallBuild(who: string, wanted: string, instead = ""): HostError {
  const expected = `expected ${wanted}, such as convasm.full.min.js${instead}`;
  return new HostError(who, `${expected}, got convasm.min.js`, "not-in-build");
}
