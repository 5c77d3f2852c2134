import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileError } from "./file-error.ts";
import { syncFolder } from "./files.ts";

/**
 * A text file that is written piece by piece under a temporary name beside its own, and gets its name when it is complete: an earlier
 * file stays until then.
 *
 * @example
 * const file = await GrowingFile.open("table.csv");
 * await file.append("a,b\n");
 * await file.finish();
 */
export class GrowingFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** @throws FileError if it cannot be made */
  static async open(path: string): Promise<GrowingFile> {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-growing.tmp`);
    const handle = await open(temporary, "w").catch((error: unknown) => {
      throw fileError("write", path, error);
    });
    return new GrowingFile(path, temporary, handle);
  }

  /** @throws FileError if it cannot be written, such as on a full disk */
  async append(text: string): Promise<void> {
    await this.#handle.writeFile(text).catch((error: unknown) => {
      throw fileError("write", this.path, error);
    });
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw fileError("write", this.path, error);
    }
  }

  /** Removes what was written. Nothing after {@link finish}. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#temporary, { force: true }).catch(() => {});
  }
}
