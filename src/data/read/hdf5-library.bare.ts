import { addressOf, loadFrom, reloadFrom } from "./hdf5-import-map.ts";
import type { Hdf5Library } from "./hdf5-package.ts";

let address: string | undefined;

/** By the page's import map, which does not hold for its workers: the page tells them the address. */
export function loadHdf5Library(): Promise<Hdf5Library> {
  return loadFrom(address);
}

export function reloadHdf5Library(): Promise<Hdf5Library> {
  return reloadFrom(address ?? hdf5Address());
}

export function hdf5Address(): string | undefined {
  return addressOf((name) => import.meta.resolve(name));
}

export function setHdf5Address(found: string | undefined): void {
  address = found;
}
