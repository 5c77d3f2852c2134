/**
 * Data files and folders on a disk, for the readers of data sets.
 *
 * @module
 */

import { open, readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DIGIT_NAMES } from "../data/mnist.ts";
import { type DataFile, MAX_BYTES } from "../data/read/data-file.ts";
import type { ReadDataOptions } from "../data/read/options.ts";
import type { ReadData } from "../data/read/parts.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import { fileError, readFileBounded } from "./files.ts";
import { decodeImage } from "./image.ts";
import { hasMnistLabels } from "./mnist.ts";

/** Folders inside each other that are looked into. */
const MAX_DEPTH = 5;

/** The most files of a folder. */
const MAX_FILES = 2_000_000;

const PIECE_BYTES = 256 * 1024;

/**
 * Reads a file or folder of data of any known format: see `readData`.
 *
 * @param options `decodeImage` reads PNG and JPEG unless said otherwise
 * @throws FileError if the path cannot be read; RangeError if the format is not known, or a file is wrong
 *
 * @example
 * const { train, test, notes } = await loadDataFiles("data/mnist.npz");
 */
export async function loadDataFiles(path: string, options: ReadDataOptions = {}): Promise<ReadData> {
  const [files, { readDataFiles }] = await Promise.all([openDataFiles(path), import("../data/read/read-files.ts")]);
  const data = await readDataFiles(files, { decodeImage, ...options });
  const { train, test } = data;
  const isMnist = train?.classNames === undefined && isUint8Array(train?.labels) && hasMnistLabels(train.labels);
  if (!isMnist) return data;
  return { ...data, train: { ...train, classNames: DIGIT_NAMES }, test: test && { ...test, classNames: DIGIT_NAMES } };
}

/**
 * The file at a path, or the files in the folder there and the folders in it, but hidden ones.
 *
 * @throws FileError if it cannot be read; RangeError if there are too many
 */
export async function openDataFiles(path: string): Promise<DataFile[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileError("read", path, error);
  });
  if (!info.isDirectory()) return [diskFile(path, path.replaceAll("\\", "/"))];
  const files: DataFile[] = [];
  // The folder's own name may say that its pictures are for testing; those above it say nothing.
  await collect(path, basename(resolve(path)), MAX_DEPTH, files);
  return files;
}

async function collect(folder: string, name: string, depth: number, files: DataFile[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError("read the folder", folder, error);
  });
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    // Links lead to files and folders; what they lead to in circles ends at the depth.
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (target?.isFile()) files.push(diskFile(path, `${name}/${entry.name}`));
    else if (target?.isDirectory() && depth > 1) await collect(path, `${name}/${entry.name}`, depth - 1, files);
    if (files.length > MAX_FILES) {
      throw new RangeError(`folder ${JSON.stringify(folder)}: expected at most ${MAX_FILES} files, got more`);
    }
  }
}

function diskFile(path: string, name: string): DataFile {
  const size = async () => (await stat(path)).size;
  return {
    name,
    size,
    packed: size,
    async start(count) {
      for await (const piece of pieces(path, count)) return piece;
      return new Uint8Array(0);
    },
    bytes: () => readFileBounded(path, MAX_BYTES),
    stream: () => pieces(path, PIECE_BYTES),
  };
}

/** A file's content in pieces of a size, of which only the last one is shorter. */
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
