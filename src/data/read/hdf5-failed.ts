/** The message where the HDF5 library has failed inside and no other copy of it can be had. */
export const HDF5_FAILED =
  "readHdf5: expected the HDF5 library to be as it was loaded, got one that failed at an earlier file: start the program again, or load the page again";
