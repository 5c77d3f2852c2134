/** Formats of data files by what their first bytes tell. */
const FORMATS = {
  idx: "IDX",
  npy: "NumPy",
  hdf5: "HDF5",
  safetensors: "safetensors",
  csv: "CSV",
  "CIFAR-10": "CIFAR-10",
  "CIFAR-100": "CIFAR-100",
  picture: "pictures",
} as const;

/** The name of a format of data files, as people know it. */
export type FormatName = (typeof FORMATS)[keyof typeof FORMATS];

/** Kinds of files that hold images. */
export type ImageKind = keyof typeof FORMATS;

/** Kinds of data files: those that hold images, archives of them, and Python's pickles, which are not read. */
export type DataKind = ImageKind | "archive" | "pickle";

/** The format of files of a kind. */
export function formatName(kind: ImageKind): FormatName {
  return FORMATS[kind];
}
