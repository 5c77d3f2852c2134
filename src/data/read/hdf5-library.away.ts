import { HostError } from "../../errors.ts";

export { hdf5Address, setHdf5Address } from "./hdf5-no-address.ts";

/** Throws, so that the page reads HDF5 files itself; stands in place of `hdf5-library.ts` in the worker's program for bundlers. */
export async function loadHdf5Library(): Promise<never> {
  throw new HostError("readHdf5", "expected h5wasm in the worker, which has none", "left-to-page");
}

export const reloadHdf5Library = loadHdf5Library;
