/**
 * Files of named arrays: NumPy's, HDF5 and safetensors.
 *
 * @module
 */

import { listed } from "../../errors.ts";
import type { DataFile } from "./data-file.ts";
import { withHdf5 } from "./hdf5.ts";
import { type ArrayParts, readArrays } from "./named-arrays.ts";
import { openNpy } from "./npy.ts";
import type { ArrayFile } from "./number-array.ts";
import type { ReadContext } from "./options.ts";
import { openSafetensors } from "./safetensors-arrays.ts";

/** The first of some files, and how many more there are. */
export function shown(files: readonly DataFile[]): string {
  return listed(
    files.map(({ name }) => JSON.stringify(name)),
    1,
  );
}

/** A file's name without its last ending. */
export function stem({ name }: DataFile): string {
  return name.replace(/\.[^./]*$/, "");
}

/** Arrays of a file each, which the files are the names of; where two are called the same, with their folders. */
export async function readNpyFiles(files: readonly DataFile[], options: ReadContext): Promise<ArrayParts> {
  const names = files.map((file) => stem(file).split("/").at(-1) ?? "");
  const areUnique = new Set(names).size === names.length;
  const arrays = await Promise.all(files.map((file, i) => openNpy(file, areUnique ? names[i] : stem(file))));
  return readArrays(`readNpy ${shown(files)}`, arrays, options);
}

/** All tensors of some safetensors files; of several, each one's under its name. */
export async function readSafetensorsFiles(files: readonly DataFile[], options: ReadContext): Promise<ArrayParts> {
  const arrays = await Promise.all(
    files.map(async (file) => {
      const prefix = files.length > 1 ? `${stem(file)}/` : "";
      return (await openSafetensors(file)).map((array) => ({ ...array, name: prefix + array.name }));
    }),
  );
  return readArrays(`readSafetensors ${shown(files)}`, arrays.flat(), options);
}

/** All arrays of some HDF5 files, which have to be open together. */
export async function readHdf5Files(
  files: readonly DataFile[],
  arrays: readonly ArrayFile[],
  options: ReadContext,
  all: readonly DataFile[] = files,
): Promise<ArrayParts> {
  const [file, ...rest] = files;
  if (file === undefined) return readArrays(`readHdf5 ${shown(all)}`, arrays, options);
  return withHdf5(file, options, (found) => {
    const prefix = all.length > 1 ? `${stem(file)}/` : "";
    return readHdf5Files(
      rest,
      [...arrays, ...found.map((array) => ({ ...array, name: prefix + array.name }))],
      options,
      all,
    );
  });
}
