/**
 * The part and the class of a picture, by the folders that it lies in.
 *
 * A class is the first folder below the part, as torchvision and Keras have it; folders below that only sort its pictures. The part
 * is `train`, `test`, `val` or such a name ({@link partOf}), of several above each other the innermost. Where there are no parts,
 * the classes are the folders in the root. The root is the folder that was given, or the top of an archive; a folder that is alone
 * there and holds folders only wraps the rest.
 *
 * | name | part | class |
 * |---|---|---|
 * | `cat/1.png`, beside `dog/2.png` | | `cat` |
 * | `cat/batch0/1.png`, beside `dog/batch0/2.png` | | `cat` |
 * | `pets/cat/1.png`, beside `pets/dog/2.png` | | `cat` |
 * | `data/train/cat/1.png` | training | `cat` |
 * | `train/cat/deep/1.png` | training | `cat` |
 * | `test/train/cat/1.png`, beside `test/test/cat/2.png` | training | `cat` |
 * | `train/train/1.png`, beside `train/bus/2.png` | training | `train` |
 * | `train/1.png` | training | none: an error |
 * | `1.png` | | none: an error |
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { DataFile } from "./data-file.ts";
import type { LeftOut } from "./left-out.ts";

/** A picture with the name of its class. */
export interface ClassPicture {
  readonly file: DataFile;
  /** Name of the class in Unicode's normal form C, so that equal names are equal text. */
  readonly className: string;
}

/** A part of the data. */
export type PartName = "train" | "test" | "validation";

/** Pictures by part, as folders or lists say. */
export interface ClassFolders {
  readonly train: readonly ClassPicture[];
  readonly test: readonly ClassPicture[];
  readonly validation: readonly ClassPicture[];
  /** True: classes are sets of labels, as `setName` names them. */
  readonly haveSeveral?: boolean;
  readonly notes: readonly string[];
}

interface Folder {
  readonly path: string;
  /** Folders within this one by their names, in normal form C. */
  readonly folders: Map<string, Folder>;
  /** Files that lie in this folder itself. */
  readonly files: DataFile[];
}

/** A folder of classes. */
interface Part {
  readonly name: PartName | undefined;
  readonly folder: Folder;
}

const EXAMPLE = "such as cat/1.png or train/cat/1.png";

/** The part that a folder's name says: `train`, `Training`, `test_set`, `val2017`, `train-images` and the like; else undefined. */
export function partOf(name: string): PartName | undefined {
  const [, word] =
    /^(train|training|test|testing|val|valid|validation)(?:[-_ ]?(?:set|images|data|\d+))*$/i.exec(name) ?? [];
  switch (word?.toLowerCase()) {
    case undefined:
      return undefined;
    case "train":
    case "training":
      return "train";
    case "test":
    case "testing":
      return "test";
    default:
      return "validation";
  }
}

/**
 * Sorts pictures by part and class.
 *
 * Pictures in no class folder are noted as ones that cannot be read.
 *
 * @throws RangeError if there are no class folders, or only some of the pictures are in parts
 */
export function sortByClass(files: readonly DataFile[], leftOut: LeftOut): ClassFolders {
  const { root, loose, wrappers } = rootOf(treeOf(files));
  const parts = partsOf(root);
  if (parts[0].folder !== root) loose.push(...root.files);
  for (const { folder } of parts) loose.push(...folder.files);
  const of = (wanted: PartName) =>
    parts.filter(({ name = "train" }) => name === wanted).flatMap(({ folder }) => picturesOf(folder));
  const [train, test, validation] = [of("train"), of("test"), of("validation")];
  if (train.length + test.length + validation.length === 0) throw flatError(parts);
  for (const { name } of loose) leftOut.addBroken("in no class folder", name);
  leftOut.check("readImages", `pictures in a folder per class (${EXAMPLE})`);
  const notes = wrappers > 1 ? [`the classes are the folders in ${JSON.stringify(root.path)}`] : [];
  return { train, test, validation, notes };
}

/** True if the folders of pictures tell two classes or more. */
export function tellClasses(files: readonly DataFile[]): boolean {
  const { root } = rootOf(treeOf(files));
  const folders = inside([{ name: undefined, folder: root }]);
  if (isMixture(folders)) return true;
  const parts = partsOf(root).filter(({ name = "train" }) => name === "train");
  return new Set(parts.flatMap(({ folder }) => [...folder.folders.keys()])).size > 1;
}

