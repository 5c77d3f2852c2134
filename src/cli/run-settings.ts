import { type AugmentOptions, readAugment } from "../data/augment.ts";
import { GEARS, type Gear } from "../engine/gears.ts";
import { checkNumber, readFields, readType } from "../json-fields.ts";
import { parseSchedule, type Schedule } from "../training/schedules.ts";

/** Where the images of a run come from, and how to tell that they are still the same. */
export type DataSettings = {
  readonly source: "mnist" | "digits" | "folder";
  /** Null where the program looks for the data itself. */
  readonly folder: string | null;
  /** Only so many images, the first ones; null for all. */
  readonly limit: number | null;
  /** Held out for validation, the last ones: a number, or a fraction below 1; null for none. */
  readonly validation: number | null;
  /** SHA-256 of pixels and labels, before images are held out. */
  readonly sha256: string;
};

/** {@link AugmentOptions} as a type that fits JSON, which interfaces do not. */
type Augmentation = { readonly [name in keyof AugmentOptions]: AugmentOptions[name] };

/** All of a run's settings that are not the model's own: a checkpoint holds them, so that the run can go on. */
export type RunSettings = {
  /** Name of the built-in network, or of the file that describes it. */
  readonly network: string;
  readonly data: DataSettings;
  readonly epochs: number;
  readonly schedule: Schedule;
  readonly augment: Augmentation | null;
  /** Epochs without a better validation loss after which the run ends; null for never. */
  readonly earlyStopping: number | null;
  /** Epochs without a better validation loss after which the learning rate falls to a tenth; null for never. */
  readonly reduceOnPlateau: number | null;
  readonly engine: Gear;
};

const KEYS = [
  "network",
  "data",
  "epochs",
  "schedule",
  "augment",
  "earlyStopping",
  "reduceOnPlateau",
  "engine",
] as const satisfies readonly (keyof RunSettings)[];

const WHO = "resume: settings";

/**
 * Settings from a checkpoint, which is not to be trusted.
 *
 * @throws TypeError, RangeError for anything that `train` would not have written
 */
export function readRunSettings(json: unknown): RunSettings {
  const fields = readFields(WHO, json, KEYS);
  const { network, data, epochs, schedule, augment, engine } = fields;
  return {
    network: readText("network", network),
    data: readDataSettings(data),
    epochs: checkNumber(WHO, "epochs", epochs, { whole: true, minimum: 1 }),
    schedule: parseSchedule(schedule),
    augment: augment === null ? null : readAugment(augment),
    earlyStopping: readPatience("earlyStopping", fields.earlyStopping),
    reduceOnPlateau: readPatience("reduceOnPlateau", fields.reduceOnPlateau),
    engine: readType(`${WHO}: engine`, engine, GEARS),
  };
}

function readDataSettings(json: unknown): DataSettings {
  const fields = readFields(WHO, json, ["source", "folder", "limit", "validation", "sha256"]);
  const { source, folder, limit, validation, sha256 } = fields;
  return {
    source: readType(`${WHO}: source`, source, ["mnist", "digits", "folder"] as const),
    folder: folder === null ? null : readText("folder", folder),
    limit: limit === null ? null : checkNumber(WHO, "limit", limit, { whole: true, minimum: 1 }),
    validation: validation === null ? null : checkNumber(WHO, "validation", validation, { above: 0 }),
    sha256: readText("sha256", sha256),
  };
}

function readPatience(name: string, value: unknown): number | null {
  return value === null ? null : checkNumber(WHO, name, value, { whole: true, minimum: 1 });
}

function readText(name: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${WHO}: expected ${name} to be text, got ${typeof value}`);
  return value;
}
