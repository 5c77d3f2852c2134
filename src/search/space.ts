/**
 * The space of a search: parameters, each with the values that it may have, and the condition under which it counts.
 *
 * @module
 */

import { InputRangeError, InputTypeError, listed, shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import { exp, log } from "../numeric/math.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import type { Settings } from "./trial.ts";

/** The values of a parameter. */
export type Domain =
  | { readonly kind: "choice"; readonly values: readonly Json[] }
  | {
      /** Numbers from `low` to `high`, both included; with a step only those that are so many steps from `low`. */
      readonly kind: "range";
      readonly low: number;
      readonly high: number;
      readonly step?: number;
    }
  | {
      /** Numbers whose logarithms are spread evenly; rounded where `isWhole`. */
      readonly kind: "log";
      readonly low: number;
      readonly high: number;
      readonly isWhole: boolean;
    };

/** A setting that a search chooses. */
export interface Parameter {
  /** Option of `train` in camel case, or the path of a setting, such as `conv2d_1.filters`. */
  readonly key: string;
  readonly domain: Domain;
  /** Values that other parameters, or settings of `train`, must have for this one to count. Empty: it always counts. */
  readonly when: { readonly [key: string]: readonly Json[] };
}

/** The parameters of a search in the order of its file; one that a condition names stands before it. */
export interface Space {
  readonly parameters: readonly Parameter[];
  /** Settings that are the same in all trials; conditions may name them. */
  readonly fixed: Settings;
}

/** The kinds of domains as space files have them. */
const KINDS = ["choice", "range", "int", "log"] as const;

/** A parameter as a space file has it. */
export type ParameterInput = (
  | { readonly choice: readonly Json[] }
  | { readonly range: readonly [low: number, high: number]; readonly step?: number }
  | { readonly int: readonly [low: number, high: number]; readonly step?: number }
  | { readonly log: readonly [low: number, high: number]; readonly int?: boolean }
) & { readonly when?: { readonly [key: string]: Json } };

/** A space as its file has it: parameters by their keys. */
export type SpaceInput = { readonly [key: string]: ParameterInput };

/**
 * A space from JSON that is not to be trusted.
 *
 * @param json parameters by their keys: `{ "lr": { "log": [0.01, 1] }, "momentum": { "range": [0, 0.9], "when": { "optimizer": "sgd" } } }`
 * @param fixed settings that are the same in all trials
 * @throws TypeError, RangeError naming the parameter, for an unknown kind, an empty range, or a condition on nothing that comes before it
 */
export function readSpace(json: unknown, fixed: Settings = {}, who = "space"): Space {
  if (!isRecord(json)) throw new InputTypeError(who, "an object of parameters", shown(json));
  const keys = Object.keys(json);
  if (keys.length === 0) throw new InputRangeError(who, "at least one parameter", "none", "missing");
  const parameters = keys.map((key) => readParameter(`${who}: ${key}`, key, json[key]));
  for (const [place, { key, domain, when }] of parameters.entries()) {
    if (Object.hasOwn(fixed, key)) {
      throw new InputRangeError(`${who}: ${key}`, "a setting that train has not", "one that it has", "contradiction");
    }
    for (const [other, values] of Object.entries(when)) {
      const before = parameters.slice(0, place).find((each) => each.key === other);
      if (before === undefined && !Object.hasOwn(fixed, other)) {
        const known = [...parameters.slice(0, place).map((each) => each.key), ...Object.keys(fixed)];
        throw new InputRangeError(
          `${who}: ${key}: when`,
          `a parameter before it, or a setting of train: ${listed(known)}`,
          shown(other),
          "unknown-name",
        );
      }
      if (before?.domain.kind !== "choice") continue;
      const choices = before.domain.values;
      const stray = values.find((value) => !choices.some((each) => isSame(each, value)));
      if (stray !== undefined) {
        const expected = `one of ${listed(choices.map(shown))}`;
        throw new InputRangeError(`${who}: ${key}: when: ${other}`, expected, shown(stray));
      }
    }
    if (
      domain.kind === "choice" &&
      new Set(domain.values.map((value) => JSON.stringify(value))).size < domain.values.length
    )
      throw new InputRangeError(`${who}: ${key}: choice`, "each value once", shown(domain.values));
  }
  return { parameters, fixed };
}

function readParameter(who: string, key: string, json: unknown): Parameter {
  const fields = readFields(who, json, [...KINDS, "step", "when"]);
  const kinds = KINDS.filter((kind) => fields[kind] !== undefined && !(kind === "int" && fields.log !== undefined));
  if (kinds.length !== 1) {
    const got = kinds.length === 0 ? "none" : kinds.join(" and ");
    throw new InputRangeError(who, `one of ${KINDS.join(", ")}`, got, kinds.length === 0 ? "missing" : "contradiction");
  }
  const [kind] = kinds;
  if (fields.step !== undefined && kind !== "range" && kind !== "int") {
    throw new InputRangeError(`${who}: step`, "range or int", kind, "contradiction");
  }
  return { key, domain: readDomain(`${who}: ${kind}`, kind, fields), when: readWhen(`${who}: when`, fields.when) };
}

function readDomain(who: string, kind: (typeof KINDS)[number], fields: { readonly [name: string]: unknown }): Domain {
  const value = fields[kind];
  if (kind === "choice") {
    if (!Array.isArray(value)) throw new InputTypeError(who, "an array of values", shown(value));
    if (value.length === 0) throw new InputRangeError(who, "at least one value", "none", "missing");
    return { kind, values: value.map((item: unknown) => readJson(who, item)) };
  }
  if (!Array.isArray(value) || value.length !== 2) {
    throw new InputTypeError(who, "[lowest, highest]", shown(value));
  }
  const isWhole = kind === "int" || (kind === "log" && fields.int === true);
  const rule = { ...(isWhole && { whole: true }), ...(kind === "log" && { above: 0 }) };
  const low = checkNumber(who, "lowest", value[0], rule);
  const high = checkNumber(who, "highest", value[1], rule);
  if (low >= high) throw new InputRangeError(who, `a highest value above the lowest, ${shown(low)}`, shown(high));
  if (kind === "log") return { kind, low, high, isWhole };
  const step = fields.step ?? (kind === "int" ? 1 : undefined);
  if (step === undefined) return { kind: "range", low, high };
  const most = high - low;
  return {
    kind: "range",
    low,
    high,
    step: checkNumber(who, "step", step, { ...(isWhole && { whole: true }), above: 0, maximum: most }),
  };
}

function readWhen(who: string, json: unknown): Parameter["when"] {
  if (json === undefined) return {};
  if (!isRecord(json)) throw new InputTypeError(who, 'an object such as { "optimizer": "sgd" }', shown(json));
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      return [key, values.map((each) => readJson(who, each))];
    }),
  );
}

