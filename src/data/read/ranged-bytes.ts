import type { DataFile } from "./data-file.ts";

/** Bytes of a part of the file that is kept, and how many such parts are. */
const PAGE_BYTES = 64 * 1024;
const MOST_PAGES = 64;

/** The bytes of a file that stays where it is, read at once when they are asked for; the last parts that were read are kept. */
export class RangedBytes {
  readonly length: number;
  readonly #range: NonNullable<DataFile["rangeNow"]>;
  readonly #pages = new Map<number, Uint8Array>();

  /** @param length size of the file */
  constructor(range: NonNullable<DataFile["rangeNow"]>, length: number) {
    this.#range = range;
    this.length = length;
  }

  /** The byte at an index; undefined beyond the end. */
  at(index: number): number | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    return this.#page(Math.floor(index / PAGE_BYTES))[index % PAGE_BYTES];
  }

  /** Copies bytes from `position` on to a place in `target`, as many as there are of `count`, and returns their number. */
  read(target: Uint8Array, at: number, count: number, position: number): number {
    const end = Math.min(position + count, this.length);
    if (!(position >= 0 && position < end)) return 0;
    if (end - position > PAGE_BYTES) target.set(this.#range(position, end), at);
    else {
      for (let from = position; from < end; ) {
        const page = Math.floor(from / PAGE_BYTES);
        const to = Math.min(end, (page + 1) * PAGE_BYTES);
        const begin = page * PAGE_BYTES;
        target.set(this.#page(page).subarray(from - begin, to - begin), at + from - position);
        from = to;
      }
    }
    return end - position;
  }

  #page(page: number): Uint8Array {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const begin = page * PAGE_BYTES;
    const bytes = this.#range(begin, Math.min(begin + PAGE_BYTES, this.length));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(page, bytes);
    return bytes;
  }
}
