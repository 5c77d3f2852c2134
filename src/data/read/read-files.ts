/**
 * Files of any known format as data sets; the format follows from their content, as far as possible.
 *
 * @module
 */

import { type InputError, InputRangeError, isInputError, retold } from "../../errors.ts";
import { readOptions } from "../../options/schema.ts";
import { type AnyDataset, createDataset } from "../dataset.ts";
import type { PictureFit } from "../picture-fit.ts";
import type { PixelScaling } from "../scaling.ts";
import { splitStratified } from "../split.ts";
import { settingsFor } from "./applicable.ts";
import { readHdf5Files, readNpyFiles, readSafetensorsFiles, shown, stem } from "./array-files.ts";
import { readCifar } from "./cifar.ts";
import { sortByClass } from "./class-folders.ts";
import { readPictures, sizeNote } from "./class-pictures.ts";
import { readCsv } from "./csv.ts";
import { imageTables } from "./csv-files.ts";
import type { DataFile } from "./data-file.ts";
import { sortByKind } from "./file-kinds.ts";
import { formatName } from "./formats.ts";
import { readIdxFiles } from "./idx-files.ts";
import { LeftOut } from "./left-out.ts";
import { filesOf, sortByLists } from "./listed-pictures.ts";
import type { ReadContext, ReadDataOptions } from "./options.ts";
import { makeDatasets, oneClassNote, type Part, type Parts, type ReadData } from "./parts.ts";
import { type PictureCache, throughCache } from "./picture-cache.ts";
import type { PictureFacts } from "./picture-facts.ts";
import { checkReadSettings, READ_SETTINGS, type ReadSettings, type ReadValues } from "./settings.ts";
import { type StreamedParts, streamedDatasets } from "./streamed-parts.ts";
import { picturesAreStreamed } from "./streamed-pictures.ts";
import { scaleParts } from "./stretch.ts";
import { readTar } from "./tar.ts";
import { isZip, readZip } from "./zip.ts";

/** The data sets that are there. */
type DatasetParts = Pick<ReadData<AnyDataset>, "train" | "test" | "validation">;

/** Deepest nesting of folders. */
const MAX_FOLDERS = 100;

/** Deepest nesting of archives: `.tar.gz` is one. */
const MAX_DEPTH = 2;

/**
 * Reads data sets from files of one format: IDX, NumPy's `.npy` and `.npz`, HDF5, CSV, CIFAR's batches, pictures in folders or in lists,
 * each plain, packed with gzip, or in a ZIP or tar archive.
 *
 * @param cache keeps decoded pictures
 * @throws RangeError if the format is not known, or a file is wrong
 */
export function readDataFiles(
  files: readonly DataFile[],
  options?: ReadDataOptions & { readonly streaming?: false | undefined },
  cache?: PictureCache,
): Promise<ReadData>;
export function readDataFiles(
  files: readonly DataFile[],
  options: ReadDataOptions,
  cache?: PictureCache,
): Promise<ReadData<AnyDataset>>;
export async function readDataFiles(
  files: readonly DataFile[],
  options: ReadDataOptions = {},
  cache?: PictureCache,
): Promise<ReadData<AnyDataset>> {
  const { decodeImage, decodeAhead, onProgress, signal, usual = {}, ...others } = options;
  const given = checkReadSettings("readData", others);
  const settings = readOptions("readData", READ_SETTINGS, given);
  const leftOut = new LeftOut(settings);
  const asked: Asked = { given, usual: checkReadSettings("readData: usual", usual), cache };
  const context = { ...settings, decodeImage, decodeAhead, onProgress, signal, leftOut };
  const { format, pictures, cached, notes: found, ...reading } = await readParts(tidied(files), context, asked, 0);
  const notes = [...found, ...leftOut.notes()];
  const fitted = (scaling: PixelScaling) => withFit(scaling, pictures && fitOf(context, asked));
  const who = `read ${format}`;
  const { notes: scalingNotes, ...datasets } =
    reading.streamed === undefined
      ? datasetsOf(who, reading.parts, settings, format, fitted)
      : await streamedDatasets(who, reading.streamed, context, fitted);
  const { split, splitSeed } = settings;
  const data: DatasetParts = split === undefined ? datasets : splitOff(datasets, split, splitSeed);
  const one = oneClassNote(data.train);
  return {
    format,
    ...data,
    ...(pictures !== undefined && { pictures }),
    ...(cached && { cached }),
    notes: [...notes, ...scalingNotes, ...(one === undefined ? [] : [one])],
  };
}

