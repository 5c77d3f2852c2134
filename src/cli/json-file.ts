import { InputRangeError } from "../errors.ts";
import { findDuplicateKey } from "../formats/json-keys.ts";
import { readFileBounded } from "../node/files.ts";

/** Larger files are refused. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * The value in a JSON file, unchecked.
 *
 * @param what it should be, for messages
 * @throws FileError, RangeError if it cannot be read, is no JSON, or says a key twice
 */
export async function readJsonFile(file: string, what: string): Promise<unknown> {
  return parseJson(await readFileBounded(file, MAX_BYTES), file, what);
}

/** The value in the bytes of such a file. */
export function parseJson(bytes: Uint8Array, file: string, what: string): unknown {
  const who = `${what} ${JSON.stringify(file)}`;
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof SyntaxError ? cause.message : "bytes that are not UTF-8";
    throw new InputRangeError(who, "JSON", detail, "out-of-range", { cause });
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined)
    throw new InputRangeError(who, "each key once", `${JSON.stringify(twice)} twice`, "damaged-file");
  return value;
}
