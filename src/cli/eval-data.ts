import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { AnyDataset } from "../data/dataset.ts";
import { generalSettings } from "../data/read/applicable.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { InputRangeError, isInputError } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { TestRange } from "../recipes/data-split.ts";
import { type DataSettings, readDataSettings } from "../recipes/run-settings.ts";
import { rangeOf } from "../recipes/split-data.ts";
import type { Model } from "../training/model.ts";
import { UsageError } from "./command-error.ts";
import { type Context, commandLine } from "./context.ts";
import { givenFileOption, readSettings } from "./data-options.ts";
import {
  type DataOptions,
  type DataSource,
  type LoadedData,
  loadData,
  readDataSource,
  scalingFor,
} from "./data-source.ts";
import { count } from "./format.ts";
import { type ModelFile, runNotes } from "./model-file.ts";
import { RunFolder } from "./run-folder.ts";
import { noPlace, sourceOf } from "./training-data.ts";

/** Options of `eval` that choose images. */
export interface EvalDataOptions extends DataOptions {
  /** False: all. */
  readonly testRange?: TestRange | false | undefined;
}

/** Images to test a model on, and what to call them. */
export interface TestData {
  readonly loaded: LoadedData;
  readonly test: AnyDataset;
  readonly title: string;
}

/**
 * The images that the command line names, else those that the model's run was tested on. How files are read, and which
 * images of the run's own data are meant, is as in the run where the command line says nothing else; pictures and rows of
 * numbers get the shape of the model's input.
 *
 * @throws UsageError if nobody knows where the data is; else as `loadData` does, or if there is nothing to test on
 */
export async function loadTestData(
  file: ModelFile,
  model: Model,
  argument: string | undefined,
  options: EvalDataOptions,
  context: Context,
): Promise<TestData> {
  const noted = await notedData(file);
  const isGiven = argument !== undefined || options.data !== undefined;
  const asked =
    isGiven || noted === undefined ? readDataSource(argument, options) : ownSource(noted, options, file, context);
  const isOwn = noted !== undefined && (!isGiven || isSame(asked, noted));
  const source = isOwn ? withReader(asked, noted.reader) : asked;
  const range = options.testRange === undefined ? (isOwn ? noted.testRange : null) : options.testRange || null;
  const [height, width, channels] = model.architecture.input.shape;
  // The run's notes on its own split do not hold for other data.
  const { split: _, splitSeed: _seed, ...read } = noted?.reader ?? {};
  const usual: ReadSettings = {
    size: [height, width],
    shape: [height, width, channels],
    ...((channels === 1 || channels === 3) && { channels }),
    ...read,
  };
  const request = { testOnly: range?.of !== "train", usual, scaling: scalingFor(model, options) };
  const loaded = await loadData(source, request, context);
  return { loaded, ...chosenImages(loaded, range, isGiven, context) };
}

function chosenImages(
  { train, test, title }: LoadedData,
  range: TestRange | null,
  isGiven: boolean,
  { output }: Context,
): Omit<TestData, "loaded"> {
  if (range !== null) {
    const { of, range: between } = range;
    const from = of === "train" ? train : test;
    if (from === undefined)
      throw new InputRangeError(
        "eval",
        `images to ${of === "train" ? "train" : "test"} on in ${title}`,
        "none",
        "missing",
      );
    const images = `images ${count(between[0])} to ${count(Math.min(between[1], from.length) - 1)}`;
    const part = of === "train" ? "to train on" : "to test on";
    return { test: rangeOf(from, between, "eval: --test-range"), title: `${title}, ${images} of those ${part}` };
  }
  if (test !== undefined) return { test, title };
  if (train === undefined || !isGiven) {
    const got = train === undefined ? "none" : "only some to train on";
    throw new InputRangeError("eval", `images to test on in ${title}`, got, "out-of-range", {
      advice: "name other data",
    });
  }
  output.remark(`${title}: no part to test on, so all ${count(train.length)} images are tested on`);
  return { test: train, title };
}

/** The source of the model's own data. */
function ownSource(noted: DataSettings, options: DataOptions, file: ModelFile, context: Context): DataSource {
  const source = sourceOf("eval", noted, noPlace(commandLine(context, "eval", file.path, "DATA")));
  const given = givenFileOption(options);
  if (given === undefined) return source;
  if (source.source !== "folder")
    throw new UsageError("", `${given} only with a file or folder of data`, "none", "contradiction");
  return { ...source, reader: { ...source.reader, ...readSettings(options) } };
}

function isSame(source: DataSource, noted: DataSettings): boolean {
  if (source.source !== noted.source) return false;
  return "folder" in source && source.folder !== undefined ? resolve(source.folder) === noted.folder : true;
}

/** A source that is divided up as the run did, where the command line says nothing else. */
function withReader(source: DataSource, reader: ReadSettings | undefined): DataSource {
  if (source.source !== "folder" || reader === undefined) return source;
  return { ...source, reader: { ...generalSettings(reader), ...source.reader } };
}

/** The notes that `train` made of its data in a model file, with the place that stands only in the settings beside it. */
async function notedData(file: ModelFile): Promise<DataSettings | undefined> {
  const noted = dataOf(runNotes(file));
  if (noted === undefined || noted.folder !== null) return noted;
  const text = await readFile(new RunFolder(dirname(file.path)).settings, "utf8").catch(() => "null");
  const beside = foundIn(text);
  const isOfRun = isRecord(beside) && beside.sha256 === noted.sha256 && typeof beside.folder === "string";
  return isOfRun ? { ...noted, folder: String(beside.folder) } : noted;
}

function foundIn(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json.data : undefined;
  } catch {
    return undefined;
  }
}

/** The data of a run's notes; undefined for notes that somebody else wrote. */
function dataOf(notes: Readonly<Record<string, unknown>> | undefined): DataSettings | undefined {
  if (notes?.data === undefined) return undefined;
  try {
    return readDataSettings(notes.data);
  } catch (error) {
    if (isInputError(error)) return undefined;
    throw error;
  }
}
