/**
 * Rows of arrays that stay in their files, read by range.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { DataFile } from "./data-file.ts";
import { NUMBER_BYTES, type NumberType, type RowReader, sizeOfShape } from "./number-array.ts";

/** The place of an array in a file, its last dimension running fastest. */
export interface ArrayPlace {
  readonly who: string;
  readonly type: NumberType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  /** Index of its first byte. */
  readonly begin: number;
}

/** Bytes between two rows that are read with them rather than by a read of their own. */
const MOST_BETWEEN = 4096;

/** Most bytes of one read. */
const MOST_AT_ONCE = 8 * 2 ** 20;

/**
 * A reader of an array's rows; undefined where a file cannot be read by range, as one that is packed.
 *
 * @throws RangeError if the file is shorter than the array
 */
export async function rowReader(file: DataFile, place: ArrayPlace): Promise<RowReader | undefined> {
  const { range } = file;
  if (range === undefined) return undefined;
  const { who, type, littleEndian, shape, begin } = place;
  const row = sizeOfShape(shape.slice(1)) * NUMBER_BYTES[type];
  const wanted = begin + sizeOfShape(shape) * NUMBER_BYTES[type];
  const size = await file.size();
  if (size < wanted) throw new InputRangeError(who, `a file of ${wanted} bytes`, `${size}`, "damaged-file");
  return async (indices) => {
    const bytes = new Uint8Array(indices.length * row);
    await Promise.all(
      stretches(indices, row).map(async ({ first, last, places }) => {
        const some = await range(begin + first * row, begin + (last + 1) * row);
        for (const place of places) {
          const from = (indices[place] - first) * row;
          bytes.set(some.subarray(from, from + row), place * row);
        }
      }),
    );
    return { type, littleEndian, shape: [indices.length, ...shape.slice(1)], bytes };
  };
}

/** Rows that are read at once: from `first` to `last`, for some places among those that were asked for. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly places: readonly number[];
}

/**
 * Rows that lie close together, by what one read takes.
 *
 * @param row bytes of one
 * @param chunk rows that are packed together
 */
export function stretches(indices: Uint32Array, row: number, chunk = 1): Stretch[] {
  const order = [...indices.keys()].sort((a, b) => indices[a] - indices[b]);
  const found: { first: number; last: number; places: number[] }[] = [];
  for (const place of order) {
    const index = indices[place];
    const before = found.at(-1);
    const isNear =
      before !== undefined &&
      ((index - before.last - 1) * row <= MOST_BETWEEN ||
        Math.floor(index / chunk) === Math.floor(before.last / chunk)) &&
      (index - before.first + 1) * row <= MOST_AT_ONCE;
    if (isNear) {
      before.last = index;
      before.places.push(place);
    } else found.push({ first: index, last: index, places: [place] });
  }
  return found;
}
