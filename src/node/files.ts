/**
 * Reading and writing of files so that none is ever half written, with errors that name the path and the reason.
 *
 * @module
 */

import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { GrowingBytes } from "../data/gzip.ts";
import { InputRangeError } from "../errors.ts";
import { errorCode, FileError, fileError } from "./file-error.ts";
import { GrowingFile, writeTarget } from "./growing-file.ts";
import { openToRead, pipePieces } from "./pipe.ts";

/** True if there is something at a path that the system gives information about. */
export function pathExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function named<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(action, path, error);
  }
}

/**
 * Makes a folder and those above it; succeeds if it exists already.
 *
 * @throws FileError if that is not possible
 */
export async function ensureFolder(path: string): Promise<void> {
  await named("make the folder", path, () => makeFolder(path));
}

/**
 * Makes a folder. Node's own `recursive` never returns where the system says of an existing folder that it does not
 * exist, as in /proc.
 */
async function makeFolder(path: string, mayLackParent = true, isFirstTry = true): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" && mayLackParent && dirname(path) !== path) {
      await makeFolder(dirname(path));
      return makeFolder(path, false);
    }
    // Other codes, such as that of a read-only file system, also come for a folder that exists.
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) return;
    // The folder that was there a moment ago was removed in between.
    if (code === "EEXIST" && info === undefined && isFirstTry) return makeFolder(path, mayLackParent, false);
    if (code === "EEXIST") throw new FileError("make the folder", path, "a file of that name is there");
    throw error;
  }
}

/**
 * Writes a file whole or not at all: under a temporary name in the same folder, flushed to the disk, then renamed.
 *
 * The earlier file stays until the new one is complete, also when the disk is full or the process is killed. Temporary
 * files of killed processes that wrote the same file are removed. A text is written as UTF-8.
 *
 * @param options.makeFolder true: a missing folder is made. Default false: it is an error
 * @param options.flush false: for files that can be made again, a power cut may lose it, and writing takes less time. Default true
 * @throws FileError with the path and the reason
 *
 * @example
 * await writeFileAtomic("run/settings.json", JSON.stringify(settings));
 */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string,
  options: { readonly makeFolder?: boolean; readonly flush?: boolean } = {},
): Promise<void> {
  const { flush = true } = options;
  const write = () => named("write", path, () => writeOnce(path, data, flush));
  if (options.makeFolder !== true) return write();
  await ensureFolder(dirname(path));
  await write().catch(async (error: unknown) => {
    if (!(error instanceof FileError) || error.code !== "ENOENT") throw error;
    // The folder was removed while the file was written.
    await ensureFolder(dirname(path));
    await write();
  });
}

async function writeOnce(path: string, data: Uint8Array | string, flush: boolean): Promise<void> {
  const file = await GrowingFile.open(path);
  try {
    await file.append(data);
    await file.finish(flush);
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * Makes an empty file, unless there is one already.
 *
 * @returns false if the file exists already
 * @throws FileError with the path and the reason
 */
export async function claimFile(path: string): Promise<boolean> {
  return named("write", path, async () => {
    const handle = await open(path, "wx").catch((error: unknown) => {
      if (errorCode(error) === "EEXIST") return undefined;
      throw error;
    });
    await handle?.close();
    return handle !== undefined;
  });
}

/**
 * Appends whole lines to a text file, which is made where there is none. A line that an earlier process left half
 * written is removed first, so every line of the file is whole.
 *
 * @param lines text that ends with a line break
 * @throws FileError with the path and the reason; RangeError if the text does not end with a line break
 */
export async function appendLines(path: string, lines: string): Promise<void> {
  if (!lines.endsWith("\n")) {
    throw new InputRangeError("appendLines", "text that ends with a line break", JSON.stringify(lines));
  }
  await named("write", path, async () => {
    await writeTarget(path);
    const handle = await open(path, "a+");
    try {
      await removeHalfLine(handle);
      await handle.writeFile(lines);
    } finally {
      await handle.close();
    }
  });
}

async function removeHalfLine(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(64 * 1024);
  let end = size;
  while (end > 0) {
    const begin = Math.max(0, end - buffer.length);
    const { bytesRead } = await handle.read(buffer, 0, end - begin, begin);
    const lineBreak = buffer.subarray(0, bytesRead).lastIndexOf("\n");
    if (lineBreak >= 0) {
      if (begin + lineBreak + 1 < size) await handle.truncate(begin + lineBreak + 1);
      return;
    }
    end = begin;
  }
  if (size > 0) await handle.truncate(0);
}

/**
 * Reads a whole file of at most `maxBytes` bytes.
 *
 * @throws RangeError if the file is larger, before any of it is read where its size is known
 * @throws FileError if it is missing, a folder, or cannot be read
 */
export async function readFileBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  return named("read", path, async () => {
    const handle = await openToRead(path);
    try {
      return await readHandle(handle, path, maxBytes);
    } finally {
      await handle.close();
    }
  });
}

async function readHandle(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const info = await handle.stat();
  if (info.isDirectory()) throw new FileError("read", path, "is a folder");
  if (info.size > maxBytes) throw tooLarge(path, maxBytes, `${info.size}`);
  if (info.isFIFO()) return readWholePipe(handle, path, maxBytes);
  // One byte more than the size: it shows that a file grows or, like a device, has no size.
  let bytes = new Uint8Array(info.size + 1);
  let length = 0;
  while (true) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > maxBytes) throw tooLarge(path, maxBytes, "more");
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes + 1, Math.max(2 * length, 64 * 1024)));
      larger.set(bytes);
      bytes = larger;
    }
  }
}

async function readWholePipe(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const content = new GrowingBytes(64 * 1024, maxBytes);
  for await (const piece of pipePieces(handle, path)) {
    if (content.length + piece.length > maxBytes) throw tooLarge(path, maxBytes, "more");
    content.append(piece);
  }
  return content.bytes();
}

function tooLarge(path: string, maxBytes: number, got: string): RangeError {
  return new InputRangeError(JSON.stringify(path), `a file of at most ${maxBytes} bytes`, got, "too-large");
}

/**
 * Reads exactly `length` bytes at `position` of an open file.
 *
 * @throws RangeError if the file ends before
 */
export async function readExactly(
  handle: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // A read takes no more than 2 GiB.
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 2 ** 30), position + done);
    if (bytesRead === 0) {
      const end = position + done;
      throw new InputRangeError(JSON.stringify(path), `${position + length} bytes or more`, `${end}`, "damaged-file");
    }
    done += bytesRead;
  }
  return bytes;
}
