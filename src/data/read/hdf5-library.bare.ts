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

let copies = 0;

export async function reloadHdf5Library(): Promise<Hdf5Library> {
  const found = address ?? hdf5Address();
  if (found === undefined) throw new Error("readHdf5: expected an import map that says where h5wasm is, got none");
  copies += 1;
  return import(`${found}?copy=${copies}`);
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
