import { HDF5_AWAY } from "./hdf5-away.ts";

export { hdf5Address, setHdf5Address } from "./hdf5-no-address.ts";

/** In place of `hdf5-library.ts` in the worker's program for bundlers: the page has the library and reads such files. */
export async function loadHdf5Library(): Promise<never> {
  throw new Error(HDF5_AWAY);
}

export const reloadHdf5Library = loadHdf5Library;
