/**
 * Numbers and signatures in the bytes of an HDF5 file, and the sizes that its superblock says.
 *
 * After The HDF Group, "HDF5 File Format Specification Version 3.0", II.A. The file may be hostile: reading outside of
 * it gives NaN, which ends every loop.
 *
 * @module
 */

/** Bytes of a file by their index, in memory or read when they are looked at. */
export interface ByteSource {
  readonly length: number;
  /** Undefined beyond the end. */
  at(index: number): number | undefined;
}

/** Facts from the superblock: the sizes of addresses and lengths, and the position of address 0. */
export interface Superblock {
  readonly base: number;
  readonly address: number;
  readonly length: number;
}

/**
 * Reads the superblock.
 *
 * @param base index of the file's signature
 */
export function readSuperblock(file: ByteSource, base: number): Superblock {
  const sizes = base + (numberAt(file, base + 8, 1) < 2 ? 13 : 9);
  return { base, address: numberAt(file, sizes, 1), length: numberAt(file, sizes + 1, 1) };
}

/** The little-endian number in the bytes from `at` on; NaN where they are not all in the file. */
export function numberAt(file: ByteSource, at: number, bytes: number): number {
  if (!(at >= 0 && at + bytes <= file.length)) return Number.NaN;
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (file.at(at + i) ?? Number.NaN);
  return value;
}

/** True if the bytes from `at` on are the letters of `text`. */
export function isTextAt(file: ByteSource, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (file.at(at + i) !== text.charCodeAt(i)) return false;
  return true;
}
