import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** The room for files of a kind in the cache folder. */
export interface CacheLimits {
  /** Bytes of all files together. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Number of files. Default 100. */
  readonly maxFiles?: number;
}

/** Bytes of all files of a kind, unless others are asked for. */
export const MAX_CACHE_BYTES = 2 ** 30;
export const MAX_CACHE_FILES = 100;

/**
 * Removes the files of a folder that were not used for the longest time, until the rest is within the limits. Errors are passed over.
 *
 * @param ending of the files that count
 */
export async function makeRoom(
  folder: string,
  ending: string,
  { maxBytes, maxFiles }: Required<CacheLimits>,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .map(async (name) => {
        const path = join(folder, name);
        const { size = 0, mtimeMs = 0, ino = 0 } = (await stat(path).catch(() => undefined)) ?? {};
        return { path, size, mtimeMs, ino };
      }),
  );
  found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  // Names of one file count once.
  const files = new Set<number>();
  let bytes = 0;
  for (const { path, size, ino } of found) {
    if (!files.has(ino)) bytes += size;
    files.add(ino);
    if (bytes > maxBytes || files.size > maxFiles) await rm(path, { force: true }).catch(() => {});
  }
}
