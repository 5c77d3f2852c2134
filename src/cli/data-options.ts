import { type Command, Option } from "commander";
import { READ_SETTINGS, type ReadSettings } from "../data/read/settings.ts";
import { flagName } from "../options/names.ts";
import type { OptionSpec } from "../options/schema.ts";
import { writeWord } from "./option-words.ts";
import { schemaOption } from "./schema-option.ts";

/** The options that say how files of data are to be read: the readers' settings, but for how pixels are scaled. */
export type FileOptions = Omit<ReadSettings, "stretch" | "scaling"> & {
  /** Pixels are not brought to 0 to 255, which commands do unless told. */
  readonly keepValues?: boolean | undefined;
  /** False: decoded pictures are not kept, nor taken from where they are kept. */
  readonly cache?: boolean | undefined;
};

const KEEP_VALUES = "--keep-values";

/** The readers' settings that are options of their own. */
const SETTINGS = Object.entries<OptionSpec>(READ_SETTINGS).filter(([key]) => key !== "stretch" && key !== "scaling");

/** Formats that {@link addFileOptions} accepts as data, for help texts. */
export const FILE_FORMATS = "IDX, NumPy, HDF5, safetensors, CSV, CIFAR, or pictures by folders or a list";

/** Names of the options for files of data that are shown without `--help-all`. */
export const COMMON_FILE_OPTIONS = SETTINGS.filter(([, { rare }]) => !rare).map(([key]) => flagName(key));

/** Adds the options that say how files of data are to be read. */
export function addFileOptions(command: Command): Command {
  const options = SETTINGS.map(([key, spec]) => schemaOption(["data", "reader"], key, spec));
  const keep = new Option(KEEP_VALUES, "pixels that are no bytes stay as they are, and are not brought to 0 to 255");
  const strict = new Option(`--no-${flagName("skipBroken").slice(2)}`, "any file that cannot be read is an error");
  const anew = new Option("--no-cache", "decode pictures anew, and keep nothing of them in the cache folder");
  for (const option of [...options, keep, strict, anew]) command.addOption(option);
  return command;
}

/** Flag of the first of these options that was given; undefined if none. */
export function givenFileOption({ keepValues, ...options }: FileOptions): string | undefined {
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(options));
  const found = SETTINGS.find(([key]) => given.get(key) !== undefined);
  if (found !== undefined) return flagName(found[0]);
  return keepValues === undefined ? undefined : KEEP_VALUES;
}

/**
 * The readers' settings of these options. Pixels are brought to 0 to 255, the unit that networks scale their input from,
 * unless they are to be kept.
 */
export function readSettings({ keepValues = false, ...options }: FileOptions): ReadSettings {
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(options));
  const settings = SETTINGS.flatMap(([key]) => (given.get(key) === undefined ? [] : [[key, given.get(key)]]));
  return { ...Object.fromEntries(settings), stretch: !keepValues };
}

/** The words of a command line that give these settings. */
export function settingsArguments(settings: ReadSettings): string[] {
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(settings));
  const words = SETTINGS.flatMap(([key, { kind }]) => {
    const value = given.get(key);
    if (value === undefined) return [];
    if (kind.field !== "flag") return [flagName(key), writeWord(kind, value)];
    if (value === true) return [flagName(key)];
    return key === "skipBroken" ? [`--no-${flagName(key).slice(2)}`] : [];
  });
  return settings.stretch === false ? [...words, KEEP_VALUES] : words;
}