/** A value that came out of JSON, or that JSON can hold. */
function readJson(who: string, value: unknown): Json {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) {
    throw new InputTypeError(who, "values that JSON can hold", shown(value));
  }
  return JSON.parse(JSON.stringify(value));
}

/** True for values that JSON writes alike. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** True if a parameter counts beside these values of those before it. */
export function isActive({ when }: Parameter, settings: Settings, { fixed }: Pick<Space, "fixed">): boolean {
  return Object.entries(when).every(([key, values]) =>
    values.some((value) => isSame(value, settings[key] ?? fixed[key])),
  );
}

/** Number of values of a domain; infinite where it is continuous. */
export function valuesOf(domain: Domain): number {
  if (domain.kind === "choice") return domain.values.length;
  if (domain.kind === "log") return domain.isWhole ? domain.high - domain.low + 1 : Number.POSITIVE_INFINITY;
  return domain.step === undefined ? Number.POSITIVE_INFINITY : stepsOf(domain.low, domain.high, domain.step) + 1;
}

/** Whole steps between two numbers, where 0.3 is three steps of 0.1. */
function stepsOf(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9);
}

/**
 * The value at a place of a domain: 0 is its beginning, 1 its end. Places that are spread evenly give values that are, on the
 * scale of the domain.
 *
 * @param place from 0 to below 1
 */
export function valueAt(domain: Domain, place: number): Json {
  const count = valuesOf(domain);
  if (domain.kind === "choice") return domain.values[Math.min(count - 1, Math.floor(place * count))];
  const { low, high } = domain;
  if (domain.kind === "log") {
    // Whole numbers have the half before and after them, so that the first and the last are no rarer.
    const [from, to] = domain.isWhole ? [low - 0.5, high + 0.5] : [low, high];
    const value = exp(log(from) + place * (log(to) - log(from)));
    const rounded = domain.isWhole ? Math.round(value) : value;
    return Math.min(high, Math.max(low, rounded));
  }
  if (domain.step === undefined) return low + place * (high - low);
  return stepValue(low, domain.step, Math.min(count - 1, Math.floor(place * count)));
}

/** A number so many steps from another, without the dust of sums: 0.3 rather than 0.30000000000000004. */
function stepValue(low: number, step: number, count: number): number {
  return Number((low + count * step).toPrecision(12));
}

/** The place of a value in its domain, from 0 to 1, as {@link valueAt} takes it; of one of several values the middle of its part. */
export function placeOf(domain: Domain, value: Json): number {
  const count = valuesOf(domain);
  if (domain.kind === "choice") return (domain.values.findIndex((each) => isSame(each, value)) + 0.5) / count;
  const number = Number(value);
  const { low, high } = domain;
  if (domain.kind === "log") {
    const [from, to] = domain.isWhole ? [low - 0.5, high + 0.5] : [low, high];
    return (log(number) - log(from)) / (log(to) - log(from));
  }
  if (domain.step === undefined) return (number - low) / (high - low);
  return (Math.round((number - low) / domain.step) + 0.5) / count;
}

/** The values that a grid takes of a domain: all, or so many of a continuous one, its ends among them. */
export function gridValues(domain: Domain, points: number): readonly Json[] {
  const count = valuesOf(domain);
  if (domain.kind === "choice") return domain.values;
  const { low, high } = domain;
  if (domain.kind === "range" && domain.step !== undefined) {
    const { step } = domain;
    return Array.from({ length: count }, (_, i) => stepValue(low, step, i));
  }
  const most = Math.min(points, count);
  const spread = Array.from({ length: most }, (_, i) => {
    if (i === 0) return low;
    if (i === most - 1) return high;
    const part = i / (most - 1);
    if (domain.kind === "range") return low + part * (high - low);
    const value = exp(log(low) + part * (log(high) - log(low)));
    return domain.isWhole ? Math.round(value) : value;
  });
  return [...new Set(spread)];
}
