/** The message of a worker that has no way to HDF5's library, so that the page reads the files. */
export const HDF5_AWAY = "readHdf5: expected h5wasm in the worker, which has none";
