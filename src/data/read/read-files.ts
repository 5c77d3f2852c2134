/**
 * Files of any known format as data sets: which format they are of is told by their content, as far as possible.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { splitStratified } from "../split.ts";
import { cifarKind, readCifar } from "./cifar.ts";
import { readCsv } from "./csv.ts";
import { imageTables } from "./csv-files.ts";
import { type DataFile, isGzipFile, unpackedFile } from "./data-file.ts";
import { HDF5_START, isHdf5, withHdf5 } from "./hdf5.ts";
import { readIdxFiles } from "./idx-files.ts";
import { isPicture, isPictureName, readImageFolder } from "./image-folder.ts";
import { LeftOut } from "./left-out.ts";
import { readArrays } from "./named-arrays.ts";
import { isNpy, openNpy } from "./npy.ts";
import type { ArrayFile } from "./number-array.ts";
import type { ReadContext, ReadDataOptions } from "./options.ts";
import { makeDatasets, type Parts, type ReadData } from "./parts.ts";
import { stretched } from "./stretch.ts";
import { isTar, readTar } from "./tar.ts";
import { hasTextMark } from "./utf8-pieces.ts";
import { isZip, readZip } from "./zip.ts";

/** What a file is by its first bytes. `other` is none of these, such as a licence beside the data. */
type Kind = "archive" | "idx" | "npy" | "hdf5" | "csv" | "CIFAR-10" | "CIFAR-100" | "picture" | "pickle" | "other";

const START_BYTES = HDF5_START;

/** So many archives may be inside each other: `.tar.gz` is one. */
const MAX_DEPTH = 2;

/** Files beyond this are told by their names alone. */
const MANY_FILES = 200;

/** Names that go with data and hold none. */
const OTHER_NAMES =
  /\.(txt|md|html?|json|pdf|py|ipynb|licen[cs]e|xml|ya?ml|names|meta)$|^(readme|licen[cs]e|.*\.meta)$/i;

/**
 * Reads data sets from files of one format: IDX, NumPy's `.npy` and `.npz`, HDF5, CSV, CIFAR's batches, pictures in folders,
 * each plain, packed with gzip, or in a ZIP or tar archive.
 *
 * @throws RangeError if the format is not known, or a file is wrong
 */
export async function readDataFiles(files: readonly DataFile[], options: ReadDataOptions = {}): Promise<ReadData> {
  const leftOut = new LeftOut(options);
  const { format, parts, notes: found } = await readParts(tidied(files), { ...options, leftOut }, 0);
  const notes = [...found, ...leftOut.notes()];
  const { parts: final, note } = options.stretch ? stretched(parts) : { parts, note: undefined };
  const datasets = makeDatasets(`read ${format}`, final);
  const data = options.split === undefined ? datasets : splitOff(datasets, options.split, options.splitSeed);
  return { format, ...data, notes: note === undefined ? notes : [...notes, note] };
}

function splitOff(
  { train, test }: { train: Dataset | undefined; test: Dataset | undefined },
  share: number,
  seed: number | undefined,
) {
  if (train === undefined || test !== undefined) {
    const got = `${test?.length ?? 0} images of its own`;
    throw new RangeError(`split: expected data without images to test on, got ${got}`);
  }
  const { rest, heldOut } = splitStratified(train, share, seed);
  return { train: rest, test: { ...heldOut, name: "test" } };
}

/** Of several files those that are not hidden; the outermost folder, which the user named, may be. */
function tidied(files: readonly DataFile[]): readonly DataFile[] {
  if (files.length === 1) return files;
  const isHidden = (word: string) => word.startsWith(".") || word === "__MACOSX";
  const visible = files.filter(({ name }) => {
    const words = name.split("/");
    return !words.slice(words.length > 1 ? 1 : 0).some(isHidden) && words[0] !== "__MACOSX";
  });
  if (visible.length > 0) return visible;
  throw new RangeError(`readData: expected files of data, got ${files.length === 0 ? "none" : "only hidden ones"}`);
}

interface Found extends Parts {
  readonly notes?: readonly string[];
}

interface Reading {
  readonly format: string;
  readonly parts: Parts;
  readonly notes: readonly string[];
}

async function readParts(files: readonly DataFile[], options: ReadContext, depth: number): Promise<Reading> {
  const groups = await grouped(files, options);
  const kinds = [...groups.keys()].filter((kind) => kind !== "other");
  const [kind] = kinds;
  if (kinds.length !== 1) {
    const got = kinds.map(
      (each) => `${groups.get(each)?.length} ${each} (${JSON.stringify(groups.get(each)?.[0].name)})`,
    );
    const known = "IDX, .npy, .npz, HDF5, CSV, CIFAR, or pictures";
    const what = got.length === 0 ? JSON.stringify(files[0].name) : got.join(", ");
    throw new RangeError(`readData: expected files of one known format (${known}), got ${what}`);
  }
  const own = groups.get(kind) ?? [];
  const reading = (format: string, { notes = [], ...parts }: Found): Reading => ({ format, parts, notes });
  switch (kind) {
    case "archive":
      return readArchives(own, options, depth);
    case "idx":
      return reading("IDX", await readIdxFiles(own));
    case "npy":
      return reading("NumPy", await readNpyFiles(own, options));
    case "hdf5":
      return reading("HDF5", await readHdf5Files(own, [], options));
    case "csv": {
      const tables = await imageTables(own);
      const { train, test } = byPart(tables.files);
      const found = await readCsv(only(train), only(test), options);
      return reading("CSV", { ...found, notes: [...tables.notes, ...found.notes] });
    }
    case "CIFAR-10":
    case "CIFAR-100": {
      const { train, test } = byPart(own);
      return reading(kind, await readCifar(kind, train, test, groups.get("other") ?? [], options));
    }
    case "picture":
      return reading("pictures", await readImageFolder(own, options));
    case "pickle": {
      const what = "a Python pickle, which is never run; CIFAR has a binary version, NumPy writes .npz";
      throw new RangeError(`readData ${shown(own)}: expected a known format, got ${what}`);
    }
    default:
      throw new RangeError(`readData ${shown(own)}: expected a known format, got another`);
  }
}

