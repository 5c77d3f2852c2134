/**
 * Readers of objects from JSON or plain JavaScript, whose types are not known.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { adviceOn, type OtherOptions, unknownOption } from "./meant.ts";

/** The fields of an object whose keys were checked, and whose values were not. */
export type Fields<Name extends string> = { readonly [name in Name]?: unknown };

/**
 * Checks that `value` is an object with no other keys than `names`, and returns it.
 *
 * @param elsewhere options of other calls, which messages tell of
 * @throws TypeError if it is not an object, or has other keys
 */
export function readFields<Name extends string>(
  who: string,
  value: unknown,
  names: readonly Name[],
  elsewhere?: OtherOptions,
): Fields<Name> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputTypeError(who, "an object", shown(value));
  }
  const known: ReadonlySet<string> = new Set(names);
  for (const key of Object.keys(value)) {
    if (!known.has(key)) throw unknownOption(who, key, names, elsewhere);
  }
  return value;
}

/**
 * Reads the `type` of an object from untrusted JSON, or a bare string, which has to be one of `types`.
 *
 * @throws TypeError if there is no such string
 * @throws RangeError if it is none of `types`
 */
export function readType<Type extends string>(who: string, value: unknown, types: readonly Type[]): Type {
  const type =
    typeof value === "object" && value !== null && Object.hasOwn(value, "type") && "type" in value ? value.type : value;
  const found = types.find((candidate) => candidate === type);
  if (found !== undefined) return found;
  const expected = `one of ${types.join(", ")}`;
  if (typeof type === "string")
    throw new InputRangeError(who, expected, shown(type), "unknown-name", adviceOn(type, types));
  throw new InputTypeError(who, expected, shown(type));
}
