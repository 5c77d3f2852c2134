/**
 * Files as callers have them: their bytes, what a page was given, or where they lie.
 *
 * @module
 */

import { InputRangeError, InputTypeError, reasonOf, shown } from "../errors.ts";
import { asBytes, type FileBytes, isBlob } from "../numeric/array-kinds.ts";

/**
 * A file: its bytes, a `Blob` or `File`, or the place where it lies. A text or `URL` is an address for `fetch`; in Node a text that does
 * not begin with `http:`, `https:`, `data:` or `blob:` is a path, and `file:` addresses are read from the disk.
 */
export type FileSource = FileBytes | Blob | string | URL;

/** Reads the file at a path or `file:` address, of at most so many bytes. */
export type ReadPath = (path: string, maxBytes: number) => Promise<Uint8Array>;

/** The starts of addresses that are fetched. */
export const ADDRESS = /^(https?|data|blob):/i;

let readPath: ReadPath | undefined;

/** Lets texts be paths, on a host that has files. */
export function setPathReader(reader: ReadPath): void {
  readPath = reader;
}

/** The place that a text or a URL of any realm names; undefined for other values. */
export function placeOf(source: unknown): string | undefined {
  if (typeof source === "string") return source;
  const isUrl = Object.prototype.toString.call(source) === "[object URL]";
  return isUrl ? String(source) : undefined;
}

/**
 * The bytes of a file.
 *
 * @param who stands in messages
 * @param what the file should be, such as "a model file"
 * @throws TypeError for another kind of value
 * @throws RangeError for a file of more than `maxBytes` bytes, or an address where there is none
 * @throws FileError in Node, for a path that cannot be read
 */
export async function readFileSource(
  who: string,
  what: string,
  source: FileSource,
  maxBytes: number,
): Promise<Uint8Array> {
  const bytes = asBytes(source);
  if (bytes !== undefined) return bytes;
  const place = placeOf(source);
  if (place !== undefined) {
    return readPath === undefined || ADDRESS.test(place)
      ? fetched(who, what, place, maxBytes)
      : readPath(place, maxBytes);
  }
  if (!isBlob(source)) throw new InputTypeError(who, `${what} as bytes, a Blob, a path or an address`, shown(source));
  if (source.size > maxBytes) throw tooLarge(who, maxBytes, `${source.size}`);
  return new Uint8Array(await source.arrayBuffer());
}

/** The file at an address, which is given up as soon as it turns out to be too large. */
async function fetched(who: string, what: string, address: string, maxBytes: number): Promise<Uint8Array> {
  const missing = (got: string, cause?: unknown) =>
    new InputRangeError(who, `${what} at ${shown(address)}`, got, "missing", { cause });
  const response = await fetch(address).catch((cause: unknown) => {
    throw missing(`no answer (${reasonOf(cause)})`, cause);
  });
  if (!response.ok) throw missing(`${response.status} ${response.statusText}`.trim());
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
    length += piece.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw tooLarge(who, maxBytes, "more");
    }
    pieces.push(piece.value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function tooLarge(who: string, maxBytes: number, got: string): InputRangeError {
  return new InputRangeError(who, `a file of at most ${maxBytes} bytes`, got, "too-large");
}
