/**
 * Reading of pipes, which have no size, give each byte once, and may have no writer.
 *
 * @module
 */

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { InputRangeError } from "../errors.ts";

/** Milliseconds between two attempts to read an empty pipe. */
const LOOK_EVERY = 10;

/** Milliseconds in which a writer has to begin. */
const WRITER_WITHIN = 2000;

/** Opens a file for reading, without waiting for a writer if it is a pipe. */
export function openToRead(path: string): Promise<FileHandle> {
  // Windows has no such flag, and no pipes among its files.
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/**
 * The content of a pipe, in pieces.
 *
 * @throws RangeError if nobody writes to it
 */
export async function* pipePieces(handle: FileHandle, path: string): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(64 * 1024);
  let hasWriter = false;
  for (let waited = 0; ; ) {
    const length = await readNow(handle, buffer);
    if (length === 0 && hasWriter) return;
    if (length === undefined) hasWriter = true;
    else if (length > 0) {
      hasWriter = true;
      yield buffer.slice(0, length);
      continue;
    } else if (waited >= WRITER_WITHIN) {
      throw new InputRangeError(JSON.stringify(path), "data", "a pipe to which nobody writes", "missing");
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    waited += LOOK_EVERY;
  }
}

/** Reads the bytes that are there: 0 where there is no writer (any more), undefined where one may still write. */
async function readNow(handle: FileHandle, buffer: Uint8Array): Promise<number | undefined> {
  try {
    return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
