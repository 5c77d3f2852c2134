import { InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { OptionKind } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";

/**
 * Weights of classes: one for each in their order; by name or index, 1 for the others; or `"balanced"` for n / (k * count) of
 * a class with `count` of the n training images, with k classes that have some, as scikit-learn's.
 */
export type ClassWeight = "balanced" | readonly number[] | { readonly [nameOrIndex: string]: number };

const WANTED = "balanced, a list of numbers, or an object of numbers by classes";

/** Weights of classes. */
export const CLASS_WEIGHT: OptionKind<ClassWeight, ClassWeight> = {
  field: "value",
  words: ["balanced"],
  wanted: WANTED,
  read(who, key, value) {
    const weightOf = (name: string, weight: unknown) =>
      checkNumber(who, `${key}[${name}]`, weight, { minimum: 0, float32: true });
    if (value === "balanced") return value;
    if (Array.isArray(value)) return value.map((weight: unknown, i) => weightOf(String(i), weight));
    if (isRecord(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, weight]) => [name, weightOf(name, weight)]));
    }
    throw new InputTypeError(who, `${key} to be ${WANTED}`, shown(value));
  },
};
