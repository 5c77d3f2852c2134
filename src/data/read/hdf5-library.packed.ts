import { HDF5_FAILED } from "./hdf5-failed.ts";
import type { Hdf5Library } from "./hdf5-library.ts";

/** In place of `hdf5-library.ts` in the build for servers' bundlers, which cannot tell where a package is. */
export async function loadHdf5Library(): Promise<Hdf5Library> {
  try {
    return await import("h5wasm");
  } catch (cause) {
    throw new Error("readHdf5: expected the package h5wasm to be installed, got none", { cause });
  }
}

/** Loads no other copy of the library: a bundle has one. */
export async function reloadHdf5Library(): Promise<Hdf5Library> {
  throw new Error(HDF5_FAILED);
}

export function hdf5Address(): string | undefined {
  return undefined;
}

export function setHdf5Address(_address: string | undefined): void {}
