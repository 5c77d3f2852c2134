import { InputRangeError } from "../errors.ts";
import { readFileBounded } from "../node/files.ts";
import { decodeJson } from "../numeric/json-keys.ts";

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
  const { value, twice } = decoded(who, bytes);
  if (twice === undefined) return value;
  throw new InputRangeError(who, "each key once", `${JSON.stringify(twice)} twice`, "damaged-file");
}

function decoded(who: string, bytes: Uint8Array) {
  try {
    return decodeJson(bytes);
  } catch (cause) {
    const detail = cause instanceof SyntaxError ? cause.message : "bytes that are not UTF-8";
    throw new InputRangeError(who, "JSON", detail, "out-of-range", { cause });
  }
}
