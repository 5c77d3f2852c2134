/**
 * The options of layers, optimizers and others as data, for forms, command lines and tables of programs that offer them. The subpath
 * `convasm/options`: what trains networks does not load it.
 *
 * @module
 */

import { OPTION_HELP } from "../build/option-help.js";
import { InputRangeError, shown } from "./errors.ts";
import type { Json } from "./json.ts";
import type { OptionField } from "./options/kinds.ts";
import type { NumberRule } from "./options/numbers.ts";
import type { OptionSchema } from "./options/schema.ts";
import { typesOf } from "./options/variants.ts";
import { SCHEMAS } from "./schemas.ts";

export type { Json, NumberRule, OptionField };

/** Kinds of things that have options, such as `layer`. */
export type OptionGroup = keyof typeof SCHEMAS;

/** One option of a layer, an optimizer or the like. */
export interface OptionDescription {
  /** Its name in programs and files, such as `weightDecay`. */
  readonly key: string;
  /** Its name in a form, such as "Weight decay". */
  readonly label: string;
  /** Says in a sentence what it is. */
  readonly help: string;
  /** Formats of files that know it, such as "CSV"; undefined where all do. */
  readonly formats: readonly string[] | undefined;
  readonly field: OptionField;
  /** The values to choose from, where these are few. */
  readonly choices: readonly string[] | undefined;
  /** The bounds of a number. */
  readonly rule: NumberRule | undefined;
  /** Says what it may be, such as "a whole number at least 1". */
  readonly wanted: string;
  /** Its value where it is not given; undefined where it is required, or where there is none. */
  readonly default: Json | undefined;
  readonly isRequired: boolean;
  /** Few need it: forms show it under "More options". */
  readonly isRare: boolean;
}

const GROUPS: { readonly [group: string]: { readonly [type: string]: OptionSchema } } = SCHEMAS;

/** All groups. */
export const OPTION_GROUPS: readonly OptionGroup[] = typesOf(SCHEMAS);

/**
 * The types of a group, in the order in which lists show them.
 *
 * @throws RangeError for a group that does not exist
 * @example
 * optionTypes("layer"); // ["conv2d", "depthwiseConv2d", "dense", ...]
 */
export function optionTypes(group: OptionGroup): readonly string[] {
  return Object.keys(find("optionTypes", GROUPS, group));
}

/**
 * The options of one type, in the order in which forms show them.
 *
 * @throws RangeError for a group or a type that does not exist
 * @example
 * describeOptions("layer", "dense").map(({ label, help }) => `${label}: ${help}`);
 */
export function describeOptions(group: OptionGroup, type: string): readonly OptionDescription[] {
  const schema = find("describeOptions", find("describeOptions", GROUPS, group), type);
  return Object.entries(schema).map(([key, { kind, optional, default: fallback, formats, rare }]) => ({
    key,
    label: labelOf(key),
    help: OPTION_HELP[group]?.[type]?.[key] ?? "",
    formats,
    field: kind.field,
    choices: kind.choices,
    rule: kind.rule,
    wanted: kind.wanted,
    default: fallback,
    isRequired: optional !== true && fallback === undefined,
    isRare: rare === true,
  }));
}

function find<Item>(who: string, items: { readonly [name: string]: Item }, name: string): Item {
  if (Object.hasOwn(items, name)) return items[name];
  throw new InputRangeError(who, `one of ${Object.keys(items).join(", ")}`, shown(name), "unknown-name");
}

/** A key in words, such as "Weight decay" for `weightDecay`. */
function labelOf(key: string): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
