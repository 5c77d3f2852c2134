import { InputTypeError, shown } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import { type NewHead, withOutputs } from "../model/head.ts";
import type { OptionKind } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";

/** The classes that a model is to have: their names, or just their number. */
export type Classes = number | readonly string[];

/** Classes as an option. */
export const CLASSES: OptionKind<Classes, Classes> = {
  field: "value",
  wanted: "names of classes, or their number",
  read(who, key, value) {
    const list: unknown[] = Array.isArray(value) ? value : [];
    if (typeof value === "number") return checkNumber(who, key, value, { whole: true, minimum: 1 });
    if (list.length > 0 && list.every((name) => typeof name === "string")) return list;
    throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
  },
};

/** A model's network for some classes, and the names of these. */
export interface ForClasses extends NewHead {
  readonly classNames: readonly string[] | undefined;
}

/**
 * A model's network for classes: as it is where it has these already, in whatever order; else with a new head.
 *
 * @param names names of the model's classes
 * @throws RangeError if it does not end with a layer that gives its classes
 */
export function forClasses(
  architecture: Architecture,
  names: readonly string[] | undefined,
  classes: Classes,
  who: string,
): ForClasses {
  const wanted = typeof classes === "number" ? undefined : classes;
  const count = typeof classes === "number" ? classes : classes.length;
  const isSame = names === undefined || wanted === undefined || haveSame(names, wanted);
  if (isSame && count === architecture.outputs) return { architecture, fresh: [], classNames: names ?? wanted };
  return { ...withOutputs(architecture, count, who), classNames: wanted };
}

function haveSame(names: readonly string[], others: readonly string[]): boolean {
  const [a, b] = [names, others].map((list) => new Set(list.map((name) => name.normalize())));
  return a.size === b.size && [...a].every((name) => b.has(name));
}
