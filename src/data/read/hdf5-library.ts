/**
 * Where h5wasm comes from.
 *
 * The builds for pages without a bundler have `hdf5-library.bare.ts` in place of this.
 *
 * @module
 */

export type Hdf5Library = typeof import("h5wasm");

/**
 * Loads the library.
 *
 * @throws Error if there is none
 */
export async function loadHdf5Library(): Promise<Hdf5Library> {
  try {
    return await import("h5wasm");
  } catch (cause) {
    throw new Error("readHdf5: expected the package h5wasm to be installed, got none", { cause });
  }
}

/** The library's address for a worker that has no other way to find it. */
export function hdf5Address(): string | undefined {
  return undefined;
}

/** Tells a worker the address. */
export function setHdf5Address(_address: string | undefined): void {}
