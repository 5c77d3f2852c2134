import type { Hdf5Library } from "./hdf5-library.ts";

let address: string | undefined;

/** By the page's import map, which does not hold for its workers: the page tells them the address. */
export async function loadHdf5Library(): Promise<Hdf5Library> {
  try {
    return await (address === undefined ? import("h5wasm") : import(address));
  } catch (cause) {
    const map = '{ "imports": { "h5wasm": "https://.../h5wasm/dist/esm/hdf5_hl.js" } }';
    throw new Error(`readHdf5: expected an import map that says where h5wasm is, such as ${map}, got none`, { cause });
  }
}

export function hdf5Address(): string | undefined {
  try {
    return import.meta.resolve("h5wasm");
  } catch {
    return undefined;
  }
}

export function setHdf5Address(found: string | undefined): void {
  address = found;
}
