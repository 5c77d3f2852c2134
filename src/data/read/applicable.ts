import { InputRangeError } from "../../errors.ts";
import { flagAndKey } from "../../options/flag-names.ts";
import { readOptions } from "../../options/schema.ts";
import { type DataKind, formatName } from "./formats.ts";
import { READ_SETTINGS, type ReadSettings, type ReadValues, type SettingSpec } from "./settings.ts";

const SPECS: { readonly [key: string]: SettingSpec } = READ_SETTINGS;

/** Names of the formats that a setting is for, such as "NumPy, HDF5"; undefined for settings of all formats. */
export function formatsOf(key: string): string | undefined {
  return SPECS[key].formats?.map(formatName).join(", ");
}

/** The settings among a reader's that hold for files of any format. */
export function generalSettings(settings: ReadSettings): ReadSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => SPECS[key].formats === undefined));
}

/**
 * The settings for files of a kind, complete: those that were given, of the usual ones those that the kind knows, and the defaults.
 *
 * @throws RangeError if a given one is for other formats
 */
export function settingsFor(kind: DataKind, given: ReadSettings, usual: ReadSettings): ReadValues {
  const isFor = (key: string) => SPECS[key].formats?.includes(kind) ?? true;
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === false || isFor(key)) continue;
    const expected = `${flagAndKey(key)} only with ${formatsOf(key)}`;
    throw new InputRangeError("readData", expected, `it with ${formatName(kind)}`, "contradiction");
  }
  const known = Object.entries(usual).filter(([key]) => isFor(key));
  return readOptions("readData", READ_SETTINGS, { ...Object.fromEntries(known), ...given });
}
