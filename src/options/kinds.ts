/**
 * Kinds of options: each reads and checks a value, and has the facts that forms, command lines and tables need.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { Json } from "../json.ts";
import { adviceOn } from "./meant.ts";
import { checkNumber, keepsRule, type NumberRule, ruleText } from "./numbers.ts";

/**
 * The field that a form shows: `extents` is one for sizes along axes, `range` for a beginning and an end, `list` for several
 * values of one kind, `pairs` for names and values, `layers` for a list of layers, `value` for JSON, such as a number or a
 * pair of them.
 */
export type OptionField =
  | "number"
  | "whole"
  | "flag"
  | "choice"
  | "text"
  | "extents"
  | "range"
  | "list"
  | "pairs"
  | "layers"
  | "value";

/** A kind of option. `Input` is the type that callers give, `Value` the type of the value that was read. */
export interface OptionKind<Input, Value> {
  readonly field: OptionField;
  /** The values to choose from, where there are only some. */
  readonly choices?: readonly string[];
  /** The names of extents in their order, those that pairs may have, or those of what ranges may be of. */
  readonly names?: readonly string[];
  /** The kind of a list's items. */
  readonly item?: OptionKind<unknown, unknown>;
  /** Texts that may stand in place of a number. */
  readonly words?: readonly string[];
  /** The bounds of a number. */
  readonly rule?: NumberRule;
  /** The allowed values in the words of a message: "expected KEY to be ...". */
  readonly wanted: string;
  /**
   * Reads a value.
   *
   * @throws TypeError, RangeError that start with `who` and name the key
   */
  read(who: string, key: string, value: unknown): Value;
  /** The form in which files keep a value that is not JSON itself; undefined for nothing. */
  toJson?(value: Value): Json | undefined;
  /** Carries the type of the callers' value for the compiler; never set. */
  readonly input?: Input;
}

/** A finite number within the rule's bounds. */
export function number(rule: NumberRule = {}): OptionKind<number, number> {
  return {
    field: rule.whole ? "whole" : "number",
    rule,
    wanted: ruleText(rule),
    read: (who, key, value) => checkNumber(who, key, value, rule),
  };
}

/** A whole number of at least `minimum`. */
export function whole(minimum: number, maximum = Number.MAX_SAFE_INTEGER): OptionKind<number, number> {
  return number({ whole: true, minimum, ...(maximum !== Number.MAX_SAFE_INTEGER && { maximum }) });
}

/** A whole number of at least `minimum`, or a word for one. */
export function wholeOr<const Word extends string>(
  word: Word,
  minimum: number,
  maximum?: number,
): OptionKind<number | Word, number | Word> {
  const { field, rule = {}, wanted: number } = whole(minimum, maximum);
  const wanted = `${word} or ${number}`;
  return {
    field,
    rule,
    words: [word],
    wanted,
    read(who, key, value) {
      if (value === word) return word;
      if (typeof value === "number" && keepsRule(value, rule)) return value;
      const Wrong = typeof value === "number" ? InputRangeError : InputTypeError;
      throw new Wrong(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** A number of things, or a share of them above 0 and below 1; or one of some words for them. */
export function countOrShare<const Word extends string = never>(
  ...words: readonly Word[]
): OptionKind<number | Word, number | Word> {
  const wanted = `${words.map((word) => `${word}, `).join("")}a whole number at least 1, or a share above 0 and below 1`;
  return {
    field: "number",
    rule: { above: 0 },
    ...(words.length > 0 && { words }),
    wanted,
    read(who, key, value) {
      const word = words.find((each) => each === value);
      if (word !== undefined) return word;
      if (typeof value !== "number") throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
      if (value > 0 && (value < 1 || Number.isSafeInteger(value))) return value;
      throw new InputRangeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** True or false. */
export function flag(): OptionKind<boolean, boolean> {
  return {
    field: "flag",
    wanted: "true or false",
    read(who, key, value) {
      if (typeof value === "boolean") return value;
      throw new InputTypeError(who, `${key} to be true or false`, shown(value));
    },
  };
}

/** True, false or a text of its own. */
export function flagOr<const Word extends string>(word: Word): OptionKind<boolean | Word, boolean | Word> {
  const wanted = `true, false or ${JSON.stringify(word)}`;
  return {
    field: "choice",
    choices: ["false", "true", word],
    wanted,
    read(who, key, value) {
      if (typeof value === "boolean") return value;
      if (value === word) return word;
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** One of some texts. */
export function choice<const Choice extends string>(choices: readonly Choice[]): OptionKind<Choice, Choice> {
  const wanted = `one of ${choices.join(", ")}`;
  return {
    field: "choice",
    choices,
    wanted,
    read(who, key, value) {
      const found = choices.find((each) => each === value);
      if (found !== undefined) return found;
      if (typeof value === "string")
        throw new InputRangeError(
          who,
          `${key} to be ${wanted}`,
          shown(value),
          "unknown-name",
          adviceOn(value, choices),
        );
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** Any text. */
export function text(): OptionKind<string, string> {
  return {
    field: "text",
    wanted: "a text",
    read(who, key, value) {
      if (typeof value === "string") return value;
      throw new InputTypeError(who, `${key} to be a text`, shown(value));
    },
  };
}

/** A whole number of at least `minimum` for both axes of an image, or one for each: height, width. */
export function pair(
  minimum = 1,
): OptionKind<number | readonly [height: number, width: number], readonly [height: number, width: number]> {
  const wanted = `a whole number at least ${minimum} or a pair [height, width]`;
  const isRight = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= minimum;
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const both: unknown[] = Array.isArray(value) ? value : [value, value];
      const [first, second] = both;
      if (both.length === 2 && isRight(first) && isRight(second)) return [first, second];
      const Wrong = typeof value === "number" ? InputRangeError : InputTypeError;
      throw new Wrong(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** Sizes along axes, in pixels or channels: whole numbers from 1 to `maximum`, as many as there are names. */
export function extents<const Axes extends readonly string[]>(
  names: Axes,
  maximum: number,
): OptionKind<Extents<Axes>, Extents<Axes>> {
  const wanted = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}, whole numbers from 1 to ${maximum}`;
  const isRight = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= maximum;
  const areRight = (values: unknown[]): values is number[] & Extents<Axes> =>
    values.length === names.length && values.every(isRight);
  return {
    field: "extents",
    names,
    wanted,
    read(who, key, value) {
      const given: unknown[] = Array.isArray(value) ? [...value] : [];
      if (areRight(given)) return given;
      const isKind = given.length === names.length && given.every((item) => typeof item === "number");
      const Wrong = isKind ? InputRangeError : InputTypeError;
      throw new Wrong(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** Sizes along axes, or a word for them. */
export function extentsOr<const Word extends string, const Axes extends readonly string[]>(
  word: Word,
  names: Axes,
  maximum: number,
): OptionKind<Extents<Axes> | Word, Extents<Axes> | Word> {
  const sizes = extents(names, maximum);
  return {
    ...sizes,
    words: [word],
    wanted: `${word} or ${sizes.wanted}`,
    read: (who, key, value) => (value === word ? word : sizes.read(who, key, value)),
  };
}

/** A number for each of some names. */
export type Extents<Axes extends readonly string[]> = { readonly [Axis in keyof Axes]: number };
