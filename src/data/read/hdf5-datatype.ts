/**
 * The bits of an HDF5 dataset's numbers, from the file's own bytes: h5wasm tells only how many bytes a number takes.
 *
 * After The HDF Group, "HDF5 File Format Specification Version 3.0": object headers (IV.A.1), the datatype message
 * (IV.A.2.d) and shared messages (IV.A.2). The file may be hostile: reading outside of it gives NaN, which ends every
 * loop.
 *
 * @module
 */

import { type ByteSource, isTextAt, numberAt, readSuperblock, type Superblock } from "./hdf5-bytes.ts";
import type { NumberArray } from "./number-array.ts";

/** Place of an integer's bits in its bytes, counted from the lowest. */
export interface IntegerBits {
  readonly kind: "integer";
  readonly bytes: number;
  readonly offset: number;
  readonly precision: number;
}

/** Place of a float's bits in its bytes, counted from the lowest, and the bias of its exponent. */
export interface FloatBits {
  readonly kind: "float";
  readonly bytes: number;
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** True if exponent, mantissa and sign lie where IEEE's do, with the mantissa's first bit left out. */
  readonly isPlain: boolean;
}

/** A message of an object's header: its type, flags, and where its data begin and end. */
interface Message {
  readonly type: number;
  readonly flags: number;
  readonly begin: number;
  readonly end: number;
}

const DATATYPE = 0x03;
const CONTINUATION = 0x10;
const SHARED = 0x02;

/** Messages of one header that are looked at: more than version 1 can count are never there. */
const MAX_MESSAGES = 65_535;

/** Bits of the mantissas of IEEE's floats, by their bytes. */
const MANTISSAS: ReadonlyMap<number, number> = new Map([
  [2, 10],
  [4, 23],
  [8, 52],
]);

/**
 * The bits of the numbers of a dataset whose object header is at `address`.
 *
 * @param base index of the file's signature
 * @returns undefined for other types than numbers, or where the header cannot be followed, as into a heap of shared
 *   messages
 */
export function numberBits(file: ByteSource, base: number, address: number): IntegerBits | FloatBits | undefined {
  const superblock = readSuperblock(file, base);
  const own = datatypeMessage(file, superblock, address);
  if (own === undefined) return undefined;
  if (!(own.flags & SHARED)) return decode(file, own);
  const committed = datatypeMessage(file, superblock, committedAddress(file, superblock, own));
  return committed === undefined || committed.flags & SHARED ? undefined : decode(file, committed);
}

function datatypeMessage(file: ByteSource, superblock: Superblock, address: number): Message | undefined {
  for (const message of messages(file, superblock, address)) if (message.type === DATATYPE) return message;
  return undefined;
}

/** The messages of an object header of version 1 or 2, those of its continuation blocks last. */
function* messages(file: ByteSource, superblock: Superblock, address: number): Generator<Message> {
  const start = superblock.base + address;
  const isSecond = isTextAt(file, start, "OHDR");
  if (!isSecond && numberAt(file, start, 1) !== 1) return;
  const flags = isSecond ? numberAt(file, start + 5, 1) : 0;
  const blocks = [
    isSecond ? firstBlock(file, start, flags) : { begin: start + 16, size: numberAt(file, start + 8, 4) },
  ];
  const headBytes = isSecond ? (flags & 4 ? 6 : 4) : 8;
  let count = 0;
  for (const { begin, size } of blocks) {
    for (let at = begin; at + headBytes <= begin + size; ) {
      const type = numberAt(file, at, isSecond ? 1 : 2);
      const bytes = numberAt(file, at + (isSecond ? 1 : 2), 2);
      const data = at + headBytes;
      count += 1;
      if (!(data + bytes <= Math.min(begin + size, file.length)) || count > MAX_MESSAGES) return;
      yield { type, flags: numberAt(file, at + (isSecond ? 3 : 4), 1), begin: data, end: data + bytes };
      if (type === CONTINUATION) {
        const block = superblock.base + numberAt(file, data, superblock.address);
        const blockBytes = numberAt(file, data + superblock.address, superblock.length);
        // Version 2 has a signature before the messages, and a checksum behind them.
        if (!isSecond) blocks.push({ begin: block, size: blockBytes });
        else if (isTextAt(file, block, "OCHK")) blocks.push({ begin: block + 4, size: blockBytes - 8 });
      }
      at = data + bytes;
    }
  }
}

