import type { ReadSettings } from "../data/read/settings.ts";
import { checkReadSettings } from "../data/read/settings.ts";
import { ENGINES } from "../engine/engine-names.ts";
import { InputTypeError, shown } from "../errors.ts";
import { isRecord, type Json } from "../json.ts";
import { nested } from "../options/compound.ts";
import { choice, flag, type OptionKind, text } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { BACKBONE } from "./backbone-settings.ts";
import type { RecipeChanges } from "./change-recipe.ts";
import { DATA_SPLIT } from "./data-split.ts";
import { FOLD } from "./fold.ts";

const READER: OptionKind<ReadSettings, ReadSettings> = {
  field: "value",
  wanted: "settings of the readers",
  read: (who, key, value) => checkReadSettings(`${who}: ${key}`, value),
};

/** The data of a run, as far as it is always noted: null where there is none. */
const NOTED_DATA = {
  /** Source of the images. */
  source: { kind: choice(["mnist", "digits", "folder"]) },
  /** Path of the folder or the file; null where the program finds the data itself. */
  folder: { kind: text(), optional: true },
  /** Largest number of images; null for all. */
  limit: DATA_SPLIT.limit,
  /** Images to train on; null for all. */
  trainRange: DATA_SPLIT.train,
  /** Images to test on; null for all of the test set. */
  testRange: DATA_SPLIT.test,
  /**
   * Images for validation: a number, or a fraction below 1, of those to train on; or the images to test on; null for
   * none.
   */
  validation: DATA_SPLIT.validation,
  /** SHA-256 of pixels and labels, before images are held out; null where it could not be computed. */
  sha256: { kind: text(), optional: true },
} as const satisfies OptionSchema;

/** The data of a run, as far as it is noted where it is not usual. */
const UNUSUAL_DATA = {
  /** Settings of the readers, where not all are defaults. */
  reader: { kind: READER, optional: true },
  /** Rule by which `limit` and `validation` take images. Missing, as in earlier versions: `order`. */
  draw: DATA_SPLIT.draw,
  /** Part of a cross-validation that is held out for validation, such as 2/5. */
  fold: { kind: FOLD, optional: true },
} as const satisfies OptionSchema;

/** The data of a run, with a checksum that tells whether it is still the same. */
export type DataSettings = {
  readonly [K in keyof ValuesOf<typeof NOTED_DATA>]: undefined extends ValuesOf<typeof NOTED_DATA>[K]
    ? Exclude<ValuesOf<typeof NOTED_DATA>[K], undefined> | null
    : ValuesOf<typeof NOTED_DATA>[K];
} & { readonly [K in keyof OptionsOf<typeof UNUSUAL_DATA>]: OptionsOf<typeof UNUSUAL_DATA>[K] };

/** Settings of a run that are neither the model's own nor of its plan. */
const OWN = {
  /** Name of the built-in network, or of the file that describes it. */
  network: { kind: text() },
  /** Network and settings began as a recipe of that name. */
  isRecipe: { kind: flag(), default: false },
  /** Settings of network and plan that were changed by their paths, as `--set` does. */
  set: { kind: changes(), optional: true },
  /** Name of the run or the model file whose weights it started with. */
  from: { kind: text(), optional: true },
  /** Network whose features it learns from. */
  backbone: { kind: nested(BACKBONE), optional: true },
  /** Path of the model whose answers it learns from. */
  teacher: { kind: text(), optional: true },
  /** Source and choice of the images. */
  data: { kind: dataSettings() },
  /** Kernels that computed. */
  engine: { kind: choice(ENGINES) },
} as const satisfies OptionSchema;

/** All of a run's settings that are not the model's own: a checkpoint holds them, so that the run can go on. */
const RUN_SETTINGS = { ...OWN, ...RUN_PLAN };

/** All of a run's settings that are not the model's own: a checkpoint holds them, so that the run can go on. */
export type RunSettings = ValuesOf<typeof RUN_SETTINGS>;

const WHO = "resume: settings";

/**
 * Settings from a checkpoint, which is not to be trusted. Options that earlier versions did not have mean what they did.
 *
 * @throws TypeError, RangeError for anything that `train` would not have written
 */
export function readRunSettings(json: unknown): RunSettings {
  return readOptions(WHO, RUN_SETTINGS, json);
}

/** Settings as JSON, in which missing values are null. */
export function settingsJson(settings: RunSettings): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value ?? null]));
}

/** New values by the paths of settings. */
function changes(): OptionKind<RecipeChanges, RecipeChanges> {
  return {
    field: "pairs",
    wanted: "an object of settings by their paths",
    read(who, key, value) {
      if (isRecord(value)) return JSON.parse(JSON.stringify(value));
      throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
    },
  };
}

function dataSettings(): OptionKind<DataSettings, DataSettings> {
  return { field: "value", wanted: "an object", read: (_who, _key, value) => readDataSettings(value) };
}

/** Reads the data of a run's settings, from JSON that is not to be trusted. */
export function readDataSettings(json: unknown): DataSettings {
  const { reader, draw, fold, ...noted } = readOptions(WHO, { ...NOTED_DATA, ...UNUSUAL_DATA }, json);
  return {
    source: noted.source,
    folder: noted.folder ?? null,
    ...(reader !== undefined && { reader }),
    limit: noted.limit ?? null,
    trainRange: noted.trainRange ?? null,
    testRange: noted.testRange ?? null,
    validation: noted.validation ?? null,
    ...(draw !== undefined && { draw }),
    ...(fold !== undefined && { fold }),
    sha256: noted.sha256 ?? null,
  };
}
