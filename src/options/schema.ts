import { InputTypeError, shown } from "../errors.ts";
import type { Json } from "../json.ts";
import type { OptionKind } from "./kinds.ts";
import { type OtherOptions, unknownOption } from "./meant.ts";

/**
 * An option of a schema: its kind, and its default. With neither `default` nor `optional` it is required.
 *
 * Its key is that of the schema, and its line of help the first sentence of the doc comment that stands there.
 */
export interface OptionSpec {
  readonly kind: OptionKind<unknown, unknown>;
  readonly default?: Json;
  readonly optional?: true;
  /** The key that names it on the command line, such as `lr` for `learningRate`; without it its own. */
  readonly flag?: string;
  /** Few need it: forms show it under "More", and command lines only on demand. */
  readonly rare?: true;
  /** Formats of files that know the option, such as "CSV", where not all do. */
  readonly formats?: readonly string[];
}

/** The options of one thing, such as a layer or an optimizer, by their keys. */
export type OptionSchema = { readonly [key: string]: OptionSpec };

type Given<Spec> = Spec extends { readonly kind: OptionKind<infer Input, unknown> } ? Input : never;
type Read<Spec> = Spec extends { readonly kind: OptionKind<infer _, infer Value> } ? Value : never;

type RequiredKey<S> = {
  [K in keyof S]: S[K] extends { readonly default: unknown } | { readonly optional: true } ? never : K;
}[keyof S];

type WithoutDefaultKey<S> = { [K in keyof S]: S[K] extends { readonly optional: true } ? K : never }[keyof S];

/** The object that a caller gives for a schema: required options and any of the others. */
export type OptionsOf<S extends OptionSchema> = { -readonly [K in keyof S as K & RequiredKey<S>]: Given<S[K]> } & {
  -readonly [K in keyof S as Exclude<K, RequiredKey<S>>]?: Given<S[K]> | undefined;
};

/** The result of {@link readOptions}: every option is there, but for optional ones without a default. */
export type ValuesOf<S extends OptionSchema> = {
  readonly [K in keyof S as Exclude<K, WithoutDefaultKey<S>>]: Read<S[K]>;
} & {
  readonly [K in keyof S as K & WithoutDefaultKey<S>]: Read<S[K]> | undefined;
};

/**
 * Reads options from TypeScript, plain JavaScript or JSON: every one is checked, and those that are missing get their defaults.
 * Ones that are undefined or null count as missing.
 *
 * @param who stands in front of messages
 * @param given an object; its key `type` is left to the caller
 * @param elsewhere options of other calls, which messages tell of
 * @throws TypeError for an unknown or missing option, or a value of a wrong kind
 * @throws RangeError for a value that is not allowed
 */
export function readOptions<S extends OptionSchema>(
  who: string,
  schema: S,
  given: unknown,
  elsewhere?: OtherOptions,
): ValuesOf<S>;
export function readOptions(who: string, schema: OptionSchema, given: unknown, elsewhere?: OtherOptions): unknown {
  const values = new Map(Object.entries(readGiven(who, schema, given, elsewhere)));
  return Object.fromEntries(
    Object.entries(schema).map(([key, { kind, optional, default: fallback }]) => {
      if (values.has(key)) return [key, values.get(key)];
      if (fallback !== undefined) return [key, kind.read(who, key, fallback)];
      if (optional) return [key, undefined];
      throw new InputTypeError(who, `${key} to be ${kind.wanted}`, "nothing", "missing");
    }),
  );
}

/**
 * Options as an object that could be given again: with the defaults, and without keys of undefined ones.
 *
 * @throws as {@link readOptions}
 */
export function completeOptions<S extends OptionSchema>(who: string, schema: S, given: unknown): Readonly<OptionsOf<S>>;
export function completeOptions(who: string, schema: OptionSchema, given: unknown): unknown {
  return Object.fromEntries(Object.entries(readOptions(who, schema, given)).filter(([, value]) => value !== undefined));
}

/** Those options that were given, as {@link readGiven} reads them. */
export type GivenOf<S extends OptionSchema> = { readonly [K in keyof S]?: Read<S[K]> };

/** Checks options as {@link readOptions} does, and leaves those out that are not given, whatever their defaults. */
export function readGiven<S extends OptionSchema>(
  who: string,
  schema: S,
  given: unknown,
  elsewhere?: OtherOptions,
): GivenOf<S>;
export function readGiven(who: string, schema: OptionSchema, given: unknown, elsewhere?: OtherOptions): object {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InputTypeError(who, "an object", shown(given));
  }
  const keys = Object.keys(schema);
  const read = Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (keys.includes(key)) return value === null ? [] : [[key, schema[key].kind.read(who, key, value)]];
    if (key === "type") return [];
    throw unknownOption(who, key, keys, elsewhere);
  });
  return Object.fromEntries(read);
}

/** Those of an object's properties that a schema knows, as far as they are given. */
export function pickOptions<S extends OptionSchema, From extends object>(
  schema: S,
  from: From,
): { readonly [K in keyof From as K & keyof S]: From[K] };
export function pickOptions(schema: OptionSchema, from: object): object {
  return Object.fromEntries(Object.entries(from).filter(([key, value]) => value !== undefined && key in schema));
}

/** Options as JSON holds them: those that were given, and the defaults of the others. */
export function optionsJson(who: string, schema: OptionSchema, given: object): { readonly [key: string]: Json } {
  const values = new Map<string, unknown>(Object.entries(given));
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, { kind, default: fallback }]) => {
      const value = values.get(key) ?? fallback;
      if (value === undefined) return [];
      const json = kind.toJson === undefined ? value : kind.toJson(kind.read(who, key, value));
      return [[key, JSON.parse(JSON.stringify(json))]];
    }),
  );
}

/** Options as files keep them: those that were given, and their `type`. */
export function configOf(
  type: string,
  given: object,
): { readonly type: string; readonly [option: string]: Json | undefined } {
  return { ...JSON.parse(JSON.stringify(given)), type };
}
