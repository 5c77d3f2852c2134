import { InputTypeError, shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import { readFields } from "../options/objects.ts";
import { pickOptions, readOptions } from "../options/schema.ts";
import { SEARCH, type SearchPlan, type SearchSettings } from "./options.ts";
import { readSettings } from "./read-run.ts";
import { readSpace, type Space, type SpaceInput } from "./space.ts";
import type { Settings } from "./trial.ts";

/** A search as its file has it: the space, what all trainings have in common, and the settings of the search. */
export interface SpaceFile extends SearchSettings {
  /** Parameters by the settings that they are of. */
  readonly space: SpaceInput;
  /** Settings of `train` that all trainings have: its options in camel case, or paths of settings. */
  readonly train?: { readonly [key: string]: Json };
  /** The data as `train` takes it: `mnist`, `digits`, a path, or an address. */
  readonly data?: string;
}

/** A search, read and complete. */
export interface ReadSpaceFile {
  readonly space: Space;
  readonly train: Settings;
  readonly data: string | undefined;
  readonly plan: SearchPlan;
  /** The same, as it was given. */
  readonly json: Json;
}

/**
 * Reads a search from JSON that is not to be trusted.
 *
 * @param given settings that come before those of the file, such as options of the command line
 * @throws TypeError, RangeError naming what is wrong
 */
export function readSpaceFile(json: unknown, given: SearchSettings = {}, who = "search"): ReadSpaceFile {
  const keys = Object.keys(SEARCH);
  const fields: { readonly [name: string]: unknown } = readFields(who, json, ["space", "train", "data", ...keys]);
  const { space, train = {}, data } = fields;
  if (data !== undefined && typeof data !== "string") {
    throw new InputTypeError(who, "data to be mnist, digits, a path or an address", shown(data));
  }
  if (!isRecord(train)) throw new InputTypeError(`${who}: train`, "an object of settings", shown(train));
  const fixed = readSettings(`${who}: train`, train);
  const plan = readOptions(who, SEARCH, { ...pickOptions(SEARCH, fields), ...pickOptions(SEARCH, given) });
  return {
    space: readSpace(space, fixed, "space"),
    train: fixed,
    data,
    plan,
    json: JSON.parse(JSON.stringify(json)),
  };
}
