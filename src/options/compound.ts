/**
 * Kinds of options that are made of others: lists, objects with options of their own, things of several types.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { OptionKind } from "./kinds.ts";
import { checkNumber, type NumberRule, ruleText } from "./numbers.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "./schema.ts";

/** One to `most` numbers above 0, each greater than the one before it. */
export function growing(most: number): OptionKind<readonly number[], readonly number[]> {
  return {
    field: "value",
    wanted: "an array of growing numbers",
    read(who, key, value) {
      if (!Array.isArray(value)) throw new InputTypeError(who, `${key} to be an array`, shown(value));
      if (value.length === 0 || value.length > most) {
        throw new InputRangeError(who, `1 to ${most} ${key}`, String(value.length));
      }
      let previous = 0;
      return value.map((entry: unknown, i) => {
        previous = checkNumber(who, `${key}[${i}]`, entry, { above: previous });
        return previous;
      });
    },
  };
}

/** A number, or a list of at least one. */
export function oneOrEach(rule: NumberRule): OptionKind<number | readonly number[], number | readonly number[]> {
  return {
    field: "value",
    wanted: `${ruleText(rule)}, or a list of such`,
    read(who, key, value) {
      if (!Array.isArray(value)) return checkNumber(who, key, value, rule);
      if (value.length === 0) throw new InputRangeError(who, `at least one number in ${key}`, "none");
      return value.map((item: unknown, i) => checkNumber(who, `${key}[${i}]`, item, rule));
    },
  };
}

/** A list of things of one kind. */
export function list<Input, Value>(
  kind: OptionKind<Input, Value>,
): OptionKind<readonly Input[], readonly Value[]> & { readonly item: OptionKind<Input, Value> } {
  return {
    field: "list",
    item: kind,
    wanted: "a list",
    read(who, key, value) {
      if (!Array.isArray(value)) throw new InputTypeError(who, `${key} to be a list`, shown(value));
      return value.map((item: unknown, i) => kind.read(who, `${key}[${i}]`, item));
    },
  };
}

/** An object with options of its own. */
export function nested<const S extends OptionSchema>(
  schema: S,
): OptionKind<Readonly<OptionsOf<S>>, ValuesOf<S>> & { readonly schema: S } {
  return {
    field: "pairs",
    names: Object.keys(schema),
    schema,
    wanted: `an object of ${Object.keys(schema).join(", ")}`,
    read: (who, key, value) => readOptions(`${who}: ${key}`, schema, value),
  };
}