/** The data sets of parts in memory, with notes on their scaling. */
function datasetsOf(
  who: string,
  parts: Parts,
  settings: ReadValues,
  format: string,
  fitted: (scaling: PixelScaling) => PixelScaling,
): DatasetParts & Pick<ReadData, "notes"> {
  // Version 0.1 left IDX files as they are.
  const stretch = format === "IDX" && settings.stretch === "former" ? false : settings.stretch;
  const { notes, ...scaled } = scaleParts(parts, { ...settings, stretch });
  const { classNames, labelSets } = parts;
  const all = { ...scaled, scaling: fitted(scaled.scaling), classNames, labelSets };
  const made = makeDatasets(who, all, (facts, { images }: Part) => createDataset({ ...facts, images }));
  return { ...made, notes };
}

/** The way that pictures are brought to their shape: as the settings say, else as those of a model were. */
function fitOf({ scaling }: Pick<ReadContext, "scaling">, { given, usual }: Asked): PictureFit | undefined {
  return given.fit ?? usual.fit ?? scaling?.fit;
}

/** A scaling that notes how pictures were brought to their shape; stretched where it says nothing. */
function withFit({ fit: _, ...scaling }: PixelScaling, fit: PictureFit | undefined): PixelScaling {
  return fit === undefined || fit === "stretch" ? scaling : { ...scaling, fit };
}

function splitOff({ train, test, validation }: DatasetParts, share: number, seed: number): DatasetParts {
  const isOnlyValidation = test !== undefined && test === validation;
  if (train === undefined || (test !== undefined && !isOnlyValidation)) {
    const got = `${test?.length ?? 0} images of its own`;
    throw new InputRangeError("split", "data without images to test on", got, "damaged-file");
  }
  const { rest, heldOut } = splitStratified(train, share, seed);
  return { train: rest, test: { ...heldOut, name: "test" }, ...(validation !== undefined && { validation }) };
}

/** The files that are not hidden, of several; the outermost folder, which the user named, may be hidden. */
function tidied(files: readonly DataFile[]): readonly DataFile[] {
  if (files.length === 1) return files;
  const isHidden = (word: string) => word.startsWith(".") || word === "__MACOSX";
  const visible = files.filter(({ name }) => {
    const words = name.split("/");
    return !words.slice(words.length > 1 ? 1 : 0).some(isHidden) && words[0] !== "__MACOSX";
  });
  const deep = visible.find(({ name }) => name.split("/").length > MAX_FOLDERS);
  if (deep !== undefined) {
    const got = JSON.stringify(`${deep.name.slice(0, 60)}...`);
    throw new InputRangeError("readData", `at most ${MAX_FOLDERS} folders in each other`, `more (${got})`, "too-large");
  }
  if (visible.length > 0) return visible;
  throw new InputRangeError(
    "readData",
    "files of data",
    files.length === 0 ? "none" : "only hidden ones",
    "damaged-file",
  );
}

interface Found extends Parts {
  readonly pictures?: PictureFacts | undefined;
  readonly cached?: true;
  readonly notes?: readonly string[];
  readonly streamed?: StreamedParts | undefined;
}

/** The settings that the caller gave, settings that apply if the files' format has them, and the cache of decoded pictures. */
interface Asked {
  readonly given: ReadSettings;
  readonly usual: ReadSettings;
  readonly cache: PictureCache | undefined;
}

interface Reading {
  readonly format: string;
  readonly parts: Parts;
  /** In place of these, where pixels stay in their files. */
  readonly streamed: StreamedParts | undefined;
  readonly pictures: PictureFacts | undefined;
  readonly cached: true | undefined;
  readonly notes: readonly string[];
}

