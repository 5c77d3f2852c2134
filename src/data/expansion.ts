/**
 * The limit on the size of unpacked files, for all packed formats: gzip, ZIP, PNG, JPEG, HDF5.
 *
 * Data sets pack 3 to 30 : 1, and the sparsest ones (a few pixels lit, stored as float64) about 60 : 1. Deflate and
 * JPEG reach 1000 : 1 on nothing but one colour, so a file of a megabyte could fill a gigabyte. Such ratios are right
 * for single blank pictures and for arrays of labels, which are small: hence a part that is free for every file.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { flagAndKey } from "../options/names.ts";

/**
 * Bytes that may come out of any file: the pixels of a blank picture of 4096 x 4096 with red, green, blue and alpha.
 */
const FREE_BYTES = 64 * 2 ** 20;

/** Default multiple of the file's size that may come out beyond that. */
export const MAX_EXPANSION = 100;

/**
 * The number of bytes that may come out of a file: 64 MiB, and a multiple of its size.
 *
 * @param packed the file's size in bytes; of a file in an archive, what it takes there
 * @param maxExpansion the multiple; default 100
 */
export function allowedBytes(packed: number, maxExpansion: number = MAX_EXPANSION): number {
  return FREE_BYTES + packed * maxExpansion;
}

/**
 * Refuses a file whose header gives a larger unpacked size than is allowed, before memory is allocated for it.
 *
 * @param who stands in the error message
 * @throws RangeError if `unpacked` is more than `allowed`
 *
 * @example
 * checkExpansion("readIdx \"images.gz\"", 60_000 * 784, allowedBytes(9_900_000));
 */
export function checkExpansion(who: string, unpacked: number, allowed: number): void {
  if (unpacked <= allowed) return;
  const advice = `${flagAndKey("maxExpansion")} allows more`;
  throw new InputRangeError(who, `at most ${allowed} bytes to come out of so small a file`, "more", "too-large", {
    advice: advice,
  });
}
