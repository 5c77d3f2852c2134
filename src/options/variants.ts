/**
 * Things that come in several types, such as optimizers: one registry of types makes their names, their reader and their schemas.
 *
 * @module
 */

import type { Json } from "../json.ts";
import type { OptionKind } from "./kinds.ts";
import { readType } from "./objects.ts";
import type { OptionSchema } from "./schema.ts";

/** One type of a thing: its options, and how it is made of them. */
export interface Variant<Thing> {
  readonly schema: OptionSchema;
  /**
   * The thing from options that are not to be trusted.
   *
   * @param who stands in front of messages
   * @throws TypeError, RangeError for a wrong option
   */
  read(who: string, given: object): Thing;
}

/** All types of a thing by their names. */
export type Variants<Thing> = { readonly [type: string]: Variant<Thing> };

/** The names of the types, in the order of the registry. */
export function typesOf<Type extends string>(variants: { readonly [type in Type]: unknown }): Type[];
export function typesOf(variants: object): string[] {
  return Object.keys(variants);
}

/**
 * A thing from untrusted JSON, such as `{ type: "sgd", momentum: 0.9 }`; a bare string is short for an object with just that type.
 *
 * @param who complains of a wrong type
 * @param label names the type in messages about its options
 * @throws TypeError, RangeError for an unknown type, or a wrong option
 */
export function readVariant<Thing>(
  who: string,
  variants: Variants<Thing>,
  json: unknown,
  label = (type: string): string => type,
): Thing {
  const type = readType(who, json, typesOf(variants));
  return variants[type].read(label(type), typeof json === "object" && json !== null ? json : {});
}

/** A kind of option that is a thing of one of several types. */
export interface VariantKind<Input, Value> extends OptionKind<Input, Value> {
  readonly variants: Variants<unknown>;
}

/**
 * A thing of one of several types: the thing itself, the name of its type, or an object with the type and its options.
 *
 * @param read the thing from any of these
 * @param toJson the object with type and options, where the thing is none
 */
export function variantKind<Input, Value>(
  variants: Variants<unknown>,
  read: (value: unknown) => Value,
  toJson?: (value: Value) => Json,
): VariantKind<Input, Value> {
  const wanted = `one of ${typesOf(variants).join(", ")}`;
  return { field: "value", variants, wanted, read: (_who, _key, value) => read(value), ...(toJson && { toJson }) };
}

/** The schemas of all types, for forms, command lines and tables. */
export function schemasOf<const V extends { readonly [type: string]: { readonly schema: OptionSchema } }>(
  variants: V,
): { readonly [type in keyof V]: V[type]["schema"] };
export function schemasOf(variants: Variants<unknown>): Record<string, OptionSchema> {
  return Object.fromEntries(Object.entries(variants).map(([type, { schema }]) => [type, schema]));
}