/** The first block of messages of a header of version 2, which may have times and limits of attributes before it. */
function firstBlock(file: ByteSource, start: number, flags: number): { begin: number; size: number } {
  const at = start + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const bytes = 1 << (flags & 3);
  return { begin: at + bytes, size: numberAt(file, at, bytes) };
}

/** The address of the datatype that a shared message names; NaN where that is in a heap. */
function committedAddress(file: ByteSource, { address, length }: Superblock, { begin }: Message): number {
  const version = numberAt(file, begin, 1);
  if (version === 1) return numberAt(file, begin + 8 + length, address);
  const isInHeap = version === 3 && numberAt(file, begin + 1, 1) === 1;
  return isInHeap ? Number.NaN : numberAt(file, begin + 2, address);
}

function decode(file: ByteSource, { begin, end }: Message): IntegerBits | FloatBits | undefined {
  const head = numberAt(file, begin, 1);
  const [kind, version] = [head & 15, head >> 4];
  if (kind > 1 || end - begin < (kind === 0 ? 12 : 20)) return undefined;
  const bytes = numberAt(file, begin + 4, 4);
  const offset = numberAt(file, begin + 8, 2);
  const precision = numberAt(file, begin + 10, 2);
  if (kind === 0) return { kind: "integer", bytes, offset, precision };
  const [exponentAt, exponent, mantissaAt, mantissa] = [12, 13, 14, 15].map((i) => numberAt(file, begin + i, 1));
  const bias = numberAt(file, begin + 16, 4);
  const [order, sign] = [1, 2].map((i) => numberAt(file, begin + i, 1));
  const isVax = version >= 3 && (order & 0x40) !== 0;
  const isWhole = offset === 0 && precision === 8 * bytes && sign === precision - 1;
  const isPacked = mantissaAt === 0 && exponentAt === mantissa && exponent + mantissa === sign;
  const leavesOne = ((order >> 4) & 3) === 2;
  return { kind: "float", bytes, exponent, mantissa, bias, isPlain: isWhole && isPacked && leavesOne && !isVax };
}

/** True for IEEE's floats of 16, 32 or 64 bits. */
export function isIeee(bits: FloatBits): boolean {
  return bits.isPlain && hasIeeeParts(bits);
}

function hasIeeeParts({ bytes, exponent, mantissa, bias }: FloatBits): boolean {
  const isSplit = mantissa === MANTISSAS.get(bytes) && exponent === 8 * bytes - 1 - mantissa;
  return isSplit && bias === 2 ** (exponent - 1) - 1;
}

/** Floats that are not IEEE's in an error message, such as `floats with 8 bits of exponent, 7 of mantissa and a bias of 127`. */
export function describeFloats(bits: FloatBits): string {
  if (hasIeeeParts(bits)) return "floats whose bits are in another order";
  return `floats with ${bits.exponent} bits of exponent, ${bits.mantissa} of mantissa and a bias of ${bits.bias}`;
}

/** Moves integers, in place, from the bits where the file has them to all of their bytes: the others may hold anything. */
export function widenIntegers(
  { type, bytes: { buffer } }: NumberArray,
  { bytes, offset, precision }: IntegerBits,
): void {
  const isSigned = type.startsWith("int");
  if (bytes === 8) {
    const values = new BigInt64Array(buffer);
    const cut = isSigned ? BigInt.asIntN : BigInt.asUintN;
    values.forEach((value, i) => {
      values[i] = cut(precision, value >> BigInt(offset));
    });
    return;
  }
  const values = bytes === 4 ? new Int32Array(buffer) : bytes === 2 ? new Int16Array(buffer) : new Int8Array(buffer);
  const up = 32 - offset - precision;
  const down = 32 - precision;
  for (let i = 0; i < values.length; i++) values[i] = isSigned ? (values[i] << up) >> down : (values[i] << up) >>> down;
}
