import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import type { AnyDataset } from "../data/dataset.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import { findIdxNames } from "../data/mnist.ts";
import type { PictureFacts } from "../data/read/picture-facts.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { scaleDatasets } from "../data/read/stretch.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { isInputError, reasonOf } from "../errors.ts";
import { loadDataFiles } from "../node/data-files.ts";
import { DownloadError } from "../node/download.ts";
import { errorCode, FileError, fileError } from "../node/file-error.ts";
import { findMnist, idxPathsIn, loadIdxFolder, loadMnist } from "../node/mnist.ts";
import type { Model } from "../training/model.ts";
import { barLine } from "./bar.ts";
import { UsageError } from "./command-error.ts";
import { type Context, pathWord, shorterPath } from "./context.ts";
import {
  addFileOptions,
  FILE_FORMATS,
  type FileOptions,
  givenFileOption,
  readSettings,
  settingsArguments,
} from "./data-options.ts";
import { makeDigits } from "./digits.ts";
import { count, megabytes } from "./format.ts";
import { insteadOfData } from "./model-and-network.ts";

/** Source of data. `auto`: MNIST if it is here or soon downloaded, else generated digits. */
export type DataSource =
  | { readonly source: "auto" }
  | { readonly source: "mnist"; readonly folder?: string }
  | { readonly source: "digits" }
  | FolderSource;

/** A file or a folder of data. */
export interface FolderSource {
  readonly source: "folder";
  /** Path of the folder or the file. */
  readonly folder: string;
  /** Settings of the reader, where not all are defaults. */
  readonly reader?: ReadSettings;
}

/** Default settings of the reader. */
const DEFAULT_READER: ReadSettings = { stretch: true };

/** Data and where it came from. */
export interface LoadedData {
  readonly source: Exclude<DataSource, { source: "auto" }>;
  /** For people, such as "MNIST". */
  readonly title: string;
  /** Format of files that were read, such as "CSV". */
  readonly format?: string;
  /** Missing where only the test images were asked for and the source could do without. */
  readonly train: AnyDataset | undefined;
  readonly test: AnyDataset | undefined;
  /** A part of its own for validation; the same as `test` where there is no other to test on. */
  readonly validation?: AnyDataset | undefined;
  /** Sizes and kinds of the files, where they are pictures. */
  readonly pictures?: PictureFacts | undefined;
}

/** Options of {@link loadData}. */
export interface DataRequest {
  /** Only the images to test on. */
  readonly testOnly?: boolean;
  /** The reader's settings where their format knows these settings and the source has no others. */
  readonly usual?: ReadSettings | undefined;
  /** No more training images than these are needed. */
  readonly limit?: number | undefined;
  /**
   * Scaling of a model's training data, to whose unit pixels are brought. `"former"` is for a model of a time when scaling was not kept,
   * `"ignored"` for values that are in its unit already. Default: of a new run, which decides.
   */
  readonly scaling?: PixelScaling | "former" | "ignored" | undefined;
}

/** The options with which `train` and `eval` choose their data. */
export interface DataOptions extends FileOptions {
  readonly data?: string | undefined;
}

/** Adds the argument and the options that choose data to a command. */
export function addDataOptions(command: Command, usual = "mnist, else digits"): Command {
  command
    .argument("[data]", `mnist, digits (generated), a file or folder: ${FILE_FORMATS}; default: ${usual}`)
    .option(
      "--data <path>",
      "folder that holds MNIST's files (default: $CONVASM_DATA/mnist, else the cache, else the web), or other data",
    );
  return addFileOptions(command);
}

/**
 * The data that the argument and `--data` ask for.
 *
 * @throws UsageError if the two contradict each other
 */
export function readDataSource(argument: string | undefined, options: DataOptions): DataSource {
  const { data } = options;
  const isPath = argument !== undefined && argument !== "mnist" && argument !== "digits";
  if (data !== undefined && (isPath || argument === "digits")) {
    throw new UsageError("", "--data only with mnist", `it with ${JSON.stringify(argument)}`, "contradiction");
  }
  const given = givenFileOption(options);
  const path = isPath ? argument : data;
  if (given !== undefined) {
    if (path === undefined)
      throw new UsageError("", `${given} only with a file or folder of data`, "none", "contradiction");
    return folderSource(path, readSettings(options));
  }
  if (isPath) return folderSource(argument, undefined);
  if (argument === "digits") return { source: "digits" };
  if (argument === undefined && data === undefined) return { source: "auto" };
  return { source: "mnist", ...(data !== undefined && { folder: resolve(data) }) };
}

