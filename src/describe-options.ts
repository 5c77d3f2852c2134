/**
 * The options of layers, optimizers and others as data, for forms, command lines and tables of programs that offer them. The subpath
 * `convasm/options`: what trains networks does not load it.
 *
 * @module
 */

import { OPTION_HELP } from "../build/option-help.js";
import { InputRangeError, shown } from "./errors.ts";
import type { Json } from "./json.ts";
import { describeSchema, type OptionDescription } from "./options/describe.ts";
import type { OptionField } from "./options/kinds.ts";
import type { NumberRule } from "./options/numbers.ts";
import type { OptionSchema } from "./options/schema.ts";
import { typesOf } from "./options/variants.ts";
import { SCHEMAS } from "./schemas.ts";

export type { Json, NumberRule, OptionDescription, OptionField };

/** Kinds of things that have options, such as `layer`. */
export type OptionGroup = keyof typeof SCHEMAS;

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
  return describeSchema(schema, OPTION_HELP[group]?.[type] ?? {});
}

function find<Item>(who: string, items: { readonly [name: string]: Item }, name: string): Item {
  if (Object.hasOwn(items, name)) return items[name];
  throw new InputRangeError(who, `one of ${Object.keys(items).join(", ")}`, shown(name), "unknown-name");
}
