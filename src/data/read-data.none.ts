import { notInSmallBuild } from "../errors.ts";
import type { DataFileInput } from "./read/data-file.ts";
import type { ReadDataOptions } from "./read/options.ts";
import type { ReadData } from "./read/parts.ts";

/**
 * Throws; stands in place of `read-data.ts` in the one-file build without the readers, which are a fifth of the
 * library.
 */
export async function readData(_files: readonly DataFileInput[], _options?: ReadDataOptions): Promise<ReadData> {
  throw notInSmallBuild("readData", "a build with the readers of data files");
}
