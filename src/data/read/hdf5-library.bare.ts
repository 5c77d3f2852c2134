import { addressOf, loadFrom } from "./hdf5-import-map.ts";
import type { Hdf5Library } from "./hdf5-library.ts";

let address: string | undefined;

/** By the page's import map, which does not hold for its workers: the page tells them the address. */
export function loadHdf5Library(): Promise<Hdf5Library> {
  return loadFrom(address);
}

let copies = 0;

export async function reloadHdf5Library(): Promise<Hdf5Library> {
  const found = address ?? hdf5Address();
  if (found === undefined) throw new Error("readHdf5: expected an import map that says where h5wasm is, got none");
  copies += 1;
  return import(`${found}?copy=${copies}`);
}

export function hdf5Address(): string | undefined {
  return addressOf((name) => import.meta.resolve(name));
}

export function setHdf5Address(found: string | undefined): void {
  address = found;
}
