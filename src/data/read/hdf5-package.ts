import { HostError } from "../../errors.ts";

export type Hdf5Library = typeof import("h5wasm");

/**
 * Loads the library from its package.
 *
 * @throws Error if there is none
 */
export async function loadHdf5Library(): Promise<Hdf5Library> {
  try {
    return await import("h5wasm");
  } catch (cause) {
    throw new HostError("readHdf5", "expected the package h5wasm to be installed, got none", "no-library", { cause });
  }
}
