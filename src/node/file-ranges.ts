import { closeSync, openSync, read, readSync } from "node:fs";
import { FileError, fileError } from "./file-error.ts";

/** Most files that are kept open. */
const MOST_OPEN = 64;

/** Descriptors of files that were read by range, the one that was used last at the end. */
const open = new Map<string, { readonly file: number; reads: number }>();

/**
 * Bytes `begin` to `end` - 1 of a file, which stays open for the next ones.
 *
 * @throws FileError if it cannot be read, or ends before
 */
export async function readRange(path: string, begin: number, end: number): Promise<Uint8Array> {
  const entry = opened(path);
  entry.reads += 1;
  try {
    const bytes = new Uint8Array(end - begin);
    let done = 0;
    while (done < bytes.length) {
      const count = await readSome(entry.file, bytes, done, begin + done).catch((error: unknown) => {
        throw fileError("read", path, error);
      });
      if (count === 0) throw new FileError("read", path, `it ends at byte ${begin + done}, before ${end}`);
      done += count;
    }
    return bytes;
  } finally {
    entry.reads -= 1;
  }
}

/** The same at once. */
export function readRangeNow(path: string, begin: number, end: number): Uint8Array {
  const { file } = opened(path);
  const bytes = new Uint8Array(end - begin);
  for (let done = 0; done < bytes.length; ) {
    let count = 0;
    try {
      count = readSync(file, bytes, done, bytes.length - done, begin + done);
    } catch (error) {
      throw fileError("read", path, error);
    }
    if (count === 0) throw new FileError("read", path, `it ends at byte ${begin + done}, before ${end}`);
    done += count;
  }
  return bytes;
}

function opened(path: string) {
  const known = open.get(path);
  if (known !== undefined) {
    open.delete(path);
    open.set(path, known);
    return known;
  }
  try {
    const entry = { file: openSync(path, "r"), reads: 0 };
    for (const [other, { file, reads }] of open) {
      if (open.size < MOST_OPEN) break;
      if (reads > 0) continue;
      open.delete(other);
      closeSync(file);
    }
    open.set(path, entry);
    return entry;
  } catch (error) {
    throw fileError("read", path, error);
  }
}

function readSome(file: number, bytes: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, bytes, offset, bytes.length - offset, position, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