function folderSource(path: string, reader: ReadSettings | undefined): FolderSource {
  return { source: "folder", folder: resolve(path), ...(reader !== undefined && { reader }) };
}

/** The source as words for a command line here. */
export function sourceArguments(source: DataSource): string[] {
  switch (source.source) {
    case "auto":
      return [];
    case "mnist":
      return source.folder === undefined ? ["mnist"] : ["--data", pathWord(source.folder)];
    case "digits":
      return ["digits"];
    case "folder":
      return [pathWord(source.folder), ...settingsArguments(source.reader ?? {})];
  }
}

/**
 * Loads or makes the data.
 *
 * @throws DownloadError, FileError, RangeError if it cannot be had or is wrong
 */
export async function loadData(source: DataSource, request: DataRequest, context: Context): Promise<LoadedData> {
  const loaded = await loadSource(source, request, context);
  const { scaling } = request;
  const isFile = loaded.source.source === "folder";
  if (scaling === undefined || scaling === "former" || (isFile && scaling !== "ignored")) return loaded;
  const scaled = (data: AnyDataset | undefined) =>
    scaling === "ignored"
      ? data && { ...data, scaling: undefined }
      : data && !("read" in data)
        ? scaleDatasets({ train: data, test: undefined }, { scaling }).train
        : data;
  const test = scaled(loaded.test);
  const validation = loaded.validation === loaded.test ? test : scaled(loaded.validation);
  return { ...loaded, train: scaled(loaded.train), test, ...(loaded.validation && { validation }) };
}

async function loadSource(source: DataSource, request: DataRequest, context: Context): Promise<LoadedData> {
  switch (source.source) {
    case "auto":
      return loadAuto(request, context);
    case "mnist":
      return loadMnistFrom(source.folder, request, context);
    case "digits":
      return loadDigits(request, context);
    case "folder":
      return loadPath(source, request, context);
  }
}

/**
 * The scaling of data for a model: as its training data were, unless `--keep-values` says that the values fit as they are.
 */
export function scalingFor({ scaling }: Pick<Model, "scaling">, { keepValues }: FileOptions): DataRequest["scaling"] {
  return keepValues ? "ignored" : (scaling ?? "former");
}

/** The reader's settings for a model whose training data were scaled in a way. */
function scaledReader(reader: ReadSettings, { scaling }: DataRequest): ReadSettings {
  if (scaling === undefined || scaling === "ignored") return reader;
  const { stretch, ...rest } = reader;
  return scaling === "former" ? { ...rest, stretch: stretch && "former" } : { ...rest, scaling };
}

/** A file or folder of any format. A mistyped name is more likely than a path that is missing. */
async function loadPath(source: FolderSource, request: DataRequest, context: Context): Promise<LoadedData> {
  const { folder: path } = source;
  const reader = scaledReader(source.reader ?? DEFAULT_READER, request);
  const info = await stat(path).catch(async (error: unknown) => {
    if (errorCode(error) === "ENOENT") {
      const mistaken = await insteadOfData(path, basename(path));
      if (mistaken !== undefined) throw mistaken;
      const wanted = "mnist, digits, or a file or folder of data";
      throw new UsageError("", wanted, `${JSON.stringify(path)}: no such folder or file`);
    }
    throw fileError("read", path, error);
  });
  // The reader of IDX files has the best error for an empty folder.
  if (info.isDirectory() && (await idxPathsIn(path)).every((name) => name.startsWith("."))) await loadIdxFolder(path);
  const { output, signal, usesCache } = context;
  const title = shorterPath(path);
  output.status(() => `reading ${title} ...`, true);
  const onProgress = (done: number, total: number | undefined) =>
    output.status((columns) =>
      total === undefined
        ? `reading ${title}: ${count(done)} images`
        : barLine(done / total, `reading ${title}`, [`${count(done)} of ${count(total)}`], columns, output.look),
    );
  const usual = { size: "auto", streaming: "auto", ...request.usual } as const;
  const options = { ...reader, usual, signal, onProgress, cache: usesCache };
  const { notes, cached, ...data } = await loadDataFiles(title, options).catch(async (error: unknown) => {
    throw (isInputError(error) ? await insteadOfData(path, title) : undefined) ?? error;
  });
  output.clearStatus();
  if (cached) output.text("Cached    the pictures, decoded earlier; --no-cache decodes them anew");
  for (const note of notes) output.remark(`${title}: ${note}`);
  return { source, title, ...data };
}

