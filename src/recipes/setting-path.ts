/**
 * Paths of a recipe's settings, such as `optimizer.learningRate`, `layers.0.filters` or `conv2d_1.filters`, and the values there.
 *
 * @module
 */

import { InputRangeError, listed, shown } from "../errors.ts";
import { layerNames } from "../graph/build.ts";
import { LAYER_TYPES } from "../graph/layer-types.ts";
import { readLayers } from "../graph/read.ts";
import { isRecord, type Json } from "../json.ts";
import { INITIALIZER_NAMES, INITIALIZERS } from "../layers/initializers.ts";
import type { OptionKind } from "../options/kinds.ts";
import { meant } from "../options/meant.ts";
import { nearest } from "../options/nearest.ts";
import type { OptionSchema } from "../options/schema.ts";
import type { Variants } from "../options/variants.ts";

/** The place of a setting within JSON. */
export interface SettingPlace {
  readonly keys: readonly (string | number)[];
  /** The value that stands there, or its default; undefined for none. */
  readonly value: Json | undefined;
}

const TYPES: { readonly [type: string]: { readonly schema: OptionSchema } } = LAYER_TYPES;
const INITIALIZER_TYPES: { readonly [type: string]: OptionSchema } = INITIALIZERS;

/**
 * The place of an option, or of one within it.
 *
 * @param who the thing that has the options, in messages
 * @param path key by key
 * @throws RangeError listing what is there, for a key that is not
 */
export function optionPlace(
  who: string,
  schema: OptionSchema,
  json: Json | undefined,
  path: readonly string[],
): SettingPlace {
  const [key, ...rest] = path;
  if (!Object.hasOwn(schema, key)) throw unknownSetting(who, key, Object.keys(schema));
  const { kind, default: fallback } = schema[key];
  const value = fieldOf(json, key) ?? fallback;
  if (rest.length === 0) return { keys: [key], value };
  const place = within(`${who}: ${key}`, kind, value, rest);
  return { keys: [key, ...place.keys], value: place.value };
}

/** The place of a part of a value. */
function within(
  who: string,
  kind: OptionKind<unknown, unknown>,
  value: Json | undefined,
  path: readonly string[],
): SettingPlace {
  const schema = schemaOf(kind, value);
  if (schema !== undefined) return optionPlace(who, schema, value, path);
  const [first, ...rest] = path;
  if (Array.isArray(value) && /^\d+$/.test(first) && Number(first) < value.length) {
    const item: Json = value[Number(first)];
    if (rest.length === 0) return { keys: [Number(first)], value: item };
    if ("item" in kind && isKind(kind.item)) {
      const place = within(`${who}[${first}]`, kind.item, item, rest);
      return { keys: [Number(first), ...place.keys], value: place.value };
    }
  }
  const types =
    "variants" in kind && isRecord(kind.variants) ? ` that is one of ${listed(Object.keys(kind.variants))}` : "";
  throw new InputRangeError(who, `a value${types}`, `its part ${shown(path.join("."))}`, "unknown-option");
}

function isKind(value: unknown): value is OptionKind<unknown, unknown> {
  return isRecord(value) && typeof value.read === "function";
}

/** The options within a value of a kind; undefined where it has none. */
function schemaOf(kind: OptionKind<unknown, unknown>, value: Json | undefined): OptionSchema | undefined {
  if (isNested(kind)) return kind.schema;
  const type = typeof value === "string" ? value : fieldOf(value, "type");
  if (typeof type !== "string") return undefined;
  if (hasVariants(kind)) return Object.hasOwn(kind.variants, type) ? kind.variants[type].schema : undefined;
  return kind.choices === INITIALIZER_NAMES ? INITIALIZER_TYPES[type] : undefined;
}

function isNested(kind: object): kind is { readonly schema: OptionSchema } {
  return "schema" in kind;
}

function hasVariants(kind: object): kind is { readonly variants: Variants<unknown> } {
  return "variants" in kind;
}

/** JSON with keys. */
type JsonObject = { readonly [key: string]: Json | undefined };

function isObject(json: Json | undefined): json is JsonObject {
  return isRecord(json);
}

function fieldOf(json: Json | undefined, key: string): Json | undefined {
  return isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
}

/**
 * The place of a layer's option within a list of layers.
 *
 * @param list the layers as JSON
 * @param path the layer's name or place in the list, and the option's key: `conv2d.filters`, `0.filters`; layers of a block as
 *   `stage1.block1/conv2d.filters` or `3.layers.0.filters`
 * @throws RangeError listing the layers, or the layer's options, where there is none such
 */
