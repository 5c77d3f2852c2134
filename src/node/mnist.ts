/**
 * Finds MNIST on this machine or downloads it, and loads folders of IDX files.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gunzip } from "../data/gzip.ts";
import type { NamedBytes } from "../data/idx.ts";
import {
  DIGIT_NAMES,
  findIdxNames,
  type IdxNames,
  type IdxPairFiles,
  isIdxName,
  MNIST_FILES,
  MNIST_MIRRORS,
  type MnistFile,
  noIdxPair,
  readIdxTrainTest,
  type TrainTest,
} from "../data/mnist.ts";
import { CLASS_NAMES_FILE, readClassNames } from "../data/read/class-names.ts";
import { scaleDatasets } from "../data/read/stretch.ts";
import { InputRangeError } from "../errors.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { cacheFolder, type Environment } from "./cache-folder.ts";
import { answeringUrls, DownloadError, type DownloadLimits, downloadFile } from "./download.ts";
import { errorCode, fileError } from "./file-error.ts";
import { ensureFolder, readFileBounded } from "./files.ts";

/** Largest size of a data set's file that is read. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Options of {@link loadIdxFolder}. */
export interface IdxFolderOptions {
  /** Number of classes. Default: the number of names, else the highest label of both parts + 1. */
  readonly classes?: number | undefined;
  /**
   * Names of the classes. Default: those of a file `class-names.json`, else the digits where the labels are MNIST's,
   * else none.
   */
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Loads a folder of IDX files, plain or `.gz`, with the file names of MNIST and Fashion-MNIST:
 * `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, and for testing `t10k-...` or `test-...`.
 *
 * @throws FileError if the folder or a file cannot be read
 * @throws RangeError if there are no training files, or a file is wrong
 *
 * @example
 * const { train, test } = await loadIdxFolder("data/fashion");
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions = {}): Promise<TrainTest> {
  const found = findIdxNames(await idxPathsIn(folder));
  const who = `folder ${JSON.stringify(folder)}`;
  if (found.train === undefined) throw noIdxPair(who, found, "no such pair of files");
  if (found.lone.length > 0) {
    throw new InputRangeError(
      who,
      "pairs of images and labels",
      `only ${JSON.stringify(found.lone[0])} of one`,
      "missing",
    );
  }
  const train = await readPair(folder, found.train);
  const test = found.test && (await readPair(folder, found.test));
  const unnamed = options.classNames === undefined && options.classes === undefined;
  const classNames = unnamed ? await namesBeside(folder) : options.classNames;
  const { notes: _, ...data } = scaleDatasets(await readIdxTrainTest(train, test, { ...options, classNames }), {});
  if (classNames !== undefined) return data;
  const isMnist = unnamed && isUint8Array(data.train.labels) && hasMnistLabels(data.train.labels);
  if (!isMnist) return data;
  return {
    train: { ...data.train, classNames: DIGIT_NAMES },
    test: data.test && { ...data.test, classNames: DIGIT_NAMES },
  };
}

/** Names of classes in a folder's file `class-names.json`; undefined where there is none. */
async function namesBeside(folder: string): Promise<readonly string[] | undefined> {
  const name = join(folder, CLASS_NAMES_FILE);
  if (!existsSync(name)) return undefined;
  const bytes = await readFileBounded(name, MAX_FILE_BYTES);
  return readClassNames({ name, size: async () => bytes.length, bytes: async () => bytes });
}

/**
 * Names of the files in a folder, and in its folders that are called as IDX files are: Kaggle's copy of MNIST has each
 * file in one.
 *
 * @returns paths from the folder on, with `/`
 * @throws FileError if it cannot be read
 */
export async function idxPathsIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await namesIn(folder)) {
    // A file cannot be listed, and stays undefined.
    const inside = isIdxName(name) ? await readdir(join(folder, name)).catch(() => undefined) : undefined;
    if (inside === undefined) paths.push(name);
    else paths.push(...inside.map((file) => `${name}/${file}`));
  }
  return paths;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileError("read the folder", folder, error);
  }
}

async function readPair(folder: string, names: IdxNames): Promise<IdxPairFiles> {
  const read = async (name: string): Promise<NamedBytes> => ({
    name: join(folder, name),
    bytes: await readFileBounded(join(folder, name), MAX_FILE_BYTES),
  });
  return { images: await read(names.images), labels: await read(names.labels) };
}

/** SHA-256 of MNIST's 60,000 training labels without the file's header. */
const TRAIN_LABELS_SHA256 = "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13";

/** True for the labels of MNIST's training images. */
export function hasMnistLabels(labels: Uint8Array): boolean {
  return labels.length === 60_000 && sha256(labels) === TRAIN_LABELS_SHA256;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Options of {@link findMnist}. */
export interface FindMnistOptions {
  /** The only folder to search. */
  readonly folder?: string | undefined;
  /** Environment variables. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/**
 * The folder with MNIST's files: `folder` if given, else `$CONVASM_DATA/mnist`, else the cache folder.
 *
 * @returns undefined if neither of the last two has all four files
 * @throws FileError if `folder` is given and cannot be read
 */
export async function findMnist(options: FindMnistOptions = {}): Promise<string | undefined> {
  if (options.folder !== undefined) {
    await namesIn(options.folder);
    return options.folder;
  }
  const env = options.env ?? process.env;
  const data = env.CONVASM_DATA;
  const places = [...(data ? [join(data, "mnist")] : []), mnistCache(env)];
  for (const place of places) {
    const names = await idxPathsIn(place).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
      throw error;
    });
    const { train, test } = findIdxNames(names);
    if (train !== undefined && test !== undefined) return place;
  }
  return undefined;
}

function mnistCache(env: Environment): string {
  return join(cacheFolder(env), "mnist");
}

/** Options of {@link downloadMnist}. */
export interface DownloadMnistOptions extends DownloadLimits {
  /** Folder for the files; default the cache folder. */
  readonly folder?: string | undefined;
  /** Environment variables. Default `process.env`. */
  readonly env?: Environment | undefined;
  /** Folders on the web, each with `/` at the end; default two mirrors of PyTorch and one on GitHub. */
  readonly mirrors?: readonly string[] | undefined;
  /** The files to fetch; default {@link MNIST_FILES}. */
  readonly files?: readonly MnistFile[] | undefined;
  /** Called as bytes arrive, with the file's name; `total` is undefined where the mirror doesn't tell. */
  readonly onProgress?: ((file: string, received: number, total: number | undefined) => void) | undefined;
}

/**
 * Downloads those of MNIST's files that are missing, as `.gz`.
 *
 * Each is checked by the SHA-256 of its unpacked content, and appears under its name only when whole and right. A
 * download that was cut off goes on where it ended, at the next call too. Without a network this fails after one
 * `connectTimeout`.
 *
 * @returns the folder
 * @throws DownloadError if no mirror gave a file; FileError if one cannot be written
 * @throws the signal's reason if that aborts
 */
export async function downloadMnist(options: DownloadMnistOptions = {}): Promise<string> {
  const { mirrors = MNIST_MIRRORS, files = MNIST_FILES, env = process.env } = options;
  const folder = options.folder ?? mnistCache(env);
  await ensureFolder(folder);
  const there = new Set(await namesIn(folder));
  const missing = files.filter((file) => !there.has(file.name) && !there.has(`${file.name}.gz`));
  if (missing.length === 0) return folder;
  try {
    const first = `${missing[0].name}.gz`;
    const answering = await answeringUrls(
      mirrors.map((mirror) => mirror + first),
      options,
    );
    const bases = answering.map((url) => url.slice(0, url.length - first.length));
    for (const file of missing) await downloadOne(folder, file, bases, options);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    throw new DownloadError("mnist", `cannot be downloaded (${error.reason})`);
  }
  return folder;
}

async function downloadOne(
  folder: string,
  file: MnistFile,
  mirrors: readonly string[],
  options: DownloadMnistOptions,
): Promise<void> {
  const name = `${file.name}.gz`;
  await downloadFile({
    connectTimeout: options.connectTimeout,
    idleTimeout: options.idleTimeout,
    attempts: options.attempts,
    retryDelay: options.retryDelay,
    signal: options.signal,
    urls: mirrors.map((mirror) => mirror + name),
    path: join(folder, name),
    // Deflate adds a few bytes per 64 KiB to what it cannot pack.
    maxBytes: file.bytes + Math.ceil(file.bytes / 1000) + 1024,
    check: async (bytes) => {
      const hash = sha256(await gunzip(bytes, { name, maxBytes: file.bytes }));
      if (hash !== file.sha256)
        throw new InputRangeError(name, `content with SHA-256 ${file.sha256}`, hash, "damaged-file");
    },
    onProgress: (received, total) => options.onProgress?.(name, received, total),
  });
}

/** Options of {@link loadMnist}. */
export interface LoadMnistOptions extends Omit<DownloadMnistOptions, "folder" | "files"> {
  /** The only folder to search; then nothing is downloaded. */
  readonly folder?: string | undefined;
  /** True: download MNIST where it is not found. Default true. */
  readonly download?: boolean | undefined;
}

/** MNIST, and the folder that it was read from. */
export interface LoadedMnist extends TrainTest {
  /** The folder that its files are in. */
  readonly folder: string;
}

/**
 * Loads MNIST: from `folder` if given, else `$CONVASM_DATA/mnist`, else the cache folder, into which it is downloaded
 * where it is missing. The classes are named "0" to "9".
 *
 * @throws DownloadError if it is not found and cannot be downloaded
 * @throws FileError, RangeError if a file cannot be read or is wrong
 *
 * @example
 * const { train, test } = await loadMnist({ connectTimeout: 4000 });
 */
export async function loadMnist(options: LoadMnistOptions = {}): Promise<LoadedMnist> {
  const found = await findMnist(options);
  if (found === undefined && options.download === false) {
    throw new DownloadError("mnist", "not found on this machine, and not to be downloaded");
  }
  const folder = found ?? (await downloadMnist({ ...options, folder: undefined }));
  return { ...(await loadIdxFolder(folder, { classNames: DIGIT_NAMES })), folder };
}
