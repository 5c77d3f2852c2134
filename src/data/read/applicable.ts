import { InputRangeError } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";
import { type OptionSchema, readOptions } from "../../options/schema.ts";
import type { FormatName } from "./formats.ts";
import { READ_SETTINGS, type ReadSettings, type ReadValues } from "./settings.ts";

const SPECS: OptionSchema = READ_SETTINGS;

/** The settings among a reader's that hold for files of any format. */
export function generalSettings(settings: ReadSettings): ReadSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => SPECS[key].formats === undefined));
}

/**
 * The settings for files of a format, complete: those that were given, of the usual ones those that the format knows, and the defaults.
 *
 * @throws RangeError if a given one is for other formats
 */
export function settingsFor(format: FormatName, given: ReadSettings, usual: ReadSettings): ReadValues {
  const isFor = (key: string) => SPECS[key].formats?.includes(format) ?? true;
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === false || isFor(key)) continue;
    const expected = `${flagAndKey(key)} only with ${SPECS[key].formats?.join(", ")}`;
    throw new InputRangeError("readData", expected, `it with ${format}`, "contradiction");
  }
  const known = Object.entries(usual).filter(([key]) => isFor(key));
  return readOptions("readData", READ_SETTINGS, { ...Object.fromEntries(known), ...given });
}