export function layerPlace(who: string, list: Json | undefined, path: string): SettingPlace {
  const found = findLayer(list, path);
  if (found === undefined) throw unknownSetting(who, path, namesOf(list), "a layer");
  const { index, name, layer, rest } = found;
  const { type } = layer;
  const title = `${who}: ${name}`;
  const schema = TYPES[String(type)]?.schema ?? {};
  const { layers: _, shortcut: __, ...options } = schema;
  for (const key of ["layers", "shortcut"]) {
    if (!(key in schema) || !(rest.startsWith(`${key}.`) || rest.startsWith(`${key}/`))) continue;
    const place = layerPlace(title, layer[key], rest.slice(key.length + 1));
    return { keys: [index, key, ...place.keys], value: place.value };
  }
  const inner = layer.layers;
  if ("layers" in schema && findLayer(inner, rest) !== undefined) {
    const place = layerPlace(title, inner, rest);
    return { keys: [index, "layers", ...place.keys], value: place.value };
  }
  if (rest === "")
    throw new InputRangeError(title, `an option, such as ${name}.${Object.keys(options)[0]}`, "none", "missing");
  const place = optionPlace(title, options, layer, rest.split("."));
  return { keys: [index, ...place.keys], value: place.value };
}

/** The layer that a path begins with, and what is left of the path. */
export function findLayer(list: Json | undefined, path: string) {
  const names = namesOf(list);
  const items: readonly Json[] = Array.isArray(list) ? list : [];
  const candidates = names.flatMap((name, index) => [
    { word: name, index },
    { word: String(index), index },
  ]);
  const fitting = candidates.filter(
    ({ word }) => path === word || path.startsWith(`${word}.`) || path.startsWith(`${word}/`),
  );
  // A name with dots in it goes before a shorter one.
  const [best] = fitting.sort((a, b) => b.word.length - a.word.length);
  if (best === undefined) return undefined;
  const layer = items[best.index];
  if (!isObject(layer)) return undefined;
  return { index: best.index, name: names[best.index], layer, rest: path.slice(best.word.length + 1) };
}

/** The names of layers in a list of descriptions. */
export function namesOf(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? layerNames(readLayers(list, "layers")) : [];
}

/** The paths of all options of the layers of a list, but for those within blocks. */
export function layerPaths(list: Json | undefined): readonly string[] {
  const items: readonly Json[] = Array.isArray(list) ? list : [];
  return namesOf(list).flatMap((name, index) => {
    const schema = TYPES[String(fieldOf(items[index], "type"))]?.schema ?? {};
    return Object.keys(schema).map((key) => `${name}.${key}`);
  });
}

/** The paths of all options, and of those within them. */
export function optionPaths(schema: OptionSchema, json: Json | undefined): readonly string[] {
  return Object.entries(schema).flatMap(([key, { kind, default: fallback }]) => {
    const inner = schemaOf(kind, fieldOf(json, key) ?? fallback) ?? {};
    return [key, ...Object.keys(inner).map((part) => `${key}.${part}`)];
  });
}

/**
 * The error for a setting that does not exist, with the one that was probably meant as advice.
 *
 * @param what what the names are
 * @param paths settings that may have been meant, beside the names
 */
export function unknownSetting(
  who: string,
  word: string,
  names: readonly string[],
  what = "one of",
  paths: readonly string[] = [],
): InputRangeError {
  const near =
    meant(word, names) ??
    nearest(word, names) ??
    paths.find((path) => path.endsWith(`.${word}`)) ??
    nearest(word, paths);
  const more = near === undefined ? {} : { advice: `did you mean ${near}?` };
  return new InputRangeError(who, `${what} ${listed(names)}`, shown(word), "unknown-option", more);
}

/**
 * JSON with another value at a place. What was only the name of a type, such as `"adam"`, becomes an object where an option of it is
 * set.
 */
export function withValue(json: Json | undefined, keys: readonly (string | number)[], value: Json): Json {
  if (keys.length === 0) return value;
  const [key, ...rest] = keys;
  if (Array.isArray(json)) return json.map((item: Json, i) => (i === key ? withValue(item, rest, value) : item));
  const object: JsonObject = isObject(json) ? json : typeof json === "string" ? { type: json } : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}
