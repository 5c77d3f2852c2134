import { HDF5_AWAY } from "./hdf5-away.ts";
import type { Hdf5Library } from "./hdf5-library.ts";

/** In place of `hdf5-library.ts` in the worker's program for bundlers: the page has the library and reads such files. */
export async function loadHdf5Library(): Promise<Hdf5Library> {
  throw new Error(HDF5_AWAY);
}

export const reloadHdf5Library = loadHdf5Library;

export function hdf5Address(): string | undefined {
  return undefined;
}

export function setHdf5Address(_address: string | undefined): void {}
