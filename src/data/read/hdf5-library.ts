/**
 * The source of h5wasm.
 *
 * The builds for pages without a bundler have `hdf5-library.bare.ts` in place of this.
 *
 * @module
 */

import { hdf5Failed } from "./hdf5-failed.ts";
import type { Hdf5Library } from "./hdf5-package.ts";

export { hdf5Address, setHdf5Address } from "./hdf5-no-address.ts";
export { loadHdf5Library } from "./hdf5-package.ts";

let copies = 0;

/**
 * Loads another copy of the library, in place of one that has failed inside.
 *
 * @throws HostError where the host does not tell where it is, as in a bundle
 */
export async function reloadHdf5Library(): Promise<Hdf5Library> {
  const address = import.meta.resolve?.("h5wasm");
  if (address === undefined) throw hdf5Failed();
  copies += 1;
  return import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ `${address}?copy=${copies}`);
}
