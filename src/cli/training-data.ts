import { existsSync } from "node:fs";
import { missingClasses } from "../data/classes.ts";
import type { AnyDataset } from "../data/dataset.ts";
import { lieTogether } from "../data/draw.ts";
import { splitFold } from "../data/folds.ts";
import { generalSettings } from "../data/read/applicable.ts";
import { READ_SETTINGS } from "../data/read/settings.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { InputRangeError } from "../errors.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { DataSettings } from "../recipes/run-settings.ts";
import { type SplitData, splitData } from "../recipes/split-data.ts";
import { isFormerRun } from "../training/run-reading.ts";
import { UsageError } from "./command-error.ts";
import type { Context } from "./context.ts";
import { type DataRequest, type DataSource, type LoadedData, loadData } from "./data-source.ts";
import { fingerprint } from "./fingerprint.ts";
import { count } from "./format.ts";

/** The images of a training run, in their parts. */
export interface TrainingData {
  readonly loaded: LoadedData;
  readonly train: AnyDataset;
  readonly validation: AnyDataset | undefined;
  /** Images to test on, unless they are those for validation. */
  readonly test: AnyDataset | undefined;
  /** The choice of images for validation. */
  readonly choice: DataSettings["validation"];
  /** The way in which images were chosen for limit and validation; undefined where none were. */
  readonly draw: Draw | undefined;
  readonly sha256: string;
}

/** Settings that choose among the images. */
export interface DataChoice extends Pick<DataSettings, "limit" | "trainRange" | "testRange" | "draw" | "fold"> {
  /** Undefined: the data's own part for validation, where it has one. */
  readonly validation: DataSettings["validation"] | undefined;
  /** Share for validation where nobody says one, and the data has no images to validate or test on. */
  readonly heldOut?: number;
}

/**
 * Loads the data and divides it up: first the limit, then what is held out.
 *
 * @param request how files are read, and scaled, where that is not as a new run does
 * @param noted the checksum of the data of an earlier run, which this one goes on with
 */
export async function prepareData(
  source: DataSource,
  choice: DataChoice,
  context: Context,
  request: Pick<DataRequest, "usual" | "scaling"> = {},
  noted?: string | null,
): Promise<TrainingData> {
  const prepare = () => loadAndDivide(source, choice, context, request, noted);
  const { once } = context;
  return once === undefined ? prepare() : once(JSON.stringify([source, choice, request, noted]), prepare);
}

async function loadAndDivide(
  source: DataSource,
  choice: DataChoice,
  context: Context,
  request: Pick<DataRequest, "usual" | "scaling">,
  noted: string | null | undefined,
): Promise<TrainingData> {
  const loaded = await loadData(source, { ...request, limit: imagesNeeded(choice) }, context);
  const { train: all, test } = loaded;
  if (all === undefined) {
    const got = test === undefined ? "none" : `only ${count(test.length)} to test on`;
    throw new InputRangeError("train", `images to train on in ${loaded.title}`, got);
  }
  const { limit, trainRange, testRange, fold, heldOut = null } = choice;
  const own = loaded.validation;
  const usual = test === undefined && all.length > 1 && fold === undefined ? heldOut : null;
  const { validation = own !== undefined && fold === undefined ? "val" : usual } = choice;
  if (validation === "val" && own === undefined) {
    const expected = "a part for validation in the data, such as a folder val beside train";
    const advice = "--validation 0.2 holds some of the images to train on out";
    throw new UsageError("--validation val", expected, "none", "missing", { advice });
  }
  const isChosen = limit !== null || typeof validation === "number";
  const draw = isChosen ? (choice.draw ?? drawOf(loaded, all)) : undefined;
  const most = limit === null ? all.length : Math.min(limit, all.length);
  if (typeof validation === "number" && (validation >= most || most < 2)) {
    const got = `${validation} for validation`;
    throw new UsageError("", `fewer than the ${count(most)} images to train on`, got, "out-of-range", {
      advice: "--no-validation holds none out",
    });
  }
  const { used, ...divided } = splitData(
    { train: all, test, validation: own },
    {
      ...(trainRange !== null && { train: trainRange }),
      ...(limit !== null && { limit }),
      ...(testRange !== null && { test: testRange }),
      ...(validation !== null && { validation }),
      draw: draw ?? "order",
      seed: splitSeedOf(loaded),
    },
  );
  const parts = fold === undefined ? divided : { ...divided, ...foldOf(divided.train, fold, splitSeedOf(loaded)) };
  // A few images that were named by their places, among mixed ones, are what was asked for.
  const isNamed = trainRange !== null && limit === null && !lieTogether(all);
  for (const note of partNotes(parts, isNamed)) context.output.remark(note);
  if (own !== undefined && own !== test && validation !== "val")
    context.output.remark(`${loaded.title}: its ${count(own.length)} images for validation are not used`);
  const isOne = validation === "val" && parts.test === parts.validation;
  return {
    loaded,
    ...parts,
    ...(isOne && { test: undefined }),
    choice: validation,
    draw,
    sha256: await fingerprint(used, noted),
  };
}

