/** Undefined: in this build workers find the HDF5 library without being told its address. */
export function hdf5Address(): string | undefined {
  return undefined;
}

/** Tells a worker the address. */
export function setHdf5Address(_address: string | undefined): void {}
