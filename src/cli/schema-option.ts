import { type Command, Option } from "commander";
import { COMMAND_HELP } from "../../build/command-help.js";
import { OPTION_HELP } from "../../build/option-help.js";
import { flagName } from "../options/names.ts";
import type { OptionSchema, OptionSpec } from "../options/schema.ts";
import { COMMAND_OPTIONS } from "./command-options.ts";
import { placeholderOf, readWord } from "./option-words.ts";

/** The place where `src/schemas.ts` has a schema. */
export type Place = readonly [group: string, type: string];

/** The parts of an option's text on the command line that its schema does not have. */
export interface HelpExtras {
  /** The option's letter with what parts it from its name, such as "-e, ". */
  readonly letter?: string;
  /** Words after the line of help, in place of the default value. */
  readonly more?: string;
}

/** The line of help of an option. */
export function helpLine([group, type]: Place, key: string): string {
  return asLine(OPTION_HELP[group][type][key]);
}

/** A sentence as a line of help: without a capital at its start, and without its full stop. */
function asLine(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}

/**
 * The option of the command line for one of a schema, without a default: what is not given, its reader fills in. Words of a list
 * come as they are, for `readWords`.
 */
export function schemaOption(place: Place, key: string, spec: OptionSpec, told?: HelpExtras): Option {
  return optionOf(helpLine(place, key), key, spec, told);
}

function optionOf(help: string, key: string, spec: OptionSpec, { letter = "", more }: HelpExtras = {}): Option {
  const { kind, default: fallback, formats, flag = key } = spec;
  const prefix = formats === undefined ? "" : `${formats.join(", ")}: `;
  const line = `${prefix}${help}`;
  const placeholder = placeholderOf(kind);
  if (placeholder === undefined) return new Option(flagName(flag), `${line}${more ?? ""}`);
  const { choices = [] } = kind;
  const named =
    choices.every((each) => line.includes(each)) || placeholder.includes("|") ? "" : `: ${choices.join(", ")}`;
  const usual = fallback === undefined ? "" : ` (default: ${fallback})`;
  const option = new Option(`${letter}${flagName(flag)} <${placeholder}>`, `${line}${named}${more ?? usual}`);
  return kind.item === undefined ? option.argParser((word) => readWord(kind, key, word)) : option;
}

/**
 * Adds the numbers that only this command takes.
 *
 * @param told differences from the schema, by their keys
 */
export function addOwnOptions(
  command: Command,
  name: keyof typeof COMMAND_OPTIONS,
  told: { readonly [key: string]: HelpExtras } = {},
): Command {
  const schema: OptionSchema = COMMAND_OPTIONS[name];
  for (const [key, spec] of Object.entries(schema)) {
    command.addOption(optionOf(asLine(COMMAND_HELP[name][key]), key, spec, told[key]));
  }
  return command;
}
