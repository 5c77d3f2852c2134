import { HostError } from "../../errors.ts";
import type { Hdf5Library } from "./hdf5-package.ts";

/** Loads HDF5's library from an address, or by the page's import map where there is none. */
export async function loadFrom(address: string | undefined): Promise<Hdf5Library> {
  try {
    return await (address === undefined ? import("h5wasm") : import(address));
  } catch (cause) {
    const map = '{ "imports": { "h5wasm": "https://.../h5wasm/dist/esm/hdf5_hl.js" } }';
    const problem = `expected an import map that says where h5wasm is, such as ${map}, got none`;
    throw new HostError("readHdf5", problem, "no-library", { cause });
  }
}

/** The library's address by the page's import map; undefined where it does not name it. */
export function addressOf(resolve: (name: string) => string): string | undefined {
  try {
    return resolve("h5wasm");
  } catch {
    return undefined;
  }
}

let copies = 0;

/** Loads another copy of the library, in place of one that has failed inside. */
export async function reloadFrom(address: string | undefined): Promise<Hdf5Library> {
  if (address === undefined)
    throw new HostError("readHdf5", "expected an import map that says where h5wasm is, got none", "no-library");
  copies += 1;
  return import(`${address}?copy=${copies}`);
}
