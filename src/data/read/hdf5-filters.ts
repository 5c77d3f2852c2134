import { InputRangeError } from "../../errors.ts";

/**
 * Names of filters of chunks that are not built into the library (The HDF Group, "Registered Filter Plugins"), by
 * number.
 */
const FILTERS: ReadonlyMap<number, string> = new Map([
  [4, "szip"],
  [305, "LZO"],
  [307, "bzip2"],
  [32000, "LZF"],
  [32001, "Blosc"],
  [32004, "LZ4"],
  [32008, "bitshuffle"],
  [32013, "ZFP"],
  [32015, "Zstandard"],
  [32017, "SZ"],
  [32026, "Blosc2"],
]);

/** Deflate, shuffle, Fletcher's checksum, n-bit, scale and offset. */
const BUILT_IN = [1, 2, 3, 5, 6];

/** Throws if an array is packed by a filter that the library cannot unpack, with its name. */
export function checkFilters(who: string, filters: readonly { readonly id: number; readonly name: string }[]): void {
  const missing = filters.find(({ id }) => !BUILT_IN.includes(id));
  if (missing === undefined) return;
  const name = FILTERS.get(missing.id) ?? (missing.name || "something else");
  const expected = 'values packed with gzip or not at all, such as h5py\'s compression="gzip"';
  throw new InputRangeError(who, expected, `${name} (HDF5 filter ${missing.id})`, "damaged-file");
}
