/**
 * Data files and folders on a disk, for the readers of data sets.
 *
 * @module
 */

import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { AnyDataset } from "../data/dataset.ts";
import { DIGIT_NAMES } from "../data/mnist.ts";
import { type DataFile, dataFile, MAX_BYTES } from "../data/read/data-file.ts";
import type { ReadDataOptions } from "../data/read/options.ts";
import type { ReadData } from "../data/read/parts.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { fileError } from "./file-error.ts";
import { readRange, readRangeNow } from "./file-ranges.ts";
import { readFileBounded } from "./files.ts";
import { hasMnistLabels } from "./mnist.ts";

/** Deepest nesting of folders that is searched. */
const MAX_DEPTH = 64;

/** Most folders that are reached by links: links to each other's folders would multiply them. */
const MAX_LINKED = 10_000;

/** Most files of a folder. */
const MAX_FILES = 2_000_000;

const PIECE_BYTES = 256 * 1024;

/** Options of {@link loadDataFiles}. */
export interface LoadDataFilesOptions extends ReadDataOptions {
  /**
   * True: decoded pictures are kept in the user's cache folder, of up to 1 GiB, and the same ones are taken from there the next time:
   * `cached` of the result says so. Files and settings are told by the SHA-256 of their content. Default false.
   */
  readonly cache?: boolean | undefined;
}

/**
 * Reads a file or folder of data of any known format: see `readData`.
 *
 * @throws FileError if the path cannot be read; RangeError if the format is not known, or a file is wrong
 *
 * @example
 * const { train, test, notes } = await loadDataFiles("data/mnist.npz");
 *
 * @example
 * const pets = await loadDataFiles("data/pets", { size: [64, 64], cache: true });
 */
export function loadDataFiles(
  path: string,
  options?: LoadDataFilesOptions & { readonly streaming?: false | undefined },
): Promise<ReadData>;
/** The same, where pixels may stay in their files: data sets in memory, or streamed ones. */
export function loadDataFiles(path: string, options: LoadDataFilesOptions): Promise<ReadData<AnyDataset>>;
export async function loadDataFiles(path: string, options: LoadDataFilesOptions = {}): Promise<ReadData<AnyDataset>> {
  const { cache = false, ...others } = options;
  if (typeof cache !== "boolean") throw new InputTypeError("readData", "cache to be true or false", shown(cache));
  const [files, { readDataFiles }] = await Promise.all([openDataFiles(path), import("../data/read/read-files.ts")]);
  const store = cache ? new (await import("./picture-cache.ts")).PictureFiles() : undefined;
  const decodeAhead = others.streaming ? (await import("./picture-workers.ts")).decodeInWorkers : undefined;
  const data = await readDataFiles(files, { decodeAhead, ...others }, store);
  const { train, test } = data;
  const isMnist = train?.classNames === undefined && isUint8Array(train?.labels) && hasMnistLabels(train.labels);
  if (!isMnist) return data;
  return { ...data, train: { ...train, classNames: DIGIT_NAMES }, test: test && { ...test, classNames: DIGIT_NAMES } };
}

/**
 * Opens the file at a path, or all files in the folder there and the folders in it, but hidden ones.
 *
 * @throws FileError if it cannot be read; RangeError if there are too many
 */
export async function openDataFiles(path: string): Promise<DataFile[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  const name = path.replaceAll("\\", "/");
  // Reads a pipe at once: it gives its bytes once, and readers look at the start first.
  if (info.isFIFO()) return [dataFile({ name, bytes: await readFileBounded(path, MAX_BYTES) })];
  if (!info.isDirectory()) return [diskFile(path, name)];
  // The folder's own name may mark its pictures as ones for testing; names of folders above it do not.
  const walk = new Walk();
  await walk.collect({ path, name: basename(resolve(path)), ids: [idOf(await stat(path, { bigint: true }))] });
  return walk.files;
}

/** A folder of a walk. */
interface Folder {
  readonly path: string;
  readonly name: string;
  /** Identities of the folder, which do not depend on its name, and of those above it. */
  readonly ids: readonly string[];
}

function idOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}-${ino}`;
}

/** Collects the files in a folder and the folders in it. Links lead to files and folders, but not to one that they lie in. */
class Walk {
  readonly files: DataFile[] = [];
  #linked = 0;

  async collect(folder: Folder): Promise<void> {
    const { path, name, ids } = folder;
    if (ids.length > MAX_DEPTH) throw this.#tooMany(path, `${MAX_DEPTH} folders in each other`);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw fileError("read the folder", path, error);
    });
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const inside = { path: join(path, entry.name), name: `${name}/${entry.name}` };
      const target = entry.isSymbolicLink() ? await stat(inside.path).catch(() => undefined) : entry;
      // A link that leads nowhere counts as a file, which then cannot be read.
      if (target === undefined || target.isFile()) this.files.push(diskFile(inside.path, inside.name));
      else if (target.isDirectory()) {
        const id = idOf(await stat(inside.path, { bigint: true }));
        if (ids.includes(id)) continue;
        if (entry.isSymbolicLink()) this.#linked += 1;
        if (this.#linked > MAX_LINKED) throw this.#tooMany(path, `${MAX_LINKED} links to folders`);
        await this.collect({ ...inside, ids: [...ids, id] });
      }
      if (this.files.length > MAX_FILES) throw this.#tooMany(path, `${MAX_FILES} files`);
    }
  }

  #tooMany(path: string, most: string): RangeError {
    return new InputRangeError(`folder ${JSON.stringify(path)}`, `at most ${most}`, "more", "too-large");
  }
}

function diskFile(path: string, name: string): DataFile {
  const size = async () => {
    const info = await stat(path).catch((error: unknown) => {
      throw fileError("read", path, error);
    });
    return info.size;
  };
  const bytes = () => readFileBounded(path, MAX_BYTES);
  return {
    name,
    size,
    packed: size,
    async start(count) {
      for await (const piece of pieces(path, count)) return piece;
      return new Uint8Array(0);
    },
    bytes,
    storedBytes: bytes,
    range: (begin, end) => readRange(path, begin, end),
    rangeNow: (begin, end) => readRangeNow(path, begin, end),
    path,
    async beside(other) {
      const [beside, slash] = [join(dirname(path), other), name.lastIndexOf("/") + 1];
      const info = await stat(beside).catch(() => undefined);
      return info?.isFile() ? diskFile(beside, name.slice(0, slash) + other) : undefined;
    },
    stream: () => pieces(path, PIECE_BYTES),
  };
}

/** The content of a file in pieces of `size` bytes, of which only the last one may be shorter. */
async function* pieces(path: string, size: number): AsyncGenerator<Uint8Array, void, void> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  try {
    for (;;) {
      const buffer = new Uint8Array(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await handle.read(buffer, length, size - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      if (length > 0) yield buffer.subarray(0, length);
      if (length < size) return;
    }
  } catch (error) {
    throw fileError("read", path, error);
  } finally {
    await handle.close();
  }
}