function treeOf(files: readonly DataFile[]): Folder {
  const root: Folder = { path: "", folders: new Map(), files: [] };
  for (const file of [...files].sort((a, b) => compareText(a.name, b.name))) {
    let folder = root;
    for (const word of file.name.split("/").slice(0, -1)) folder = below(folder, word);
    folder.files.push(file);
  }
  return root;
}

function below(folder: Folder, word: string): Folder {
  const name = word.normalize("NFC");
  const known = folder.folders.get(name);
  if (known !== undefined) return known;
  const made: Folder = { path: folder.path === "" ? word : `${folder.path}/${word}`, folders: new Map(), files: [] };
  folder.folders.set(name, made);
  return made;
}

/** Names in order of their characters' codes, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The folder in which the parts or classes lie; what lies beside the folders around it; and how many those are. */
function rootOf(top: Folder): { root: Folder; loose: DataFile[]; wrappers: number } {
  let root = top;
  let wrappers = 0;
  const loose: DataFile[] = [];
  for (;;) {
    const [only, ...others] = root.folders;
    if (only === undefined || others.length > 0) break;
    const [name, folder] = only;
    // The outermost one was given by its name; one that is further inside and has no folders is a class, if the only one.
    if (partOf(name) !== undefined || (root !== top && folder.folders.size === 0)) break;
    loose.push(...root.files);
    root = folder;
    wrappers += 1;
  }
  return { root, loose, wrappers };
}

/** The folders in which the classes lie, the innermost ones that are called as parts are; the root where there are none. */
function partsOf(root: Folder): readonly Part[] {
  let parts: readonly Part[] = [{ name: undefined, folder: root }];
  refuseMixture(inside(parts));
  for (;;) {
    // The folder around a data set may be called as a part is.
    const next = [parts, wrapped(parts)].map(inside).find((folders) => folders.every(({ name }) => name !== undefined));
    const isDivided = parts[0].folder !== root && parts.some(({ folder }) => folder.files.length > 0);
    if (next === undefined || next.length === 0 || isDivided) return parts;
    parts = next;
  }
}

function inside(parts: readonly Part[]): Part[] {
  return parts.flatMap(({ folder }) =>
    [...folder.folders].map(([name, each]) => ({ name: partOf(name), folder: each })),
  );
}

/** Folders of a part that is alone and holds only folders. */
function wrapped(parts: readonly Part[]): readonly Part[] {
  const below = inside(parts);
  return parts.length === 1 && below.length === 1 && below[0].folder.files.length === 0 ? wrapped(below) : parts;
}

/** True for a folder called as a part is, with folders in it, beside others: then some pictures would be in no part. */
function isMixture(folders: readonly Part[]): boolean {
  const isPart = folders.some(({ name, folder }) => name !== undefined && folder.folders.size > 0);
  return isPart && folders.some(({ name }) => name === undefined);
}

/** @throws RangeError for such folders */
function refuseMixture(folders: readonly Part[]): void {
  const other = folders.find(({ name }) => name === undefined);
  if (!isMixture(folders) || other === undefined) return;
  const [file] = allFiles(other.folder);
  throw new InputRangeError(
    `readImages ${JSON.stringify(file.name)}`,
    "pictures either in train and test folders or in none",
    "both",
    "contradiction",
  );
}

function allFiles(folder: Folder): DataFile[] {
  return [...folder.files, ...[...folder.folders.values()].flatMap(allFiles)];
}

function picturesOf(part: Folder): ClassPicture[] {
  return [...part.folders].flatMap(([className, folder]) => allFiles(folder).map((file) => ({ file, className })));
}

function flatError(parts: readonly Part[]): RangeError {
  const full = parts.map(({ folder }) => folder).filter(({ files }) => files.length > 0);
  const places = full.map(({ path, files }) =>
    path === "" ? JSON.stringify(files[0].name) : `${files.length} right in ${JSON.stringify(path)}`,
  );
  return new InputRangeError(
    "readImages",
    `pictures in a folder per class (${EXAMPLE})`,
    `${places.join(" and ")} without one`,
    "damaged-file",
  );
}
