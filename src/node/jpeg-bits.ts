/**
 * Entropy-coded data of JPEG files, read bit by bit (ITU-T T.81, annexes F and G).
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";

/** A Huffman table: for each length of a code the highest code and the index of its first value. */
export interface HuffmanTable {
  readonly highest: Int32Array;
  readonly offset: Int32Array;
  readonly values: Uint8Array;
}

/** Adds the tables of a segment, by class and number as they stand there. */
export function readTables(data: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= data.length; ) {
    const counts = data.subarray(at + 1, at + 17);
    const highest = new Int32Array(17).fill(-1);
    const offset = new Int32Array(17);
    let code = 0;
    let seen = 0;
    counts.forEach((count, i) => {
      offset[i + 1] = seen - code;
      if (count > 0) highest[i + 1] = code + count - 1;
      code = (code + count) << 1;
      seen += count;
    });
    tables.set(data[at], { highest, offset, values: data.subarray(at + 17, at + 17 + seen) });
    at += 17 + seen;
  }
}

/** Reads entropy-coded data, and writes the bits that are kept. */
export class BitCopier {
  isKept = true;
  readonly #who: string;
  readonly #scan: Uint8Array;
  #at = 0;
  /** Bits of the current byte that are still to be read. */
  #left = 0;
  #byte = 0;
  readonly #out: number[] = [];
  #made = 1;

  constructor(who: string, scan: Uint8Array) {
    this.#who = who;
    this.#scan = scan;
  }

  #bit(): number {
    if (this.#left === 0) {
      this.#byte = this.#scan[this.#at];
      if (this.#at >= this.#scan.length || (this.#byte === 0xff && this.#scan[this.#at + 1] !== 0))
        throw this.#corrupt();
      this.#at += this.#byte === 0xff ? 2 : 1;
      this.#left = 8;
    }
    this.#left -= 1;
    const bit = (this.#byte >> this.#left) & 1;
    if (this.isKept) this.#write(bit);
    return bit;
  }

  #write(bit: number): void {
    this.#made = this.#made * 2 + bit;
    if (this.#made < 256) return;
    this.#out.push(this.#made & 255);
    if (this.#made === 511) this.#out.push(0);
    this.#made = 1;
  }

  bits(count: number): void {
    for (let i = 0; i < count; i++) this.#bit();
  }

  /** The value of the next code. */
  code(table: HuffmanTable | undefined): number {
    if (table === undefined) throw this.#corrupt();
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = code * 2 + this.#bit();
      if (code <= table.highest[length]) return table.values[code + table.offset[length]];
    }
    throw this.#corrupt();
  }

  /** Reads all coefficients of a block but the first. */
  coefficients(table: HuffmanTable | undefined): void {
    for (let k = 1; k < 64; k++) {
      const value = this.code(table);
      const size = value & 15;
      if (size === 0 && value !== 0xf0) return;
      k += value >> 4;
      this.bits(size);
    }
  }

  /** Handles a restart mark: both input and output go on with a new byte after it. */
  restart(): void {
    const mark = this.#scan[this.#at + 1];
    if (this.#scan[this.#at] !== 0xff || mark < 0xd0 || mark > 0xd7) throw this.#corrupt();
    this.#left = 0;
    this.#at += 2;
    this.#fill();
    this.#out.push(0xff, mark);
  }

  #fill(): void {
    while (this.#made !== 1) this.#write(1);
  }

  written(): Uint8Array {
    if (this.#scan.subarray(this.#at).some((byte) => byte !== 0xff)) throw this.#corrupt();
    this.#fill();
    return Uint8Array.from(this.#out);
  }

  #corrupt(): RangeError {
    return new InputRangeError(this.#who, "data that is in order", "corrupt data", "damaged-file");
  }
}
