import type { Json } from "../json.ts";
import type { OptionField } from "./kinds.ts";
import { labelOf } from "./names.ts";
import type { NumberRule } from "./numbers.ts";
import type { OptionSchema } from "./schema.ts";

/** One option of a layer, an optimizer or the like. */
export interface OptionDescription {
  /** Its name in programs and files, such as `weightDecay`. */
  readonly key: string;
  /** Its name in a form, such as "Weight decay". */
  readonly label: string;
  /** Help text: one sentence that says what the option is. */
  readonly help: string;
  /** Formats of files that know it, such as "CSV"; undefined where all do. */
  readonly formats: readonly string[] | undefined;
  readonly field: OptionField;
  /** The values to choose from, where these are few. */
  readonly choices: readonly string[] | undefined;
  /** The bounds of a number. */
  readonly rule: NumberRule | undefined;
  /** Allowed values in words, such as "a whole number at least 1". */
  readonly wanted: string;
  /** Its value where it is not given; undefined where it is required, or where there is none. */
  readonly default: Json | undefined;
  readonly isRequired: boolean;
  /** True for an option that few need: forms show it under "More options". */
  readonly isRare: boolean;
}

/**
 * The options of a schema, in its order.
 *
 * @param help lines of help by key
 */
export function describeSchema(
  schema: OptionSchema,
  help: Readonly<Record<string, string>>,
): readonly OptionDescription[] {
  return Object.entries(schema).map(([key, { kind, optional, default: fallback, formats, rare }]) => ({
    key,
    label: labelOf(key),
    help: help[key] ?? "",
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
