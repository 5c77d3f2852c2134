import { addressOf, loadFrom, reloadFrom } from "./hdf5-import-map.ts";
import type { Hdf5Library } from "./hdf5-package.ts";

let address: string | undefined;
let resolve: ((name: string) => string) | undefined;

/** Says how the page finds modules: its classic workers cannot even name `import.meta`. */
export function setHdf5Resolver(resolver: (name: string) => string): void {
  resolve = resolver;
}

/** Loads the library by the page's import map, or in a worker, for which that map does not hold, by the address that the page tells. */
export function loadHdf5Library(): Promise<Hdf5Library> {
  return loadFrom(address);
}

export function reloadHdf5Library(): Promise<Hdf5Library> {
  return reloadFrom(address ?? hdf5Address());
}

export function hdf5Address(): string | undefined {
  return resolve && addressOf(resolve);
}

export function setHdf5Address(found: string | undefined): void {
  address = found;
}
