/** Mutated copies of files, each from a seed: the same seed gives the same bytes on every machine. */

import type { RandomStream } from "../../src/numeric/random.ts";

/** Numbers that readers trip over: signs, borders of types, and what a size multiplies to beyond them. */
const NUMBERS = [0, 1, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

/** At most so many changes to one file. */
const MOST_CHANGES = 4;

/** Numbers from one stream, one after the other. */
class Draws {
  readonly #stream: RandomStream;
  #drawn = 0;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return this.#stream.integer(this.#drawn++, Math.max(1, count));
  }

  /** A length that is more often short than long, up to `most`. */
  length(most: number): number {
    return 1 + this.below(2 ** this.below(Math.floor(Math.log2(Math.max(2, most))) + 1));
  }

  /** A place in a file: each second one is near its start, where headers are. */
  place(length: number): number {
    return this.below(this.below(2) === 0 ? Math.min(length, 128) : length);
  }
}

type Change = (bytes: Buffer, draws: Draws, other: Uint8Array) => Buffer;

const CHANGES: readonly Change[] = [
  function flipBit(bytes, draws) {
    const at = draws.place(bytes.length);
    if (bytes.length > 0) bytes[at] ^= 1 << draws.below(8);
    return bytes;
  },
  function setByte(bytes, draws) {
    const at = draws.place(bytes.length);
    if (bytes.length > 0) bytes[at] = draws.below(256);
    return bytes;
  },
  function setNumber(bytes, draws) {
    const at = draws.place(bytes.length);
    const value = NUMBERS[draws.below(NUMBERS.length)];
    const width = [1, 2, 4][draws.below(3)];
    const isLittle = draws.below(2) === 0;
    for (let i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = value >>> (8 * (isLittle ? i : width - 1 - i));
    }
    return bytes;
  },
  function cut(bytes, draws) {
    return bytes.subarray(0, draws.below(bytes.length));
  },
  function remove(bytes, draws) {
    const at = draws.place(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + draws.length(bytes.length - at))]);
  },
  function repeat(bytes, draws) {
    const at = draws.place(bytes.length);
    const end = at + draws.length(bytes.length - at);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  function insert(bytes, draws) {
    const at = draws.place(bytes.length);
    const added = Buffer.from(Array.from({ length: draws.length(64) }, () => draws.below(256)));
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)]);
  },
  function splice(bytes, draws, other) {
    const from = draws.place(other.length);
    const at = draws.place(bytes.length);
    const piece = other.subarray(from, from + draws.length(other.length - from));
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
  },
  function changeDigits(bytes, draws) {
    const digits = [...bytes.keys()].filter((i) => bytes[i] >= 0x30 && bytes[i] <= 0x39);
    if (digits.length === 0) return bytes;
    const at = digits[draws.below(digits.length)];
    const number = ["-1", "0", "1e999", "4294967296", "9007199254740993", "99999999999999999999"][draws.below(6)];
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(number), bytes.subarray(at + 1)]);
  },
];

/**
 * A copy of a file with one to four changes: bits, numbers, pieces cut off, removed, repeated, inserted or taken from another
 * file of its kind.
 */
export function mutated(file: Uint8Array, other: Uint8Array, stream: RandomStream): Uint8Array {
  const draws = new Draws(stream);
  let bytes: Buffer = Buffer.from(file);
  for (let left = 1 + draws.below(MOST_CHANGES); left > 0; left--) {
    bytes = CHANGES[draws.below(CHANGES.length)](bytes, draws, other);
  }
  return new Uint8Array(bytes);
}
