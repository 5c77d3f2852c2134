import { InputTypeError } from "../errors.ts";
import type { AnyDataset } from "./dataset.ts";
import type { DataFileInput } from "./read/data-file.ts";
import type { ReadDataOptions } from "./read/options.ts";
import type { ReadData } from "./read/parts.ts";

/**
 * Reads data sets from files that a page was given, or any other bytes: IDX, NumPy's `.npy` and `.npz`, HDF5, safetensors, CSV,
 * CIFAR's batches, pictures in one folder per class, or with a list (CSV or JSON) of `file,label[,split]`. The format follows from
 * their content. Each may be packed with
 * gzip, or be in a ZIP or tar archive. Readers are loaded when they are needed.
 *
 * Pixels are bytes where the files hold whole numbers from 0 to 255 that go beyond 1, else floats as they stand in the
 * files, unless `stretch` is on.
 *
 * @param files names with `/` between folders (such as a `File`'s `webkitRelativePath`), and bytes, `ArrayBuffer`s or
 *   `File`s
 * @throws TypeError, RangeError in one line if the format is not known, or a file is wrong
 *
 * @example
 * const csv = "label,a,b,c,d\n1,0,255,0,255\n0,255,0,255,0\n";
 * const { train } = await readData([{ name: "tiny.csv", bytes: new TextEncoder().encode(csv) }]);
 * // train.shape is [2, 2, 1], train.labels are 1 and 0
 */
export function readData(
  files: readonly DataFileInput[],
  options?: ReadDataOptions & { readonly streaming?: false | undefined },
): Promise<ReadData>;
/** The same, where pixels may stay in their files: data sets in memory, or streamed ones. */
export function readData(files: readonly DataFileInput[], options: ReadDataOptions): Promise<ReadData<AnyDataset>>;
export async function readData(
  files: readonly DataFileInput[],
  options: ReadDataOptions = {},
): Promise<ReadData<AnyDataset>> {
  if (!Array.isArray(files)) throw new InputTypeError("readData", "a list of files", typeof files);
  const [{ dataFile }, { readDataFiles }] = await Promise.all([
    import("./read/data-file.ts"),
    import("./read/read-files.ts"),
  ]);
  return readDataFiles(files.map(dataFile), options);
}
