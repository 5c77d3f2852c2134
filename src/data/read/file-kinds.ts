/**
 * The kinds of files, told by their content as far as possible.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { standInOf } from "../../numeric/stand-ins.ts";
import { isDecodableName, isPictureName, pictureFormat } from "../picture-format.ts";
import { cifarKind } from "./cifar.ts";
import { tellClasses } from "./class-folders.ts";
import { isSmallTable } from "./csv-files.ts";
import { type DataFile, isGzipFile, unpackedFile } from "./data-file.ts";
import type { DataKind } from "./formats.ts";
import { HDF5_START, isHdf5 } from "./hdf5-file.ts";
import { isNpy } from "./npy.ts";
import type { ReadContext } from "./options.ts";
import { isPictureList, LIST_START } from "./picture-list.ts";
import { isSafetensors } from "./safetensors-arrays.ts";
import { isTar } from "./tar.ts";
import { hasTextMark } from "./utf8-pieces.ts";
import { isZip } from "./zip.ts";

/** A kind of file: one of data files, a `list` of pictures, or `other` for files without data, such as a licence. */
type Kind = DataKind | "list" | "other";

/** Data files of one kind, and the other files beside them, which hold no data. */
export interface Sorted {
  readonly kind: DataKind;
  readonly files: readonly DataFile[];
  readonly others: readonly DataFile[];
  /** Lists of pictures with their labels, where these tell the classes. */
  readonly lists: readonly DataFile[];
}

const START_BYTES = HDF5_START;

const PICTURE: Kind = "picture";

/** Files beyond this are told by their names alone, if those are names of pictures. */
const MANY_FILES = 200;

/** Names that go with data and need no word. */
const DOCUMENT =
  /\.(md|html?|pdf|py|ipynb|licen[cs]e|names|meta)$|^class-names\.json$|^(readme|licen[cs]e|.*\.meta|batches\.meta|.*label_names)(\.txt)?$/i;

/** Names of files that hold no data, though some are text as CSV is. */
const UNRELATED =
  /\.(txt|json|jsonl|xml|ya?ml|toml|cfg|conf|ini|log|db|lnk|url|md5|sha\d*|sh|bat|[cm]?[jt]s|bak|tmp|part|crdownload)$/i;

/** Names of files that hold data, other than pictures. */
const DATA = /\.(npy|npz|h5|hdf5|safetensors|csv|tsv|bin|zip|tar|tgz|gz)$|idx\d-ubyte$|(data|test)_batch(_\d+)?$/i;

/**
 * Sorts out which files are the data, and notes what is left out: files beside the data, and files named as data that
 * hold none.
 *
 * @throws RangeError if there is no data, or data of several kinds
 */
export async function sortByKind(files: readonly DataFile[], context: ReadContext): Promise<Sorted> {
  context.leftOut.countFiles(files.length);
  const { groups, others, lists: found } = await grouped(files, context);
  const unrelated = files.length > 1 ? await takeUnrelated(groups) : [];
  const lists = listsFor(groups, found);
  if (lists.length === 0) unrelated.push(...found);
  else if (groups.size === 0) groups.set("picture", []);
  const [data, ...more] = groups;
  if (data === undefined || more.length > 0) {
    context.leftOut.check("readData", "files that can be read");
    const got = [...groups].map(([kind, some]) => `${some.length} ${kind} (${JSON.stringify(some[0].name)})`);
    const known = "IDX, .npy, .npz, HDF5, safetensors, CSV, CIFAR, or pictures";
    const what = got.length === 0 ? JSON.stringify(files[0].name) : got.join(", ");
    throw new InputRangeError("readData", `files of one known format (${known})`, what, "unsupported-file");
  }
  context.leftOut.check("readData", "files that can be read");
  for (const { name } of [...unrelated, ...others])
    if (!DOCUMENT.test(baseName(name))) context.leftOut.addUnrelated(name);
  return { kind: data[0], files: data[1], others, lists };
}

function baseName(name: string): string {
  return name.split("/").at(-1) ?? "";
}

