import type { DataKind } from "./file-kinds.ts";
import type { ReadSettings } from "./options.ts";

type Setting = keyof ReadSettings;

/** The settings that only some formats know, with the options of the command line, and which formats those are. */
const FOR: readonly { readonly setting: Setting; readonly flag: string; readonly kinds: readonly DataKind[] }[] = [
  { setting: "names", flag: "--names", kinds: ["npy", "hdf5"] },
  { setting: "shape", flag: "--shape", kinds: ["npy", "hdf5", "csv"] },
  { setting: "channelsFirst", flag: "--channels-first", kinds: ["npy", "hdf5"] },
  { setting: "labelColumn", flag: "--label-column", kinds: ["csv"] },
  { setting: "labels", flag: "--labels", kinds: ["CIFAR-100"] },
  { setting: "size", flag: "--size", kinds: ["picture"] },
  { setting: "channels", flag: "--channels", kinds: ["picture"] },
];

const NAMES: Readonly<Partial<Record<DataKind, string>>> = {
  idx: "IDX",
  npy: "NumPy",
  hdf5: "HDF5",
  csv: "CSV",
  picture: "pictures",
};

/** Those of a reader's settings that hold for files of any format. */
export function generalSettings(settings: ReadSettings): ReadSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !FOR.some(({ setting }) => setting === name)));
}

/**
 * The settings for files of a kind: those that were given, and of the usual ones those that the kind knows.
 *
 * @throws RangeError if a given one is for other formats
 */
export function applicable<T extends ReadSettings>(kind: DataKind, given: T, usual: ReadSettings = {}): T {
  const isFor = (setting: string) => FOR.find((each) => each.setting === setting)?.kinds.includes(kind) ?? true;
  for (const { setting, flag, kinds } of FOR) {
    if (given[setting] === undefined || given[setting] === false || isFor(setting)) continue;
    const [wanted, got] = [kinds, [kind]].map((list) => list.map((each) => NAMES[each] ?? each).join(", "));
    throw new RangeError(`readData: expected ${flag} (${setting}) only with ${wanted}, got it with ${got}`);
  }
  const known = Object.entries(usual).filter(([setting]) => isFor(setting));
  return { ...Object.fromEntries(known), ...given };
}
