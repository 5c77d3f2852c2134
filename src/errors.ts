/**
 * Errors caused by input: options, shapes, data, files. Each tells which part complains, the expected and the given
 * value, in its message and as properties, and has a code for programs.
 *
 * @module
 */

const SHOWN_LENGTH = 60;

/** A value as an error message shows it, cut short. */
export function shown(value: unknown): string {
  const text = asText(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}...` : text;
}

function asText(value: unknown): string {
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
 * | `damaged-file` | a file, or bytes, that break the rules of their format |
 * | `unsupported-file` | a file that is right, but of a format or a variety that is not read |
 * | `too-large` | more than a limit or the memory allows |
 * | `wrong-time` | a call that is not possible now, such as training before `compile` or during another run |
 */
export type InputErrorCode =
  | "wrong-type"
  | "out-of-range"
  | "missing"
  | "unknown-option"
  | "unknown-name"
  | "contradiction"
  | "shape-mismatch"
  | "damaged-file"
  | "unsupported-file"
  | "too-large"
  | "wrong-time";

/** Facts of an error of wrong input, besides its message. */
export interface InputErrorFacts {
  readonly code: InputErrorCode;
  /** The function, option, layer or file that complains; empty where the message names nobody. */
  readonly who: string;
  /** The expected value, in words. */
  readonly expected: string;
  /** The value that was given, in words. */
  readonly got: string;
}

function messageOf({ who, expected, got }: InputErrorFacts): string {
  return `${who === "" ? "" : `${who}: `}expected ${expected}, got ${got}`;
}

/** Sets the facts of an error as properties that are not enumerable, so that comparisons of errors do not see them. */
function setFacts(error: Error, facts: InputErrorFacts): void {
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(error, name, { value });
}

/** Wrong input: a value of a wrong kind. Its message reads `who: expected ..., got ...`. */
export class InputTypeError extends TypeError implements InputErrorFacts {
  declare readonly code: InputErrorCode;
  declare readonly who: string;
  declare readonly expected: string;
  declare readonly got: string;

  constructor(who: string, expected: string, got: string, code: InputErrorCode = "wrong-type", options?: ErrorOptions) {
    super(messageOf({ code, who, expected, got }), options);
    setFacts(this, { code, who, expected, got });
  }
}

/** Wrong input: a value of the right kind that is not allowed, or does not fit. Its message reads `who: expected ..., got ...`. */
export class InputRangeError extends RangeError implements InputErrorFacts {
  declare readonly code: InputErrorCode;
  declare readonly who: string;
  declare readonly expected: string;
  declare readonly got: string;

  constructor(
    who: string,
    expected: string,
    got: string,
    code: InputErrorCode = "out-of-range",
    options?: ErrorOptions,
  ) {
    super(messageOf({ code, who, expected, got }), options);
    setFacts(this, { code, who, expected, got });
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