async function loadDigits({ testOnly, limit }: DataRequest, { output, signal }: Context): Promise<LoadedData> {
  const make = (part: "train" | "test", count: number) =>
    makeDigits({ part, count, seed: STANDARD_DIGITS.seed }, output, signal);
  const train = testOnly
    ? undefined
    : await make("train", Math.min(limit ?? STANDARD_DIGITS.train, STANDARD_DIGITS.train));
  return {
    source: { source: "digits" },
    title: "generated digits",
    train,
    test: await make("test", STANDARD_DIGITS.test),
  };
}

/** MNIST, from the folder `folder` or its folder `mnist`; where neither has its files, whatever data is there. */
async function loadMnistFrom(folder: string | undefined, request: DataRequest, context: Context): Promise<LoadedData> {
  const place = folder === undefined ? undefined : await mnistFolder(folder);
  if (place === undefined && folder !== undefined) return loadPath({ source: "folder", folder }, request, context);
  const source = { source: "mnist", ...(place !== undefined && { folder: place }) } as const;
  context.output.status(() => "reading MNIST ...", true);
  const data = await loadMnist({ folder: place, ...downloadOptions(context) });
  context.output.clearStatus();
  return { source, title: "MNIST", train: data.train, test: data.test };
}

/** The folder with the files, or undefined where a file, or a folder of other data, is meant. */
async function mnistFolder(path: string): Promise<string | undefined> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError("read the folder", path, error);
  });
  if (!info.isDirectory()) return undefined;
  const names = await idxPathsIn(path);
  if (findIdxNames(names).train !== undefined) return path;
  const inside = join(path, "mnist");
  const isIdx = async () => findIdxNames(await idxPathsIn(inside)).train !== undefined;
  if (names.includes("mnist") && (await isIdx().catch(() => false))) return inside;
  return names.every((name) => name.startsWith(".")) ? path : undefined;
}

/** Seconds to connect to a mirror of MNIST, and to download it, before generated digits are used instead. */
const CONNECT_SECONDS = 4;
const DOWNLOAD_SECONDS = 20;

async function loadAuto(request: DataRequest, context: Context): Promise<LoadedData> {
  if ((await findMnist()) !== undefined) return loadMnistFrom(undefined, request, context);
  const late = AbortSignal.timeout(1000 * DOWNLOAD_SECONDS);
  try {
    context.output.status(() => "looking for MNIST on the web ...", true);
    const data = await loadMnist({
      ...downloadOptions(context),
      connectTimeout: 1000 * CONNECT_SECONDS,
      attempts: 2,
      signal: AbortSignal.any([context.signal, late]),
    });
    context.output.clearStatus();
    return { source: { source: "mnist" }, title: "MNIST", train: data.train, test: data.test };
  } catch (error) {
    context.signal.throwIfAborted();
    const isLate = late.aborted;
    if (!isLate && !(error instanceof DownloadError || error instanceof FileError)) throw error;
    const why = isLate
      ? `the download takes more than ${DOWNLOAD_SECONDS} s; \`${context.command} data mnist\` goes on with it`
      : error instanceof DownloadError
        ? error.reason
        : reasonOf(error);
    context.output.remark(`MNIST is not on this machine: ${why}; using generated digits instead`);
    return loadDigits(request, context);
  }
}

/** Mirrors, interruption and a status line for a download. */
export function downloadOptions({ output, signal }: Context) {
  const mirrors = process.env.CONVASM_MIRRORS?.split(/[\s,]+/).filter((mirror) => mirror !== "");
  return {
    signal,
    ...(mirrors !== undefined && mirrors.length > 0 && { mirrors: mirrors.map((url) => url.replace(/\/?$/, "/")) }),
    onProgress(file: string, received: number, total: number | undefined) {
      const size = total === undefined ? megabytes(received) : `${megabytes(received)} of ${megabytes(total)}`;
      output.status((columns) =>
        barLine(received / (total ?? received), `downloading ${file}`, [size], columns, output.look),
      );
    },
  };
}
