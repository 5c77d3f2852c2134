import { InputRangeError } from "../../errors.ts";
import type { DataFile } from "./data-file.ts";

/** The file beside IDX files that holds the names of their classes, as a list of texts in JSON. */
export const CLASS_NAMES_FILE = "class-names.json";

/** Larger files are no lists of names. */
const MAX_BYTES = 16 * 2 ** 20;

/** True for the path of such a file. */
export function isClassNames(name: string): boolean {
  return name.split("/").at(-1) === CLASS_NAMES_FILE;
}

/**
 * The names in such a file.
 *
 * @throws RangeError if it is not a list of texts
 */
export async function readClassNames(file: Pick<DataFile, "name" | "size" | "bytes">): Promise<readonly string[]> {
  const who = `readIdx ${JSON.stringify(file.name)}`;
  if ((await file.size()) > MAX_BYTES)
    throw new InputRangeError(who, "names of classes", "a larger file", "shape-mismatch");
  let names: unknown;
  try {
    names = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await file.bytes()));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new InputRangeError(who, "names of classes in JSON", "something else", "shape-mismatch", { cause: error });
  }
  const list: unknown[] = Array.isArray(names) ? names : [];
  if (list.length > 0 && list.every((name) => typeof name === "string")) return list;
  throw new InputRangeError(who, "a list of texts, one per class", "something else", "damaged-file");
}