async function readParts(
  files: readonly DataFile[],
  context: ReadContext,
  asked: Asked,
  depth: number,
): Promise<Reading> {
  const { kind, files: own, others, lists } = await sortByKind(files, context);
  if (kind === "archive") return readArchives(own, context, asked, depth);
  if (kind === "pickle") {
    const what = "a Python pickle, which is never run; CIFAR has a binary version, NumPy writes .npz";
    throw new InputRangeError(`readData ${shown(own)}`, "a known format", what, "unsupported-file");
  }
  const format = formatName(kind);
  const options = { ...context, ...settingsFor(format, asked.given, asked.usual) };
  const reading = ({ notes = [], pictures, cached, streamed, ...parts }: Found): Reading => ({
    format,
    parts,
    streamed,
    pictures,
    cached,
    notes,
  });
  switch (kind) {
    case "idx":
      return reading(await readIdxFiles(own, others, options));
    case "npy":
      return reading(await readNpyFiles(own, options));
    case "safetensors":
      return reading(await readSafetensorsFiles(own, options));
    case "hdf5":
      return reading(await readHdf5Files(own, [], options));
    case "csv": {
      const tables = await imageTables(own);
      const { train, test } = byPart(tables.files);
      const found = await readCsv(only(train), only(test), options);
      return reading({ ...found, notes: [...tables.notes, ...found.notes] });
    }
    case "CIFAR-10":
    case "CIFAR-100": {
      const { train, test } = byPart(own);
      return reading(await readCifar(kind, train, test, others, options));
    }
    case "picture": {
      const listed = lists.length > 0 ? await sortByLists(lists, own, options) : undefined;
      const pictures = listed === undefined ? own : filesOf(listed);
      const fitted = {
        ...options,
        fit: fitOf(options, asked),
        streaming: await picturesAreStreamed(pictures, options),
      };
      const cache = fitted.streaming ? undefined : asked.cache;
      const found = await throughCache(cache, [...lists, ...pictures], fitted, () =>
        readPictures(listed ?? sortByClass(own, options.leftOut), fitted),
      );
      const note = sizeNote(found.pictures, fitted);
      return reading(note === undefined ? found : { ...found, notes: [...found.notes, note] });
    }
  }
}

/** Files in the order of their names, those with "test" in it apart. */
function byPart(files: readonly DataFile[]): { train: DataFile[]; test: DataFile[] } {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isTest = ({ name }: DataFile) => /(^|[^a-z])test/i.test(name.split("/").at(-1) ?? "");
  return { train: sorted.filter((file) => !isTest(file)), test: sorted.filter(isTest) };
}

function only(files: readonly DataFile[]): DataFile | undefined {
  if (files.length <= 1) return files[0];
  throw new InputRangeError(
    "readData",
    'one file to train on and one with "test" in its name',
    shown(files),
    "damaged-file",
  );
}

/** The content of archives; of several, each one's files under its name. */
async function readArchives(
  archives: readonly DataFile[],
  context: ReadContext,
  asked: Asked,
  depth: number,
): Promise<Reading> {
  if (depth >= MAX_DEPTH)
    throw new InputRangeError(`readData ${shown(archives)}`, "data", "archives in each other", "damaged-file");
  const files: DataFile[] = [];
  for (const archive of archives) {
    const inside = isZip(await archive.start(4))
      ? await readZip(archive, context)
      : await readTar(archive, context.leftOut);
    const prefix = archives.length > 1 ? `${stem(archive)}/` : "";
    files.push(...inside.map((file) => ({ ...file, name: prefix + file.name })));
  }
  if (files.length === 0)
    throw new InputRangeError(`readData ${shown(archives)}`, "files in the archive", "none", "damaged-file");
  try {
    return await readParts(tidied(files), context, asked, depth + 1);
  } catch (error) {
    throw isInputError(error) ? within(archives, error) : error;
  }
}

/** An error that names the archive too. */
function within(archives: readonly DataFile[], error: InputError): InputError {
  if (error.who.includes(JSON.stringify(archives[0].name))) return error;
  return retold(error, { who: `${shown(archives)}: ${error.who}` });
}
