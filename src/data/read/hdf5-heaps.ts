/**
 * The global heaps of an HDF5 file, where texts and lists of varying length are: the library walks through a damaged
 * one for ever, so that all are checked before it sees the file.
 *
 * After The HDF Group, "HDF5 File Format Specification Version 3.0", III.E.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { isTextAt, numberAt, readSuperblock } from "./hdf5-bytes.ts";

const SIGNATURE = "GCOL";
const VERSION = 1;

/** Bytes that the smallest collection of a heap has. */
const LEAST_BYTES = 4096;

/** Place of each letter in the signature, by its code; -1 for all others. */
const PLACES = Int8Array.from({ length: 256 }, (_, code) => SIGNATURE.indexOf(String.fromCharCode(code)));

/**
 * Checks every collection of a global heap in a file, whether something refers to it or not.
 *
 * @param who stands in messages
 * @param base index of the file's signature
 * @throws RangeError if one is cut off, or its objects do not fill it one after the other
 */
export function checkGlobalHeaps(who: string, file: Uint8Array, base: number): void {
  const { length } = readSuperblock(file, base);
  // Collections do not overlap: together they are no larger than the file, which also bounds this work.
  let left = file.length;
  for (const start of collections(file)) {
    left -= numberAt(file, start + 8, length);
    if (left >= 0 && isWhole(file, start, length)) continue;
    const got = `a global heap at byte ${start} that is cut off or corrupt`;
    throw new InputRangeError(who, "a whole HDF5 file", got, "damaged-file");
  }
}

/** Indices at which collections begin, which may be any byte: addresses need not be multiples of anything. */
function* collections(file: Uint8Array): Generator<number> {
  // One of the four letters is at each fourth byte.
  for (let at = SIGNATURE.length - 1; at < file.length; at += SIGNATURE.length) {
    const place = PLACES[file[at]];
    if (place < 0) continue;
    const start = at - place;
    if (isTextAt(file, start, SIGNATURE) && file[start + SIGNATURE.length] === VERSION) yield start;
  }
}

/** True if a collection is in the file, and its objects in it: each has an index, a size and, padded, its bytes. */
function isWhole(file: Uint8Array, start: number, length: number): boolean {
  const size = numberAt(file, start + 8, length);
  const end = start + size;
  if (!(size >= LEAST_BYTES && end <= file.length)) return false;
  const headBytes = padded(8 + length);
  // Less than the head of an object at the end is free.
  for (let at = start + headBytes; at + headBytes <= end; ) {
    const bytes = numberAt(file, at + 8, length);
    // Free space has index 0, and its size is that of its head too.
    const isFree = numberAt(file, at, 2) === 0;
    const needed = isFree ? bytes : headBytes + padded(bytes);
    if (!(needed >= headBytes && at + needed <= end)) return false;
    at += needed;
  }
  return true;
}

function padded(bytes: number): number {
  return 8 * Math.ceil(bytes / 8);
}
