/**
 * The bytes of a pickle, taken one after the other.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";

/** Longest whole number in bytes: more are of no use here, and slow to read. */
const MAX_LONG_BYTES = 256;

/** A place in a pickle, and how its numbers and texts are written. */
export class PickleBytes {
  readonly #who: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Index of the next byte. */
  at: number;

  constructor(who: string, bytes: Uint8Array, begin: number) {
    this.#who = who;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = begin;
  }

  wrong(expected: string, got: string): InputRangeError {
    return new InputRangeError(this.#who, expected, got, "damaged-file");
  }

  /** Moves on by `count` bytes, and returns the index at which they begin. */
  #take(count: number): number {
    const at = this.at;
    if (!(count <= this.#bytes.length - at)) throw this.wrong("a whole pickle", "one that is cut off");
    this.at += count;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A length of 64 bits: no file has more bytes than a number can count. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** A float of 64 bits, which unlike whole numbers has its highest byte first. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A whole number in two's complement, lowest byte first: a number where one holds it exactly. */
  long(count: number): number | bigint {
    if (count > MAX_LONG_BYTES) throw this.wrong(`whole numbers of at most ${MAX_LONG_BYTES} bytes`, `${count} bytes`);
    const bytes = this.slice(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    return narrowed(BigInt.asIntN(8 * count, value));
  }

  /** A whole number in decimal digits on a line; `00` and `01` are truth values. */
  decimal(): number | bigint | boolean {
    const text = this.line().replace(/L$/, "");
    if (text === "00" || text === "01") return text === "01";
    if (!/^-?\d+$/.test(text) || text.length > 2 * MAX_LONG_BYTES) {
      throw this.wrong("a whole number", JSON.stringify(text.slice(0, 40)));
    }
    return narrowed(BigInt(text));
  }

  /** A float in decimal digits on a line. */
  float(): number {
    const text = this.line();
    if (text === "inf" || text === "-inf") return text === "inf" ? Infinity : -Infinity;
    return Number(text);
  }

  /** The text up to the next line feed. */
  line(): string {
    return new TextDecoder().decode(this.#lineBytes());
  }

  /** A text up to the next line feed in Latin-1, with escapes such as `\\u0436` and `\\U0001f600` for all other letters. */
  escapedLine(): string {
    const text = Array.from(this.#lineBytes(), (byte) => String.fromCharCode(byte)).join("");
    return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (all, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? "", 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
  }

  #lineBytes(): Uint8Array {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.wrong("a whole pickle", "one that is cut off");
    const begin = this.#take(end + 1 - this.at);
    return this.#bytes.subarray(begin, end);
  }

  slice(count: number): Uint8Array {
    const begin = this.#take(count);
    return this.#bytes.subarray(begin, begin + count);
  }

  text(count: number): string {
    return new TextDecoder().decode(this.slice(count));
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
