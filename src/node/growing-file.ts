import { type FileHandle, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorCode, FileError, fileError } from "./file-error.ts";

/**
 * The path that a symbolic link leads to; the path itself where nothing exists yet.
 *
 * @throws FileError if what is there is no regular file
 */
export async function writeTarget(path: string): Promise<string> {
  const info = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (info === undefined) return path;
  if (info.isDirectory()) throw new FileError("write", path, "is a folder");
  if (!info.isFile()) throw new FileError("write", path, "is not a regular file");
  return realpath(path);
}

let temporaryCount = 0;

/** Milliseconds after which a temporary file whose process has ended counts as left behind. */
const LEFT_BEHIND = 10_000;

/**
 * Milliseconds after which a temporary file counts as left behind though its process seems to run: its number may be another's by
 * now.
 */
const FORGOTTEN = 24 * 3600 * 1000;

/** True if a process of this number runs, as far as this machine can tell. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** Removes temporary files that killed processes left while they wrote the same file. */
async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const start = `.${basename(target)}.`;
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.startsWith(start) ? /^(\d+)-\d+\.tmp$/.exec(name.slice(start.length))?.[1] : undefined;
    if (pid === undefined) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    // A process on another machine that shares the folder seems to have ended, but has just written.
    const age = Date.now() - info.mtimeMs;
    if (age > FORGOTTEN || (age > LEFT_BEHIND && !isRunning(Number(pid))))
      await rm(path, { force: true }).catch(() => {});
  }
}

/** Flushes a folder, where the system allows it, so that a rename lasts through a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => {});
  await handle.close().catch(() => {});
}

/**
 * A file that is written piece by piece under a temporary name beside its own, and gets its name when it is complete: an earlier file
 * stays until then. Temporary files of killed processes that wrote the same file are removed. A text is written as UTF-8.
 *
 * @example
 * const file = await GrowingFile.open("table.csv");
 * await file.append("a,b\n");
 * await file.finish();
 */
export class GrowingFile {
  readonly path: string;
  readonly #target: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(path: string, target: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.#target = target;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws FileError if it cannot be made */
  static async open(path: string): Promise<GrowingFile> {
    try {
      const target = await writeTarget(path);
      temporaryCount += 1;
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${temporaryCount}.tmp`);
      return new GrowingFile(path, target, temporary, await open(temporary, "wx"));
    } catch (error) {
      throw fileError("write", path, error);
    }
  }

  /** @throws FileError if it cannot be written, such as on a full disk */
  async append(data: Uint8Array | string): Promise<void> {
    await this.#handle.writeFile(data).catch((error: unknown) => {
      throw fileError("write", this.path, error);
    });
  }

  /**
   * Flushes the file to the disk and gives it its name.
   *
   * @param flush false: the system may keep it in memory for a while, which a power cut loses
   */
  async finish(flush = true): Promise<void> {
    try {
      if (flush) await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.#target);
    } catch (error) {
      throw fileError("write", this.path, error);
    }
    if (flush) await syncFolder(dirname(this.#target));
    await removeLeftovers(this.#target);
  }

  /** Removes what was written. Nothing after {@link finish}. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }
}
