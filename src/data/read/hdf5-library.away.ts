import { HostError } from "../../errors.ts";

export { hdf5Address, setHdf5Address } from "./hdf5-no-address.ts";

/** In place of `hdf5-library.ts` in the worker's program for bundlers: the page has the library and reads such files. */
export async function loadHdf5Library(): Promise<never> {
  throw new HostError("readHdf5", "expected h5wasm in the worker, which has none", "left-to-page");
}

export const reloadHdf5Library = loadHdf5Library;
