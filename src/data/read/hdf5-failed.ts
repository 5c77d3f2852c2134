import { HostError } from "../../errors.ts";

/** The error where the HDF5 library has failed inside and no other copy of it can be had. */
export function hdf5Failed(): HostError {
  const problem = "expected the HDF5 library to be as it was loaded, got one that failed at an earlier file";
  return new HostError("readHdf5", problem, "no-library", {
    advice: "start the program again, or load the page again",
  });
}
