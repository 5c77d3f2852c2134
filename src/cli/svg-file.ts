import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FileError, fileError } from "../node/file-error.ts";

/**
 * Finds out before minutes of measurement whether their chart can be written.
 *
 * @throws FileError if the path is a folder, or in none that can be written to
 */
export async function checkWritable(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  try {
    if (!(await stat(folder)).isDirectory()) throw new FileError("write", path, "part of the path is not a folder");
    await access(folder, constants.W_OK | constants.X_OK);
    const existing = await stat(path).catch(() => undefined);
    if (existing?.isDirectory()) throw new FileError("write", path, "is a folder");
  } catch (error) {
    throw fileError("write", path, error);
  }
}