/** Files by kind. Of many files, those with the name of a picture count as pictures without being opened. */
async function grouped(files: readonly DataFile[], context: ReadContext) {
  const { leftOut } = context;
  const groups = new Map<DataKind, DataFile[]>();
  const others: DataFile[] = [];
  const lists: DataFile[] = [];
  for (const packed of files) {
    const isKnown = files.length > MANY_FILES && isPictureName(packed.name);
    const look = async () => (isKnown ? { file: packed, kind: PICTURE } : lookAt(packed, files.length > 1, context));
    const looked = files.length > 1 ? await leftOut.attempt("unreadable", packed.name, look) : await look();
    if (looked === undefined) continue;
    const { file, kind } = looked;
    if (kind === "other") {
      if (files.length > 1 && DATA.test(baseName(packed.name)))
        leftOut.addBroken((await packed.size()) === 0 ? "empty" : "not what it is called", packed.name);
      else others.push(file);
      continue;
    }
    if (kind === "list") {
      lists.push(file);
      continue;
    }
    // IDX files are unpacked by their own reader, which knows how much may come out.
    const kept = kind === "idx" ? packed : file;
    const group = groups.get(kind) ?? [];
    group.push(kept);
    groups.set(kind, group);
  }
  return { groups, others, lists };
}

/** The lists that tell the classes of pictures: those beside pictures whose folders don't, or that are all there is. */
function listsFor(groups: ReadonlyMap<DataKind, readonly DataFile[]>, lists: readonly DataFile[]): readonly DataFile[] {
  const pictures = groups.get("picture") ?? [];
  const isOnly = groups.size === (groups.has("picture") ? 1 : 0);
  return isOnly && !(pictures.length > 0 && tellClasses(pictures)) ? lists : [];
}

/** A file, unpacked if it is packed with gzip, and its kind. */
async function lookAt(packed: DataFile, isOneOfMany: boolean, { maxExpansion }: ReadContext) {
  const file = (await isGzipFile(packed)) ? unpackedFile(packed, maxExpansion) : packed;
  const start = await file.start(START_BYTES);
  const name = baseName(packed.name);
  const standIn = !isOneOfMany || DATA.test(name) ? standInOf(start) : undefined;
  // The reader of pictures reports files with the name of a picture.
  if (standIn !== undefined && !isPictureName(name)) {
    throw new InputRangeError(`readData ${JSON.stringify(packed.name)}`, "data", standIn, "damaged-file");
  }
  return { file, kind: await kindOf(file, start, isOneOfMany) };
}

async function kindOf(file: DataFile, start: Uint8Array, isOneOfMany: boolean): Promise<Kind> {
  const name = baseName(file.name);
  if (isZip(start) || isTar(start)) return "archive";
  if (isNpy(start)) return "npy";
  if (isHdf5(start)) return "hdf5";
  if (isSafetensors(start)) return "safetensors";
  if (pictureFormat(start) !== undefined || isPictureName(name)) return "picture";
  if (start.length >= 4 && start[0] === 0 && start[1] === 0 && start[2] >= 8 && start[3] >= 1 && start[3] <= 4)
    return "idx";
  if (isText(start) && (await isPictureList(await file.start(LIST_START), !isOneOfMany))) return "list";
  if (isOneOfMany && (DOCUMENT.test(name) || UNRELATED.test(name))) return "other";
  if (isText(start)) return "csv";
  if (start[0] === 0x80 && start[1] >= 2 && start[1] <= 5) return "pickle";
  // Sizes of packed files are not known before they are unpacked.
  return cifarKind(await file.size(), start) ?? "other";
}

/** True if a file's start is text, and not empty. */
function isText(start: Uint8Array): boolean {
  if (hasTextMark(start)) return true;
  const isPlain = start.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
  return isPlain && start.length > 0 && start[0] < 0xfe;
}

/**
 * Takes those groups away that only go with data of another kind: tables beside pictures, small tables beside images of other
 * formats, and pictures that cannot be decoded.
 */
async function takeUnrelated(groups: Map<DataKind, DataFile[]>): Promise<DataFile[]> {
  const taken: DataFile[] = [];
  const take = (kind: DataKind) => {
    taken.push(...(groups.get(kind) ?? []));
    groups.delete(kind);
  };
  const tables = groups.get("csv");
  const pictures = groups.get("picture");
  if (
    groups.size > 1 &&
    tables !== undefined &&
    (pictures !== undefined || (await Promise.all(tables.map(isSmallTable))).every(Boolean))
  )
    take("csv");
  if (groups.size > 1 && pictures?.every(({ name }) => !isDecodableName(name))) take("picture");
  return taken;
}
