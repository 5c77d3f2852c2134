/**
 * The numbers in a CSV file, row by row, without the file ever being in memory whole.
 *
 * @module
 */

import { GrowingBytes } from "../gzip.ts";

/** Longest first line that is read, which decides how many columns there are. */
const MAX_FIRST_LINE = 16 * 2 ** 20;

/** More digits than a whole number can be added up from exactly. */
const EXACT_DIGITS = 15;

/** Longest text of one number. */
const MAX_NUMBER = 64;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const SEPARATORS = [",", ";", "\t"];

const LINE_FEED = 10;
const RETURN = 13;
const ZERO = 48;
const NINE = 57;

/** The first line of a CSV file. */
export interface CsvStart {
  readonly separator: string;
  /** Number of columns. */
  readonly columns: number;
  /** The names of the columns, unless the first line is one of numbers. */
  readonly header: readonly string[] | undefined;
}

/**
 * Reads a CSV file of numbers, separated by commas, semicolons or tabs.
 *
 * @param who stands in error messages
 * @param onStart is told of the columns before the first row
 * @param onRow gets each row's numbers, in an array that the next row overwrites
 * @throws RangeError for a row of another length, or a field that is no number, with its line
 */
export async function readCsvRows(
  who: string,
  pieces: AsyncIterable<Uint8Array>,
  onStart: (start: CsvStart) => void,
  onRow: (row: Float64Array, line: number) => void,
): Promise<void> {
  let first: GrowingBytes | undefined = new GrowingBytes(0, MAX_FIRST_LINE);
  let rows: RowReader | undefined;
  const begin = (line: Uint8Array): RowReader => {
    const start = parseStart(who, line);
    onStart(start);
    const reader = new RowReader(who, start, onRow);
    if (start.header === undefined) reader.read(line);
    else reader.line += 1;
    return reader;
  };
  for await (const piece of pieces) {
    let rest = piece;
    if (first !== undefined) {
      const end = piece.indexOf(LINE_FEED);
      const part = end < 0 ? piece : piece.subarray(0, end + 1);
      if (first.length + part.length > MAX_FIRST_LINE) {
        throw new RangeError(`${who}: expected a first line of at most ${MAX_FIRST_LINE} bytes, got more`);
      }
      first.append(part);
      if (end < 0) continue;
      rows = begin(first.bytes());
      first = undefined;
      rest = piece.subarray(end + 1);
    }
    rows?.read(rest);
  }
  if (first !== undefined) rows = begin(first.bytes());
  rows?.end();
}

function parseStart(who: string, line: Uint8Array): CsvStart {
  const text = new TextDecoder().decode(line).trim();
  if (text.includes("\0")) throw new RangeError(`${who}: expected text in UTF-8, got something else`);
  if (text === "") throw new RangeError(`${who}: expected numbers in the first line, got an empty one`);
  const found = SEPARATORS.map((separator) => ({ separator, fields: text.split(separator) }));
  const { separator, fields } = found.reduce((most, next) => (next.fields.length > most.fields.length ? next : most));
  const names = fields.map((field) => unquoted(field));
  // A word elsewhere is a mistake in a row of numbers, which has to be told.
  const isHeader = [names[0], names[names.length - 1]].some((name) => name !== "" && !NUMBER.test(name));
  return { separator, columns: names.length, header: isHeader ? names : undefined };
}

function unquoted(field: string): string {
  const trimmed = field.trim();
  return /^"[^"]*"$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

/** Turns bytes into rows; numbers and rows may be cut anywhere between two calls. */
class RowReader {
  /** Of the row that is being read, from 1. */
  line = 1;
  readonly #who: string;
  readonly #separator: number;
  readonly #row: Float64Array;
  readonly #onRow: (row: Float64Array, line: number) => void;
  /** Fields of this row that are complete. */
  #column = 0;
  /** The field so far, where it has only digits. */
  #value = 0;
  #digits = 0;
  /** The field so far, where it has more than digits. */
  #text: string | undefined;

  constructor(who: string, start: CsvStart, onRow: (row: Float64Array, line: number) => void) {
    this.#who = who;
    this.#separator = start.separator.charCodeAt(0);
    this.#row = new Float64Array(start.columns);
    this.#onRow = onRow;
  }

  read(bytes: Uint8Array): void {
    const separator = this.#separator;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte >= ZERO && byte <= NINE && this.#text === undefined && this.#digits < EXACT_DIGITS) {
        this.#value = this.#value * 10 + (byte - ZERO);
        this.#digits += 1;
      } else if (byte === separator) this.#endField();
      else if (byte === LINE_FEED) this.#endRow();
      else if (byte !== RETURN) this.#addText(byte);
    }
  }

  /** The last line may lack its line break. */
  end(): void {
    if (this.#column > 0 || this.#digits > 0 || this.#text !== undefined) this.#endRow();
  }

  #addText(byte: number): void {
    this.#text ??= this.#digits === 0 ? "" : String(this.#value);
    if (this.#text.length >= MAX_NUMBER) throw this.#wrongField(`${this.#text.slice(0, 20)}...`);
    this.#text += String.fromCharCode(byte);
  }

  #endField(): void {
    if (this.#column < this.#row.length) this.#row[this.#column] = this.#number();
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
    const text = unquoted(this.#text.replace(/^\xef\xbb\xbf/, ""));
    if (!NUMBER.test(text)) throw this.#wrongField(text);
    return Number(text);
  }

  #wrongField(text: string): RangeError {
    const where = `line ${this.line}, column ${this.#column + 1}`;
    const got = text === "" ? "nothing" : JSON.stringify(text);
    return new RangeError(`${this.#who}: expected a number in ${where}, got ${got}`);
  }

  #endRow(): void {
    const isBlank = this.#column === 0 && this.#digits === 0 && (this.#text ?? "").trim() === "";
    if (isBlank) this.#text = undefined;
    else {
      this.#endField();
      if (this.#column !== this.#row.length) {
        const expected = `${this.#row.length} values in line ${this.line}, as in the first`;
        throw new RangeError(`${this.#who}: expected ${expected}, got ${this.#column}`);
      }
      this.#onRow(this.#row, this.line);
    }
    this.#column = 0;
    this.line += 1;
  }
}
