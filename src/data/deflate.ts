/**
 * Unpacking deflate data (RFC 1951) by plain code, which says where the data ends: the web-standard DecompressionStream does not, and
 * a gzip file may hold more behind it.
 *
 * @module
 */

/** Longest distance that is copied from. */
const WINDOW = 32 * 1024;

/** Bytes that are handed out at once. */
const PIECE = 64 * 1024;

/** Longest run that one symbol copies. */
const MAX_LENGTH = 258;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

/** The order in which a block gives the lengths of the codes for its lengths of codes. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const END_OF_BLOCK = 256;

/** A Huffman code: for every run of `bits` bits the symbol that it begins with, times 16, plus the length of its code; 0 for none. */
interface Code {
  readonly table: Uint16Array;
  readonly bits: number;
}

/** Data that is no whole deflate stream. */
class Corrupt extends RangeError {}

/** Bits of some bytes, each byte's lowest first. */
class Bits {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The next `count` bits, at most 16, as a number. */
  take(count: number): number {
    this.#fill(count);
    if (this.#count < count) throw new Corrupt("cut off");
    const value = this.#held & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  /** The next symbol of a code. */
  symbol({ table, bits }: Code): number {
    this.#fill(bits);
    const entry = table[this.#held & ((1 << bits) - 1)];
    const length = entry & 15;
    if (length === 0 || length > this.#count) throw new Corrupt("no such code");
    this.#drop(length);
    return entry >> 4;
  }

  /** Leaves the rest of a byte out, and gives the place of the next one. */
  align(): number {
    this.#at -= this.#count >> 3;
    this.#held = 0;
    this.#count = 0;
    return this.#at;
  }

  /** Goes on at a byte, after {@link align}. */
  moveTo(at: number): void {
    this.#at = at;
  }

  #fill(count: number): void {
    while (this.#count < count && this.#at < this.#bytes.length) {
      this.#held |= this.#bytes[this.#at++] << this.#count;
      this.#count += 8;
    }
  }

  #drop(count: number): void {
    this.#held >>>= count;
    this.#count -= count;
  }
}

/**
 * Unpacks the deflate data that begins at byte `at`, piece by piece.
 *
 * @returns the place of the first byte behind it
 * @throws RangeError if it is corrupt or cut off
 *
 * @example
 * for (const piece of inflateAt(bytes, 10)) write(piece); // each is valid until the next one is asked for
 */
export function* inflateAt(bytes: Uint8Array, at: number): Generator<Uint8Array, number, void> {
  const bits = new Bits(bytes, at);
  const output = new Uint8Array(WINDOW + PIECE + MAX_LENGTH);
  /** Where the bytes that were not handed out yet begin and end; what is before them may be copied from. */
  let begin = 0;
  let end = 0;
  for (let isLast = false; !isLast; ) {
    isLast = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 3) throw new Corrupt("no such block");
    let left = 0;
    let from = 0;
    if (type === 0) {
      from = bits.align();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      if (from + 4 > bytes.length) throw new Corrupt("cut off");
      left = view.getUint16(from, true);
      if (left !== (~view.getUint16(from + 2, true) & 0xffff)) throw new Corrupt("wrong length");
      from += 4;
      if (from + left > bytes.length) throw new Corrupt("cut off");
      bits.moveTo(from + left);
    }
    const codes = type === 1 ? FIXED : type === 2 ? readCodes(bits) : undefined;
    for (let isOpen = true; isOpen; ) {
      const full = WINDOW + PIECE;
      if (codes === undefined) {
        const count = Math.min(left, full - end);
        output.set(bytes.subarray(from, from + count), end);
        [from, left, end] = [from + count, left - count, end + count];
        isOpen = left > 0;
      } else {
        const place = copyUntil(bits, codes, output, end, full);
        isOpen = place >= 0;
        end = isOpen ? place : ~place;
      }
      if (end < full) continue;
      yield output.subarray(begin, end);
      output.copyWithin(0, end - WINDOW, end);
      begin = WINDOW;
      end = WINDOW;
    }
  }
  if (end > begin) yield output.subarray(begin, end);
  return bits.align();
}

interface Codes {
  readonly literals: Code;
  readonly distances: Code;
}

/** Writes what the symbols of a block say from `end` on, until `full` is reached. Gives the new end, or ~end where the block ends. */
function copyUntil(
  bits: Bits,
  { literals, distances }: Codes,
  output: Uint8Array,
  start: number,
  full: number,
): number {
  let end = start;
  while (end < full) {
    const symbol = bits.symbol(literals);
    if (symbol < END_OF_BLOCK) {
      output[end++] = symbol;
      continue;
    }
    if (symbol === END_OF_BLOCK) return ~end;
    const k = symbol - END_OF_BLOCK - 1;
    if (k >= LENGTH_BASE.length) throw new Corrupt("no such length");
    const length = LENGTH_BASE[k] + bits.take(LENGTH_EXTRA[k]);
    const d = bits.symbol(distances);
    if (d >= DISTANCE_BASE.length) throw new Corrupt("no such distance");
    const distance = DISTANCE_BASE[d] + bits.take(DISTANCE_EXTRA[d]);
    if (distance > end) throw new Corrupt("a distance beyond the start");
    // Byte by byte: a run may copy what it has just written.
    for (let i = 0; i < length; i++, end++) output[end] = output[end - distance];
  }
  return end;
}

/** The codes that a block brings along. */
function readCodes(bits: Bits): Codes {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const count = bits.take(4) + 4;
  if (literals > 286 || distances > 30) throw new Corrupt("too many codes");
  const first = new Uint8Array(19);
  for (let i = 0; i < count; i++) first[ORDER[i]] = bits.take(3);
  const code = makeCode(first);
  const lengths = new Uint8Array(literals + distances);
  for (let i = 0; i < lengths.length; ) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) throw new Corrupt("nothing to repeat");
    const value = symbol === 16 ? lengths[i - 1] : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (i + times > lengths.length) throw new Corrupt("too many codes");
    lengths.fill(value, i, i + times);
    i += times;
  }
  if (lengths[END_OF_BLOCK] === 0) throw new Corrupt("a block without an end");
  return {
    literals: makeCode(lengths.subarray(0, literals), true),
    distances: makeCode(lengths.subarray(literals), true),
  };
}

/**
 * The code whose symbols have these lengths, 0 for those that do not occur.
 *
 * @param mayLack there may be a single code, or none
 */
function makeCode(lengths: Uint8Array, mayLack = false): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let [left, used, bits] = [1, 0, 1];
  for (let length = 1; length < 16; length++) {
    left = 2 * left - counts[length];
    if (left < 0) throw new Corrupt("too many codes");
    used += counts[length];
    if (counts[length] > 0) bits = length;
  }
  if (left > 0 && !(mayLack && (used === 0 || (used === 1 && bits === 1)))) throw new Corrupt("too few codes");
  const next = new Uint16Array(16);
  for (let length = 1; length < 15; length++) next[length + 1] = (next[length] + counts[length]) << 1;
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const step = 1 << length;
    for (let i = reversed(next[length]++, length); i < table.length; i += step) table[i] = (symbol << 4) | length;
  }
  return { table, bits };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result |= ((code >> i) & 1) << (length - 1 - i);
  return result;
}

const FIXED: Codes = {
  literals: makeCode(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: makeCode(new Uint8Array(32).fill(5)),
};
