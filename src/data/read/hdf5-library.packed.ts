// In place of `hdf5-library.ts` in the build for servers' bundlers, which cannot tell where a package is.

import { hdf5Failed } from "./hdf5-failed.ts";

export { hdf5Address, setHdf5Address } from "./hdf5-no-address.ts";
export { loadHdf5Library } from "./hdf5-package.ts";

/** Loads no other copy of the library: a bundle has one. */
export async function reloadHdf5Library(): Promise<never> {
  throw hdf5Failed();
}
