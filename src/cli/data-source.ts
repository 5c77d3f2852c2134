import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Dataset } from "../data/dataset.ts";
import { findIdxNames } from "../data/mnist.ts";
import { DownloadError } from "../node/download.ts";
import { errorCode, fileError } from "../node/files.ts";
import { findMnist, loadIdxFolder, loadMnist } from "../node/mnist.ts";
import { barLine } from "./bar.ts";
import { type Context, shorterPath } from "./context.ts";
import { DIGITS_SEED, DIGITS_TEST, DIGITS_TRAIN, makeDigits } from "./digits.ts";
import { UsageError } from "./errors.ts";
import { megabytes } from "./format.ts";

/** Where data comes from. `auto`: MNIST where it can be had soon, else generated digits. */
export type DataSource =
  | { readonly source: "auto" }
  | { readonly source: "mnist"; readonly folder?: string }
  | { readonly source: "digits" }
  | { readonly source: "folder"; readonly folder: string };

/** Data and where it came from. */
export interface LoadedData {
  readonly source: Exclude<DataSource, { source: "auto" }>;
  /** For people, such as "MNIST". */
  readonly title: string;
  /** Missing where only the test images were asked for and the source could do without. */
  readonly train: Dataset | undefined;
  readonly test: Dataset | undefined;
}

/** What {@link loadData} is to load. */
export interface DataRequest {
  /** Only the images to test on. */
  readonly testOnly?: boolean;
  /** No more training images than these are needed. */
  readonly limit?: number | undefined;
}

/** The options with which `train` and `eval` choose their data. */
export interface DataOptions {
  readonly data?: string | undefined;
}

/** Adds the argument and the options that choose data to a command. */
export function addDataOptions(command: Command): Command {
  return command
    .argument("[data]", "mnist, digits (generated), or a folder of IDX files; default: mnist, else digits")
    .option(
      "--data <dir>",
      "folder that holds MNIST's files (default: $CONVASM_DATA/mnist, else the cache, else the web)",
    );
}

/**
 * What the data argument and `--data` ask for.
 *
 * @throws UsageError if the two contradict each other
 */
export function readDataSource(argument: string | undefined, { data }: DataOptions): DataSource {
  if (argument === undefined && data === undefined) return { source: "auto" };
  if (argument === undefined || argument === "mnist") {
    return { source: "mnist", ...(data !== undefined && { folder: resolve(data) }) };
  }
  if (data !== undefined)
    throw new UsageError(`expected --data only with mnist, got it with ${JSON.stringify(argument)}`);
  return argument === "digits" ? { source: "digits" } : { source: "folder", folder: resolve(argument) };
}

/** The source as words for a command line. */
export function sourceArguments(source: DataSource): string[] {
  switch (source.source) {
    case "auto":
      return [];
    case "mnist":
      return source.folder === undefined ? ["mnist"] : ["--data", source.folder];
    case "digits":
      return ["digits"];
    case "folder":
      return [source.folder];
  }
}

/**
 * Loads or makes the data.
 *
 * @throws DownloadError, FileError, RangeError if it cannot be had or is wrong
 */
export async function loadData(source: DataSource, request: DataRequest, context: Context): Promise<LoadedData> {
  switch (source.source) {
    case "auto":
      return loadAuto(request, context);
    case "mnist":
      return loadMnistFrom(source.folder, context);
    case "digits":
      return loadDigits(request, context);
    case "folder":
      await checkFolder(source.folder);
      return loadFolder(source, context);
  }
}

async function loadFolder(source: DataSource & { source: "folder" }, { output }: Context): Promise<LoadedData> {
  const title = shorterPath(source.folder);
  output.status(() => `reading ${title} ...`, true);
  const data = await loadIdxFolder(source.folder);
  output.clearStatus();
  return { source, title, ...data };
}

/** A mistyped name is more likely than a folder that is missing. */
async function checkFolder(folder: string): Promise<void> {
  await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") {
      throw new UsageError(
        `expected mnist, digits or a folder of IDX files, got ${JSON.stringify(folder)}: no such folder`,
      );
    }
    throw fileError("read the folder", folder, error);
  });
}

async function loadDigits({ testOnly, limit }: DataRequest, { output, signal }: Context): Promise<LoadedData> {
  const make = (part: "train" | "test", count: number) =>
    makeDigits({ part, count, seed: DIGITS_SEED }, output, signal);
  const train = testOnly ? undefined : await make("train", Math.min(limit ?? DIGITS_TRAIN, DIGITS_TRAIN));
  return { source: { source: "digits" }, title: "generated digits", train, test: await make("test", DIGITS_TEST) };
}

/** MNIST, from the folder `folder` or its folder `mnist`. */
async function loadMnistFrom(folder: string | undefined, context: Context): Promise<LoadedData> {
  const place = folder === undefined ? undefined : await mnistFolder(folder);
  const source = { source: "mnist", ...(place !== undefined && { folder: place }) } as const;
  context.output.status(() => "reading MNIST ...", true);
  const data = await loadMnist({ folder: place, ...downloadOptions(context) });
  context.output.clearStatus();
  return { source, title: "MNIST", train: data.train, test: data.test };
}

async function mnistFolder(folder: string): Promise<string> {
  const inside = join(folder, "mnist");
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError("read the folder", folder, error);
  });
  if (findIdxNames(names).train !== undefined || !names.includes("mnist")) return folder;
  return inside;
}

/** Seconds that a newcomer may have to wait for a download before the program does without. */
const CONNECT_SECONDS = 4;
const DOWNLOAD_SECONDS = 20;

async function loadAuto(request: DataRequest, context: Context): Promise<LoadedData> {
  if ((await findMnist()) !== undefined) return loadMnistFrom(undefined, context);
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
    if (!isLate && !(error instanceof DownloadError) && errorCode(error) === undefined) throw error;
    const why = isLate
      ? `the download takes more than ${DOWNLOAD_SECONDS} s; \`${context.command} data mnist\` goes on with it`
      : error instanceof Error
        ? error.message.replace(/^mnist: /, "")
        : String(error);
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