function shown(files: readonly DataFile[]): string {
  return JSON.stringify(files[0].name) + (files.length > 1 ? ` and ${files.length - 1} more` : "");
}

/** A file's name without its last ending. */
function stem({ name }: DataFile): string {
  return name.replace(/\.[^./]*$/, "");
}

/** Files by what they are. Of many, those with the name of a picture are taken for one without a look. */
async function grouped(files: readonly DataFile[], { maxExpansion }: ReadContext): Promise<Map<Kind, DataFile[]>> {
  const groups = new Map<Kind, DataFile[]>();
  for (const packed of files) {
    const isKnown = files.length > MANY_FILES && isPictureName(packed.name);
    const isPacked = !isKnown && (await isGzipFile(packed));
    const file = isPacked ? unpackedFile(packed, maxExpansion) : packed;
    const kind = isKnown ? "picture" : await kindOf(file, files.length > 1);
    // IDX files are unpacked by their own reader, which knows how much may come out.
    const kept = kind === "idx" ? packed : file;
    const group = groups.get(kind) ?? [];
    group.push(kept);
    groups.set(kind, group);
  }
  return groups;
}

async function kindOf(file: DataFile, isOneOfMany: boolean): Promise<Kind> {
  const start = await file.start(START_BYTES);
  if (isZip(start) || isTar(start)) return "archive";
  if (isNpy(start)) return "npy";
  if (isHdf5(start)) return "hdf5";
  if (isPicture(start)) return "picture";
  if (start.length >= 4 && start[0] === 0 && start[1] === 0 && start[2] >= 8 && start[3] >= 1 && start[3] <= 4)
    return "idx";
  if (isOneOfMany && OTHER_NAMES.test(file.name)) return "other";
  if (isText(start)) return "csv";
  if (start[0] === 0x80 && start[1] >= 2 && start[1] <= 5) return "pickle";
  // Sizes of packed files are not known before they are unpacked.
  return cifarKind(await file.size(), start) ?? "other";
}

/** Whether a file's start is text, and not an empty file. */
function isText(start: Uint8Array): boolean {
  if (hasTextMark(start)) return true;
  const isPlain = start.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
  return isPlain && start.length > 0 && start[0] < 0xfe;
}

/** Files in the order of their names, those with "test" in it apart. */
function byPart(files: readonly DataFile[]): { train: DataFile[]; test: DataFile[] } {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isTest = ({ name }: DataFile) => /(^|[^a-z])test/i.test(name.split("/").at(-1) ?? "");
  return { train: sorted.filter((file) => !isTest(file)), test: sorted.filter(isTest) };
}

function only(files: readonly DataFile[]): DataFile | undefined {
  if (files.length <= 1) return files[0];
  throw new RangeError(`readData: expected one file to train on and one with "test" in its name, got ${shown(files)}`);
}

/** Arrays of a file each, which the files are the names of; where two are called the same, with their folders. */
async function readNpyFiles(files: readonly DataFile[], options: ReadContext): Promise<Found> {
  const names = files.map((file) => stem(file).split("/").at(-1) ?? "");
  const areUnique = new Set(names).size === names.length;
  const arrays = await Promise.all(files.map((file, i) => openNpy(file, areUnique ? names[i] : stem(file))));
  return readArrays(`readNpy ${shown(files)}`, arrays, options);
}

/** All arrays of some HDF5 files, which have to be open together. */
async function readHdf5Files(
  files: readonly DataFile[],
  arrays: readonly ArrayFile[],
  options: ReadContext,
  all: readonly DataFile[] = files,
): Promise<Found> {
  const [file, ...rest] = files;
  if (file === undefined) return readArrays(`readHdf5 ${shown(all)}`, arrays, options);
  return withHdf5(file, options, (found) => {
    const prefix = all.length > 1 ? `${stem(file)}/` : "";
    return readHdf5Files(
      rest,
      [...arrays, ...found.map((array) => ({ ...array, name: prefix + array.name }))],
      options,
      all,
    );
  });
}

/** What is in archives: of several, each one's files under its name. */
async function readArchives(archives: readonly DataFile[], options: ReadContext, depth: number): Promise<Reading> {
  if (depth >= MAX_DEPTH)
    throw new RangeError(`readData ${shown(archives)}: expected data, got archives in each other`);
  const files: DataFile[] = [];
  for (const archive of archives) {
    const inside = isZip(await archive.start(4)) ? await readZip(archive, options) : await readTar(archive);
    const prefix = archives.length > 1 ? `${stem(archive)}/` : "";
    files.push(...inside.map((file) => ({ ...file, name: prefix + file.name })));
  }
  if (files.length === 0) throw new RangeError(`readData ${shown(archives)}: expected files in the archive, got none`);
  try {
    return await readParts(tidied(files), options, depth + 1);
  } catch (error) {
    throw error instanceof RangeError ? within(archives, error) : error;
  }
}

/** The same error as one that names the archive too. */
function within(archives: readonly DataFile[], error: RangeError): RangeError {
  if (error.message.includes(JSON.stringify(archives[0].name))) return error;
  return new RangeError(`${shown(archives)}: ${error.message}`, { cause: error });
}
