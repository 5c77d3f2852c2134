/** The library's address for a worker that has no other way to find it: here it needs none. */
export function hdf5Address(): string | undefined {
  return undefined;
}

/** Tells a worker the address. */
export function setHdf5Address(_address: string | undefined): void {}
