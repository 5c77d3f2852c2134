import { type AugmentOptions, readAugment } from "../data/augment.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { checkReadSettings } from "../data/read/settings.ts";
import { GEARS, type Gear } from "../engine/gears.ts";
import { InputTypeError, shown } from "../errors.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";
import { type Averaging, parseAveraging } from "../training/averaging.ts";
import { type PredictionSettings, readPredictionSettings } from "../training/evaluate.ts";
import { readEvaluations, type SampleEvaluation } from "../training/reports.ts";
import { SAMPLING, type Sampling } from "../training/sampling.ts";
import { parseSchedule, type Schedule } from "../training/schedules.ts";
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

/** {@link AugmentOptions} as a type that fits JSON, which interfaces do not. */
type Augmentation = { readonly [name in keyof AugmentOptions]: AugmentOptions[name] };

/** All of a run's settings that are not the model's own: a checkpoint holds them, so that the run can go on. */
export type RunSettings = {
  /** Name of the built-in network, or of the file that describes it. */
  readonly network: string;
  /** True: network and settings began as a recipe of that name. */
  readonly isRecipe: boolean;
  readonly data: DataSettings;
  readonly epochs: number;
  readonly schedule: Schedule;
  readonly augment: Augmentation | null;
  readonly sampling: Sampling;
  /** Null: as many as take each image once. */
  readonly stepsPerEpoch: number | null;
  /** Steps that a mean of the training figures spans; null for none. */
  readonly averageEvery: number | null;
  /** Evaluations in the course of the epochs. */
  readonly evaluations: readonly SampleEvaluation[];
  /** Statistics and views of validation and test. */
  readonly prediction: PredictionSettings;
  readonly averaging: Averaging | null;
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
  "isRecipe",
  "sampling",
  "stepsPerEpoch",
  "averageEvery",
  "evaluations",
  "prediction",
  "averaging",
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
  // Settings that earlier versions did not have get the values that they worked with.
  const { isRecipe = false, sampling = "shuffle", evaluations = [], prediction = {}, averaging = null } = fields;
  if (typeof isRecipe !== "boolean") throw new InputTypeError(WHO, "isRecipe to be true or false", shown(isRecipe));
  return {
    network: readText("network", network),
    data: readDataSettings(data),
    epochs: checkNumber(WHO, "epochs", epochs, { whole: true, minimum: 1 }),
    schedule: parseSchedule(schedule),
    augment: augment === null ? null : readAugment(augment),
    isRecipe,
    sampling: SAMPLING.read(WHO, "sampling", sampling),
    stepsPerEpoch: readCount("stepsPerEpoch", fields.stepsPerEpoch ?? null),
    averageEvery: readCount("averageEvery", fields.averageEvery ?? null),
    evaluations: readEvaluations(WHO, evaluations),
    prediction: readPredictionSettings(`${WHO}: prediction`, prediction),
    averaging: averaging === null ? null : parseAveraging(averaging),
    earlyStopping: readCount("earlyStopping", fields.earlyStopping),
    reduceOnPlateau: readCount("reduceOnPlateau", fields.reduceOnPlateau),
    engine: readType(`${WHO}: engine`, engine, GEARS),
  };
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

function readCount(name: string, value: unknown): number | null {
  return value === null ? null : checkNumber(WHO, name, value, { whole: true, minimum: 1 });
}

function readText(name: string, value: unknown): string {
  if (typeof value !== "string") throw new InputTypeError(WHO, `${name} to be text`, typeof value);
  return value;
}
