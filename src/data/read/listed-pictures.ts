/**
 * The pictures of lists by part and class. A list names them by paths from its own folder, which lie in that folder or deeper.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { type ClassFolders, type ClassPicture, type PartName, partOf } from "./class-folders.ts";
import type { DataFile } from "./data-file.ts";
import type { LeftOut } from "./left-out.ts";
import { type ListEntry, readPictureList } from "./picture-list.ts";

/** An entry with the list that it stands in, its part, and the name of its file. */
interface Listed extends ListEntry {
  readonly list: DataFile;
  readonly part: PartName;
  readonly name: string;
}

/** Files that are looked for at once. */
const AT_ONCE = 64;

/**
 * Sorts pictures by the lists that name them. Of several lists those that are called as parts are, such as `test.csv`, name that part
 * where they have no column for it; else pictures are for training.
 *
 * Pictures that are not there are noted as ones that cannot be read; those that no list names, in a note.
 *
 * @param files the files that were given beside the lists; others are looked for on the disk
 * @throws RangeError for a path out of the folder, a picture that is named twice, an empty label, or an unknown part, with its line
 */
export async function sortByLists(
  lists: readonly DataFile[],
  files: readonly DataFile[],
  leftOut: LeftOut,
): Promise<ClassFolders> {
  const listed = await entriesOf(lists);
  leftOut.countFiles(listed.length);
  const given = new Map(files.map((file) => [file.name, file]));
  const sorted: Record<PartName, ClassPicture[]> = { train: [], test: [], validation: [] };
  for (let begin = 0; begin < listed.length; begin += AT_ONCE) {
    const some = listed.slice(begin, begin + AT_ONCE);
    const found = await Promise.all(
      some.map(async ({ name, list }) => given.get(name) ?? list.beside?.(name.slice(folderOf(list).length))),
    );
    for (const [i, { name, part, label }] of some.entries()) {
      const file = found[i];
      if (file === undefined) leftOut.addBroken("missing", name);
      else sorted[part].push({ file, className: label.normalize("NFC") });
    }
  }
  leftOut.check(`readList ${JSON.stringify(lists[0].name)}`, "pictures that are there");
  const named = new Set(listed.map(({ name }) => name));
  const others = files.filter(({ name }) => !named.has(name));
  return { ...sorted, notes: others.length === 0 ? [] : [unlistedNote(others)] };
}

/** All entries of the lists, in their order. */
async function entriesOf(lists: readonly DataFile[]): Promise<Listed[]> {
  const named = new Map<string, Listed>();
  for (const list of lists) {
    const who = `readList ${JSON.stringify(list.name)}`;
    const usual = (lists.length > 1 ? partOf(stemOf(list.name)) : undefined) ?? "train";
    for (const entry of await readPictureList(who, list)) {
      const name = nameOf(who, entry, list);
      const listed = { ...entry, list, name, part: splitOf(who, entry) ?? usual };
      expectOnce(who, named.get(name), listed);
      if (entry.label === "") throw new InputRangeError(who, `a label in ${entry.where}`, "nothing", "damaged-file");
      named.set(name, listed);
    }
  }
  return [...named.values()];
}

/** The files of all pictures. */
export function filesOf({ train, test, validation }: ClassFolders): DataFile[] {
  return [...train, ...test, ...validation].map(({ file }) => file);
}

function unlistedNote(others: readonly DataFile[]): string {
  const what = others.length === 1 ? "picture is" : "pictures are";
  return `${others.length} ${what} not in the list (${JSON.stringify(others[0].name)})`;
}

function stemOf(name: string): string {
  return (name.split("/").at(-1) ?? "").replace(/\..*$/, "");
}

/** The path to the folder of a file, with a slash at its end. */
function folderOf({ name }: DataFile): string {
  return name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
}

/** The name of a file as its data set has it: in the list's folder. */
function nameOf(who: string, { file, where }: ListEntry, list: DataFile): string {
  const words: string[] = [];
  const path = file.trim().replaceAll("\\", "/");
  let isOutside = /^(\/|[A-Za-z]:\/|\w+:\/\/)/.test(path) || path.includes("\0");
  for (const word of path.split("/")) {
    if (word === "..") isOutside ||= words.pop() === undefined;
    else if (word !== "." && word !== "") words.push(word);
  }
  if (!isOutside && words.length > 0) return folderOf(list) + words.join("/");
  throw new InputRangeError(who, `a file in the list's folder in ${where}`, JSON.stringify(file), "damaged-file");
}

function expectOnce(who: string, before: Listed | undefined, { name, where, list }: Listed): void {
  if (before === undefined) return;
  const first = before.list === list ? before.where : `${before.where} of ${JSON.stringify(before.list.name)}`;
  const got = `${JSON.stringify(name.slice(folderOf(list).length))} in ${where} and in ${first}`;
  throw new InputRangeError(who, "each picture once", got, "damaged-file");
}

function splitOf(who: string, { split, where }: ListEntry): PartName | undefined {
  if (split === undefined) return undefined;
  const part = partOf(split.trim());
  if (part !== undefined) return part;
  const got = split.trim() === "" ? "nothing" : JSON.stringify(split);
  throw new InputRangeError(who, `train, val or test as the split in ${where}`, got, "unknown-name");
}
