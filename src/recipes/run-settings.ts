import type { ReadSettings } from "../data/read/settings.ts";
import { checkReadSettings } from "../data/read/settings.ts";
import { ENGINES } from "../engine/engine-names.ts";
import { InputTypeError } from "../errors.ts";
import type { Json } from "../json.ts";
import { choice, flag, type OptionKind, text } from "../options/kinds.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";
import { type OptionSchema, readOptions, type ValuesOf } from "../options/schema.ts";
import { RUN_PLAN } from "../training/plan.ts";
import { type Draw, type ImageRange, readRange, readTestRange, type TestRange } from "./data-split.ts";

/** The data of a run, with a checksum that tells whether it is still the same. */
export type DataSettings = {
  readonly source: "mnist" | "digits" | "folder";
  /** Path of the folder or the file; null where the program finds the data itself. */
  readonly folder: string | null;
  /** Settings of the readers, where not all are defaults. */
  readonly reader?: ReadSettings;
  /** Largest number of images; null for all. */
  readonly limit: number | null;
  /** Images to train on; null for all. */
  readonly trainRange: ImageRange | null;
  /** Images to test on; null for all of the test set. */
  readonly testRange: TestRange | null;
  /**
   * Images for validation: a number, or a fraction below 1, of those to train on; or the images to test on; null for
   * none.
   */
  readonly validation: number | "test" | null;
  /** Rule by which `limit` and `validation` take images. Missing, as in earlier versions: `order`. */
  readonly draw?: Draw;
  /** SHA-256 of pixels and labels, before images are held out; null where it could not be computed. */
  readonly sha256: string | null;
};

/** Settings of a run that are neither the model's own nor of its plan. */
const OWN = {
  /** Name of the built-in network, or of the file that describes it. */
  network: { kind: text() },
  /** Network and settings began as a recipe of that name. */
  isRecipe: { kind: flag(), default: false },
  /** Where the images come from. */
  data: { kind: dataSettings() },
  /** Kernels that computed. */
  engine: { kind: choice(ENGINES) },
} as const satisfies OptionSchema;

/** All of a run's settings that are not the model's own: a checkpoint holds them, so that the run can go on. */
export const RUN_SETTINGS = { ...OWN, ...RUN_PLAN };

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

/** Settings as files keep them: what there is none of is null. */
export function settingsJson(settings: RunSettings): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value ?? null]));
}

function dataSettings(): OptionKind<DataSettings, DataSettings> {
  return { field: "value", wanted: "an object", read: (_who, _key, value) => readDataSettings(value) };
}

const DATA_KEYS = [
  "source",
  "folder",
  "reader",
  "limit",
  "trainRange",
  "testRange",
  "validation",
  "draw",
  "sha256",
] as const satisfies readonly (keyof DataSettings)[];

/** Reads the data of a run's settings, from JSON that is not to be trusted. */
export function readDataSettings(json: unknown): DataSettings {
  const fields = readFields(WHO, json, DATA_KEYS);
  const { source, folder, limit, validation, sha256, trainRange = null, testRange = null, reader, draw } = fields;
  return {
    source: readType(`${WHO}: source`, source, ["mnist", "digits", "folder"] as const),
    folder: folder === null ? null : readText("folder", folder),
    ...(reader !== undefined && { reader: checkReadSettings(`${WHO}: reader`, reader) }),
    limit: limit === null ? null : checkNumber(WHO, "limit", limit, { whole: true, minimum: 1 }),
    trainRange: trainRange === null ? null : readRange(`${WHO}: trainRange`, trainRange),
    testRange: testRange === null ? null : readTestRange(`${WHO}: testRange`, testRange),
    validation:
      validation === null || validation === "test"
        ? validation
        : checkNumber(WHO, "validation", validation, { above: 0 }),
    ...(draw !== undefined && { draw: readType(`${WHO}: draw`, draw, ["order", "classes"] as const) }),
    sha256: sha256 === null ? null : readText("sha256", sha256),
  };
}

function readText(name: string, value: unknown): string {
  if (typeof value !== "string") throw new InputTypeError(WHO, `${name} to be text`, typeof value);
  return value;
}
