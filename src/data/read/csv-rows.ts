/**
 * The numbers in a CSV file, row by row, without the file ever being in memory whole.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { GrowingBytes } from "../gzip.ts";
import { type CsvStart, NUMBER, parseCsvStart, SPACES, unquoted } from "./csv-start.ts";
import { utf8Pieces } from "./utf8-pieces.ts";

/** Longest first line that is read, which decides how many columns there are. */
const MAX_FIRST_LINE = 16 * 2 ** 20;

/** More digits than a whole number can be added up from exactly. */
const EXACT_DIGITS = 15;

/** Longest text of one number. */
const MAX_NUMBER = 64;

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a CSV file of numbers, separated by commas, semicolons, tabs or runs of spaces. Lines end with a line feed, a carriage
 * return, or both.
 *
 * @param who stands in error messages
 * @param onStart is told of the columns before the first row, and gives those that are passed over: they may hold any text
 * @param onRow gets each row's numbers, in an array that the next row overwrites; NaN where a column is passed over
 * @throws RangeError for a row of another length, or a field that is no number, with its line
 */
export async function readCsvRows(
  who: string,
  pieces: AsyncIterable<Uint8Array>,
  onStart: (start: CsvStart) => readonly number[],
  onRow: (row: Float64Array, line: number) => void,
): Promise<void> {
  let first: GrowingBytes | undefined = new GrowingBytes(0, MAX_FIRST_LINE);
  let rows: RowReader | undefined;
  const begin = (line: Uint8Array): RowReader => {
    const start = parseCsvStart(who, line);
    return new RowReader(who, start, onStart(start), onRow);
  };
  for await (const piece of utf8Pieces(who, pieces)) {
    if (first === undefined) {
      rows?.read(piece);
      continue;
    }
    const end = piece.findIndex((byte) => byte === LINE_FEED || byte === RETURN);
    const part = end < 0 ? piece : piece.subarray(0, end);
    if (first.length + part.length > MAX_FIRST_LINE) {
      throw new InputRangeError(who, `a first line of at most ${MAX_FIRST_LINE} bytes`, "more", "too-large");
    }
    first.append(part);
    if (end < 0) continue;
    const line = first.bytes();
    rows = begin(line);
    if (!rows.hasHeader) rows.read(line);
    rows.read(piece.subarray(end));
    first = undefined;
  }
  if (first !== undefined) {
    const line = first.bytes();
    rows = begin(line);
    if (!rows.hasHeader) rows.read(line);
  }
  rows?.end();
}

/** Turns bytes into rows; numbers and rows may be cut anywhere between two calls. */
class RowReader {
  /** True: the first line holds names. */
  readonly hasHeader: boolean;
  readonly #who: string;
  readonly #isSpaced: boolean;
  readonly #separator: number;
  readonly #row: Float64Array;
  /** 1 for each column that is passed over. */
  readonly #passed: Uint8Array;
  readonly #onRow: (row: Float64Array, line: number) => void;
  /** Number of the line that is being read, from 1. */
  #line = 1;
  /** Fields of this row that are complete. */
  #column = 0;
  /** The field so far, where it has only digits. */
  #value = 0;
  #digits = 0;
  /** The field so far, where it has more than digits. */
  #text: string | undefined;
  /** True: the last byte was a carriage return, which a line feed may follow. */
  #isAfterReturn = false;

  constructor(
    who: string,
    start: CsvStart,
    passed: readonly number[],
    onRow: (row: Float64Array, line: number) => void,
  ) {
    this.hasHeader = start.header !== undefined;
    this.#who = who;
    this.#isSpaced = start.separator === SPACES;
    this.#separator = this.#isSpaced ? SPACE : start.separator.charCodeAt(0);
    this.#row = new Float64Array(start.columns);
    this.#passed = new Uint8Array(start.columns);
    for (const column of passed) this.#passed[column] = 1;
    this.#onRow = onRow;
  }

  read(bytes: Uint8Array): void {
    const separator = this.#separator;
    const other = this.#isSpaced ? TAB : separator;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte >= ZERO && byte <= NINE && this.#text === undefined && this.#digits < EXACT_DIGITS) {
        this.#value = this.#value * 10 + (byte - ZERO);
        this.#digits += 1;
      } else if (byte === separator || byte === other) this.#separate();
      else if (byte === RETURN) this.#endRow();
      else if (byte === LINE_FEED) {
        const isAfterReturn = i === 0 ? this.#isAfterReturn : bytes[i - 1] === RETURN;
        if (!isAfterReturn) this.#endRow();
      } else this.#addText(byte);
    }
    if (bytes.length > 0) this.#isAfterReturn = bytes[bytes.length - 1] === RETURN;
  }

  /** The last line may lack its line break. */
  end(): void {
    if (this.#column > 0 || !this.#isEmpty) this.#endRow();
  }

  get #isEmpty(): boolean {
    return this.#digits === 0 && this.#text === undefined;
  }

  #addText(byte: number): void {
    if (this.#passed[this.#column] === 1) {
      // Only that there is something has to be known.
      if (byte > SPACE) this.#text = "something";
      return;
    }
    this.#text ??= this.#digits === 0 ? "" : String(this.#value);
    if (this.#text.length >= MAX_NUMBER) throw this.#wrongField(`${this.#text.slice(0, 20)}...`);
    this.#text += String.fromCharCode(byte);
  }

  #separate(): void {
    // Only the first one of a run of spaces ends a number, and those at the end of a line end none.
    if (!this.#isSpaced || !this.#isEmpty) this.#endField();
  }

  #endField(): void {
    const isPassed = this.#passed[this.#column] === 1;
    if (this.#column < this.#row.length) this.#row[this.#column] = isPassed ? Number.NaN : this.#number();
    this.#column += 1;
    this.#value = 0;
    this.#digits = 0;
    this.#text = undefined;
  }

  #number(): number {
    if (this.#text === undefined) {
      if (this.#digits === 0) throw this.#wrongField("");
      return this.#value;
    }
    const text = unquoted(this.#text);
    if (!NUMBER.test(text)) throw this.#wrongField(text);
    return Number(text);
  }

  #wrongField(text: string): RangeError {
    const where = `line ${this.#line}, column ${this.#column + 1}`;
    const got = text === "" ? "nothing" : JSON.stringify(text);
    return new InputRangeError(this.#who, `a number in ${where}`, got, "damaged-file");
  }

  #endRow(): void {
    const isBlank = this.#column === 0 && this.#digits === 0 && (this.#text ?? "").trim() === "";
    if (isBlank) this.#text = undefined;
    else {
      this.#separate();
      if (this.#column !== this.#row.length) {
        const expected = `${this.#row.length} values in line ${this.#line}, as in the first`;
        throw new InputRangeError(this.#who, expected, `${this.#column}`, "damaged-file");
      }
      this.#onRow(this.#row, this.#line);
    }
    this.#column = 0;
    this.#line += 1;
  }
}