/** The images of a fold, such as "2/5", as those for validation, and all others to train on. */
function foldOf(data: AnyDataset, fold: string, seed: number): Pick<SplitData<AnyDataset>, "train" | "validation"> {
  const [number, of] = fold.split("/").map(Number);
  const { rest, heldOut } = splitFold(data, { index: number - 1, of }, seed);
  return { train: rest, validation: heldOut };
}

/**
 * The way in which images are chosen for `--limit` and `--validation`: each class gives its share, but IDX files and generated digits
 * keep their first and last images, as the recipes have it, unless images of one class lie together in them.
 */
export function drawOf({ source, format }: LoadedData, data: AnyDataset): Draw {
  const isMixed = source.source !== "folder" || format === "IDX";
  return isMixed && !lieTogether(data) ? "order" : "classes";
}

/** Seed of draws of images: the one that `--split` uses, too. */
export function splitSeedOf({ source }: LoadedData): number {
  return ("reader" in source ? source.reader?.splitSeed : undefined) ?? READ_SETTINGS.splitSeed.default;
}

/** Notes on the parts that are trained with, for people. */
function partNotes({ train, validation, test }: Omit<SplitData<AnyDataset>, "used">, isNamed: boolean): string[] {
  const notes = isNamed ? [] : [missingClasses(train, "the images to train on")];
  if (validation !== undefined && validation !== test)
    notes.push(missingClasses(validation, "the images held out for validation"));
  return notes.filter((note) => note !== undefined);
}

/** Number of images to train on that must exist; undefined for all. */
function imagesNeeded({ limit, trainRange, testRange }: DataChoice): number | undefined {
  if (limit === null && trainRange === null) return undefined;
  const train = Math.min(
    (trainRange?.[0] ?? 0) + (limit ?? Number.POSITIVE_INFINITY),
    trainRange?.[1] ?? Number.POSITIVE_INFINITY,
  );
  return testRange?.of === "train" ? Math.max(train, testRange.range[1]) : train;
}

/**
 * Loads the data of an earlier run again.
 *
 * @param scaling how the run's model has it; former runs have none, and their settings note that
 * @throws RangeError if it is not the same data
 */
export async function restoreData(
  settings: DataSettings,
  scaling: PixelScaling | undefined,
  context: Context,
): Promise<TrainingData> {
  const source = sourceOf("resume", settings, "--data says where it is");
  const choice = { ...settings, draw: settings.draw ?? "order" };
  const isFormer = isFormerRun(settings.reader, scaling);
  const request = { usual: settings.reader, scaling: isFormer ? ("former" as const) : scaling };
  const data = await prepareData(source, choice, context, request, settings.sha256);
  if (settings.sha256 !== null && data.sha256 !== settings.sha256) {
    const got = `${count(data.train.length)} others`;
    const expected = `the images that the run began with in ${data.loaded.title}`;
    throw new InputRangeError("resume", expected, got, "contradiction", { advice: "--data says where they are" });
  }
  return data;
}

/** The advice of an error where nobody knows the place of a run's data. */
export function noPlace(command: string): string {
  return `say where it is: ${command}`;
}

/**
 * The source of a run's data.
 *
 * @param remedy advice if it is not known, or is gone
 * @throws UsageError in these cases
 */
export function sourceOf(who: string, { source, folder, reader }: DataSettings, remedy: string): DataSource {
  if (folder !== null && !existsSync(folder)) {
    const got = `none in ${JSON.stringify(folder)}`;
    throw new UsageError(who, "the data that the run was trained on", got, "out-of-range", { advice: remedy });
  }
  if (source === "digits") return { source };
  if (source === "mnist") return { source, ...(folder !== null && { folder }) };
  if (folder === null) {
    throw new UsageError(who, "the place of the data that the run was trained on", "none", "missing", {
      advice: remedy,
    });
  }
  return { source, folder, ...(reader !== undefined && { reader: generalSettings(reader) }) };
}
