import { Option } from "commander";
import { OPTION_HELP } from "../../build/option-help.js";
import { flagName } from "../options/flag-names.ts";
import type { OptionSpec } from "../options/schema.ts";
import { placeholderOf, readWord } from "./option-words.ts";

/**
 * The option of the command line for one of a schema, without a default: what is not given, its reader fills in.
 *
 * @param place where `src/schemas.ts` has the schema: group and type
 * @param short the option's letter with what parts it from its name, such as "-e, "
 */
export function schemaOption(
  [group, type]: readonly [group: string, type: string],
  key: string,
  { kind, default: fallback, formats }: OptionSpec,
  short = "",
): Option {
  const placeholder = placeholderOf(kind);
  const prefix = formats === undefined ? "" : `${formats.join(", ")}: `;
  const help = `${prefix}${helpLine(OPTION_HELP[group][type][key])}`;
  if (placeholder === undefined) return new Option(flagName(key), help);
  const flags = `${short}${flagName(key)} <${placeholder}>`;
  const usual = fallback === undefined ? "" : ` (default: ${fallback})`;
  return new Option(flags, `${help}${usual}`).argParser((word) => readWord(kind, key, word));
}

/** A sentence as a line of help: without a capital at its start, and without its full stop. */
function helpLine(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
