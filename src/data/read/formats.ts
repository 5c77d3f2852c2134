/** The kinds of data files, told by their first bytes. */
export type DataKind = "archive" | "idx" | "npy" | "hdf5" | "csv" | "CIFAR-10" | "CIFAR-100" | "picture" | "pickle";

const NAMES: Readonly<Partial<Record<DataKind, string>>> = {
  idx: "IDX",
  npy: "NumPy",
  hdf5: "HDF5",
  csv: "CSV",
  picture: "pictures",
};

/** A kind of files as people know it, such as "NumPy". */
export function formatName(kind: DataKind): string {
  return NAMES[kind] ?? kind;
}
